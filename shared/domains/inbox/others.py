"""Somebody else than was written to who answers, such as a colleague whom the message was passed on to: they may be
written to as well, and what they say holds for them, too."""

from collections.abc import Sequence

from shared.domains.inbox import consequences
from shared.domains.inbox.models import ANSWERS, MailEvent
from shared.domains.prospects import service as prospects
from shared.domains.suppression import service as suppression
from shared.gcp.writes import Write
from shared.kit import mailboxes
from shared.store import together


def to_follow(event: MailEvent, suppress: str | None) -> Sequence[Write]:
    """The writes of what follows for another sender: of their prospect, if they are one, and of the suppression list.
    Nothing, and no read, where the sender is whom was written to; else up to three reads."""
    sender = _address(event)
    if sender is None:
        return ()
    changes: list[Write] = []
    prospect = prospects.find_by_address(event.user_id, sender)
    if prospect and prospect.id != event.prospect_id:
        changes += prospects.to_change(prospect, consequences.heard_elsewhere(event, prospect))
    if suppress:
        lookup = suppression.lookup_entry(event.user_id, sender)
        entry = lookup.of(together.documents_of([lookup.path]))
        gives_way = consequences.REMOVAL_REQUESTED
        changes.append(suppression.to_suppress_beside(event.user_id, sender, suppress, entry, gives_way=gives_way))
    return changes


def to_lift(event: MailEvent) -> Sequence[Write]:
    """The writes that take the suppression of another sender back: one read, where there is one."""
    sender = _address(event)
    return suppression.to_lift(event.user_id, sender, consequences.REMOVAL_REQUESTED) if sender else ()


def _address(event: MailEvent) -> str | None:
    if event.kind not in ANSWERS or event.sender is None or event.address is None:
        return None
    try:
        box = mailboxes.parse(event.sender)
    except ValueError:
        return None
    return box.address if box.key != mailboxes.key_of(event.address) else None
