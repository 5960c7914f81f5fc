"""Stores what comes back for messages, each event once, in one commit with all that follows from it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.domains import calendar, notifications
from shared.domains.contacts import reputation
from shared.domains.inbox import consequences, others
from shared.domains.inbox import repository as store
from shared.domains.inbox.consequences import Consequences
from shared.domains.inbox.models import InboxQuery, MailEvent
from shared.domains.inbox.repository import repository as repository
from shared.domains.outreach import service as outreach
from shared.domains.outreach.models import Outreach
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import Prospect
from shared.domains.suppression import service as suppression
from shared.domains.suppression.models import Contact
from shared.errors import AlreadyExists, Conflict, NotFound, PreconditionFailed
from shared.gcp.writes import Increment, Write
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.kit.links import page_of_message
from shared.kit.paging import Page
from shared.kit.schema import stamp
from shared.store import optimistic, together
from shared.store.optimistic import Edit

_COUNTERS = {("opened", False): "opens", ("opened", True): "machine_opens", ("clicked", False): "clicks"}


@dataclass(frozen=True)
class _Stored:
    """What an event changes, as it was read at one moment."""

    is_stored: bool  # the event itself
    message: Outreach | None
    prospect: Prospect | None
    contact: Contact | None
    entry: Contact | None  # of the suppression list, for the whole mailbox

    def follows(self, event: MailEvent) -> Consequences:
        """What follows from the event."""
        suppressed = self.entry is not None and self.entry.suppressed
        return consequences.of(event, self.message, self.prospect, self.contact, suppressed)

    def named(self, event: MailEvent, follows: Consequences) -> MailEvent:
        """The event with the prospect's name, and what a removal request made the prospect no longer be."""
        if self.prospect is None:
            return event
        was = self.prospect.status if event.kind == "removal_request" and "status" in follows.prospect else None
        return event.model_copy(update={"prospect_name": self.prospect.name, "prospect_was": was})


def list_page(uid: str, query: InboxQuery) -> Page[MailEvent]:
    """Lists what came back, the latest first: one query and its count."""
    return repository.matching_page(uid, query)


def get(uid: str, id: str) -> MailEvent:
    """Returns one event: one round trip. Raises NotFound."""
    return repository.get(uid, id)


def of_message(uid: str, outreach_id: str, limit: int) -> list[MailEvent]:
    """The latest events of a message: one query."""
    return repository.of_message(uid, outreach_id, limit)


def has_repeated(uid: str, event: MailEvent, times: int) -> bool:
    """Whether the latest `times` mails of the event's prospect say the very same, but for numbers: one query."""
    if event.prospect_id is None or not _words(event)[0].strip():  # a picture says nothing of who sends it
        return False
    earlier = [each for each in repository.of_prospect(uid, event.prospect_id, times + 5) if each.text or each.subject]
    same = [each for each in earlier[:times] if _words(each) == _words(event)]
    return len(same) >= times and all(each.id != event.id for each in same)


def _words(event: MailEvent) -> tuple[str, str | None]:
    return re.sub(r"\d+", "", event.text), event.sender


def take(event: MailEvent) -> bool:
    """Stores an event with what follows from it; False where it is known already.

    One round trip of four reads, five for an address with a tag; a query where follow-ups are open; up to three reads
    for an answer of somebody else; one commit.
    After a bounce or a complaint, the sender's reputation: one round trip more, also where it is known already, as who
    stored it may have died before.
    """
    event = consequences.needs(event)
    uid = event.user_id

    def attempt() -> Consequences | None:
        stored = _read(event)
        if stored.is_stored:
            return None
        follows = stored.follows(event)
        named = stored.named(event, follows)
        changes = [repository.to_create(named), *_to_follow(named, stored, follows)]
        optimistic.commit(changes, overtaken_by=(PreconditionFailed, AlreadyExists, NotFound))
        return follows

    follows = optimistic.in_turn(attempt, "outreach message")
    if follows.counts if follows else event.kind in ("bounced", "complained"):
        reputation.judge(uid)
    return follows is not None


def take_refusal(message: Outreach, email: str, provider: str, reason: str) -> None:
    """Stores that a mail server has refused the address of a message that was to leave: as a bounce for good."""
    stamped = stamp(message.user_id, store.event_id(provider, "refused", message.id, str(message.sends)))
    event = MailEvent(
        **stamped,
        kind="bounced",
        at=stamped["created_at"],
        provider=provider,
        outreach_id=message.id,
        prospect_id=message.prospect_id,
        prospect_name=message.prospect_name,
        matched_by="reference",
        address=email,
        reason=reason,
    )
    take(event)


def match(uid: str, id: str, outreach_id: str, version: datetime | None = None) -> MailEvent:
    """Assigns an unmatched mail to a message, with all that follows: three reads, one commit. Raises NotFound,
    Conflict."""

    def attempt() -> MailEvent:
        event = repository.get(uid, id)
        repository.require_version(event, version)
        if event.outreach_id:
            raise Conflict("This mail belongs to a message already.")
        message = outreach.get(uid, outreach_id)
        fields: dict[str, Any] = {
            "outreach_id": message.id,
            "prospect_id": message.prospect_id,
            "prospect_name": message.prospect_name,
            "matched_by": "person",
            "updated_at": clock.now(),
        }
        matched = consequences.needs(repository.changed(event, {**fields, "needs": None}))
        stored = _read(matched)
        follows = stored.follows(matched)
        matched = stored.named(matched, follows)
        fields |= {"needs": matched.needs, "prospect_was": matched.prospect_was}
        update = repository.to_update(uid, id, fields, version=event.version)
        at = optimistic.commit(
            [update, *_to_follow(matched, stored, follows)], overtaken_by=(PreconditionFailed, AlreadyExists, NotFound)
        )
        return repository.stamped(matched, at)

    return optimistic.in_turn(attempt, repository.noun)


def confirm(uid: str, id: str, version: datetime | None = None) -> MailEvent:
    """Confirms a removal request: what was suppressed stays so. One read, one commit. Raises NotFound, Conflict."""

    def change(event: MailEvent) -> dict[str, object]:
        if event.needs and event.kind != "removal_request":
            raise Conflict("Only a removal request is confirmed; match this mail with its message, or dismiss it.")
        return _decided(event)

    return repository.edit(uid, id, change, version=version)


def dismiss(uid: str, id: str, version: datetime | None = None) -> MailEvent:
    """Dismisses what a person was asked. Of a removal request what it has entered in the suppression list is lifted,
    and the prospect is what it was, or counts as one that has answered: up to four reads, one commit. Raises NotFound,
    Conflict."""

    def change(event: MailEvent) -> Edit[None]:
        return Edit(_decided(event), _to_lift(event) if event.kind == "removal_request" else (), None)

    return repository.edit_with(uid, id, change, version=version)[0]


def delete(uid: str, id: str, version: datetime | None = None) -> None:
    """Deletes an event; what followed from it stays. One commit. Raises NotFound, PreconditionFailed."""
    repository.delete(uid, id, version=version)


def delete_of_prospect(uid: str, prospect_id: str) -> int:
    """Deletes what came back from a prospect: a query and a batch per 500."""
    return repository.delete_each(uid, [("prospect_id", "==", prospect_id)])


def _read(event: MailEvent) -> _Stored:
    """What the event may change: one round trip, at most five reads."""
    uid = event.user_id
    message = outreach.lookup(uid, event.outreach_id) if event.outreach_id else None
    prospect = prospects.lookup(uid, event.prospect_id) if event.prospect_id else None
    contact = suppression.lookup(uid, event.address) if event.address else None
    entry = suppression.lookup_entry(uid, event.address) if event.address else None
    paths = [repository.path(uid, event.id), *(each.path for each in (message, prospect, contact, entry) if each)]
    documents = together.documents_of(paths)
    return _Stored(
        is_stored=paths[0] in documents,
        message=message.of(documents) if message else None,
        prospect=prospect.of(documents) if prospect else None,
        contact=contact.of(documents) if contact else None,
        entry=entry.of(documents) if entry else None,
    )


def _to_follow(event: MailEvent, stored: _Stored, follows: Consequences) -> list[Write]:
    """The writes of what follows from an event; of an address that is suppressed, the event's own reason."""
    changes: list[Write] = []
    if stored.message and (fields := {**follows.message, **_counted(event)}):
        changes.append(outreach.to_note_response(stored.message, fields))
    if stored.prospect and follows.prospect:
        changes += prospects.to_change(stored.prospect, follows.prospect)
    changes += _to_suppress(event, stored, follows)
    changes += others.to_follow(event, follows.suppress)
    changes += _to_move_follow_ups(event, follows)
    if follows.notice:
        changes.append(_notification(event, follows))
    if follows.counts:
        changes.append(reputation.to_count(event.user_id, follows.counts))
    return list({write.path: write for write in changes}.values())


def _counted(event: MailEvent) -> dict[str, Increment]:
    name = _COUNTERS.get((event.kind, event.machine))
    return {name: Increment(1)} if name else {}


def _to_suppress(event: MailEvent, stored: _Stored, follows: Consequences) -> Iterable[Write]:
    if event.address is None:
        return
    if follows.soft_bounces is not None and not (follows.suppress and stored.contact is None):
        yield suppression.to_note_soft_bounces(event.user_id, event.address, follows.soft_bounces, stored.contact)
    if follows.suppress:
        yield suppression.to_suppress_beside(
            event.user_id, event.address, follows.suppress, stored.entry, gives_way=consequences.REMOVAL_REQUESTED
        )


def _to_move_follow_ups(event: MailEvent, follows: Consequences) -> Iterable[Write]:
    if event.prospect_id is None or not (follows.close_follow_ups or follows.postpone_follow_ups):
        return
    for planned in calendar.open_of_prospect(event.user_id, event.prospect_id):
        if follows.close_follow_ups:
            yield calendar.to_close(planned, follows.close_follow_ups)
        elif follows.postpone_follow_ups:
            yield from calendar.to_postpone(planned, follows.postpone_follow_ups)


def _notification(event: MailEvent, follows: Consequences) -> Write:
    assert follows.notice is not None  # noqa: S101
    notice = follows.notice
    link = page_of_message(event.prospect_id, event.outreach_id) if event.prospect_id and event.outreach_id else None
    return notifications.to_put(
        notifications.build(
            event.user_id,
            notice.title,
            notice.message,
            id=derived_id(event.id, "notification"),
            priority=notice.priority,
            link=link,
            prospect_id=event.prospect_id,
            metadata={"mail_event_id": event.id, "kind": event.kind},
        )
    )


def _decided(event: MailEvent) -> dict[str, object]:
    if event.needs is None:
        raise Conflict("Nothing is to be decided about this any more.")
    return {"needs": None, "updated_at": clock.now()}


def _to_lift(event: MailEvent) -> Sequence[Write]:
    """The writes that take back what a removal request has done, and nothing that anybody else has."""
    changes: list[Write] = []
    prospect = prospects.find(event.user_id, event.prospect_id) if event.prospect_id else None
    if prospect and prospect.status == "unsubscribed" and event.prospect_was:
        status = consequences.restored(event.prospect_was)
        changes += prospects.to_change(prospect, {"status": status})
        if prospect.email:  # that of an address that has changed since is another entry
            changes += suppression.to_lift(event.user_id, prospect.email, prospect.refusal)
    if event.address:
        changes += suppression.to_lift(event.user_id, event.address, consequences.REMOVAL_REQUESTED)
    changes += others.to_lift(event)
    return changes
