"""Turns what a mail provider reports, and the mail that comes in, into mail events of the messages they are for.

A message is found by the token in a tag, in a Message-ID that is answered, or in the address that was written to; else
by the sender's address, while the thread is fresh. What nobody can be found for is kept for a person: of the one user
who has ever written to the sender, else for operators as a dead letter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from shared import inbound, log
from shared.domains.contacts import service as contacts
from shared.domains.dead_letters import arrivals
from shared.domains.files import service as files
from shared.domains.inbox import repository, service
from shared.domains.inbox.models import Accepted, EventKind, MailEvent, MatchedBy, UnreadAttachment
from shared.domains.inbox.repository import Sent
from shared.errors import AppError, NotFound
from shared.inbound import Received
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.kit.schema import stamp
from shared.kit.undelivered import Undelivered
from shared.providers.mail import addresses, hooks
from shared.providers.mail.hooks.base import DeliveryReport, InboundMail

_FRESH = timedelta(days=30)  # since the latest message, a mail from its recipient answers it
_REPEATS = 2  # earlier mails with the very same words: the next is a program's
_MOST_FILES = 10
_OF_REPORTS: Mapping[str, EventKind] = {"bounce": "bounced", "delayed": "delayed", "delivered": "delivered"}


@dataclass(frozen=True)
class _Match:
    sent: Sent
    by: MatchedBy | None  # None: it went to the sender, who may have written about anything


def receive(provider: str, raw: bytes, headers: Mapping[str, str]) -> Accepted:
    """Takes one call of a provider. Raises NotFound for an unknown provider, Unauthenticated, Invalid; and Unavailable,
    after which the provider is to call again."""
    hook = hooks.find(provider)
    if hook is None:
        raise NotFound("There is no mail provider of this name; there are: " + ", ".join(sorted(hooks.PROVIDERS)) + ".")
    taken = Accepted()
    for incoming in hook.receive(raw, headers):
        taken += _report(provider, incoming) if isinstance(incoming, DeliveryReport) else _mail(provider, incoming)
    return taken


def _report(provider: str, report: DeliveryReport) -> Accepted:
    """A delivery, bounce, complaint, open or click that the provider reports: one read of the token, then the event."""
    if report.kind == "sent":  # the record of its departure says so
        return Accepted(ignored=1)
    token, kind = report.token, report.kind
    sent = repository.find_tokens([token]).get(token) if token else None
    if sent is None:
        return Accepted(ignored=1)
    if kind in ("opened", "clicked") and not contacts.get_policy(sent.uid).value.count_opens:
        return Accepted(ignored=1)
    event = _event(
        provider,
        report.id,
        kind,
        report.at,
        _Match(sent, "reference"),
        permanent=report.permanent,
        reason=report.reason,
        machine=report.machine,
        link=report.link,
    )
    return _take(event)


def _mail(provider: str, mail: InboundMail) -> Accepted:
    """A mail that came in: the message that it is for, then one event for it, or one for each recipient reported."""
    received = inbound.read(mail.raw)
    if received.kind == "loop":
        return Accepted(ignored=1)
    matches = _matches(received, mail.recipients)
    if matches is None:
        return Accepted(ignored=1)
    if not matches:
        return _keep_for_operators(provider, mail, received)
    if received.kind in ("complaint", *_OF_REPORTS):
        return _notices(provider, mail, received, matches[0])
    return sum((_answer(provider, mail, received, match) for match in matches), Accepted())


def _answer(provider: str, mail: InboundMail, received: Received, match: _Match) -> Accepted:
    event = _written(provider, mail, received, match)
    if event.kind == "reply" and service.has_repeated(event.user_id, event, _REPEATS):
        event = event.model_copy(update={"kind": "auto_reply", "reason": "The same words came before: a program's."})
    return _take(event if event.kind == "auto_reply" else _with_files(event, received))


def _matches(received: Received, recipients: Sequence[str]) -> list[_Match] | None:
    """By tokens, one round trip: the first message, and one of each other user who was written to by name. Else by the
    sender's address, two queries. None: the account of the message is closed."""
    addressed = addresses.tokens_in([*received.recipients, *recipients])
    tokens = list(dict.fromkeys([*addresses.tokens_in(received.references), *addressed]))
    if named := repository.find_tokens(tokens):
        by_id: dict[str, Sent] = {}
        for token, sent in named.items():
            if sent and (not by_id or token in addressed):
                by_id.setdefault(sent.uid, sent)
        return [_Match(sent, "reference") for sent in by_id.values()] or None
    if not received.sender or received.kind not in ("reply", "auto_reply", "removal_request"):
        return []
    latest = repository.find_latest_to(received.sender)
    if latest is None:
        return []
    return [_Match(latest, "sender" if clock.now() - latest.at <= _FRESH else None)]


def _notices(provider: str, mail: InboundMail, received: Received, match: _Match) -> Accepted:
    """What a mail server, or the recipient's provider, tells of a message."""
    at = _time(received)
    if received.kind == "complaint":
        return _take(_event(provider, mail.id, "complained", at, match, reason=received.reason))
    kind = _OF_REPORTS[received.kind]
    taken = Accepted()
    for number, report in enumerate(received.reports or ()):
        status = f"{report.status} " if report.status else ""
        reason = f"{status}{report.reason}".strip() or received.reason
        name = f"{mail.id}~{number}" if number else mail.id
        taken += _take(_event(provider, name, kind, at, match, permanent=report.permanent, reason=reason))
    return taken if received.reports else _take(_event(provider, mail.id, kind, at, match, reason=received.reason))


def _written(provider: str, mail: InboundMail, received: Received, match: _Match) -> MailEvent:
    kinds: Mapping[str, Literal["reply", "auto_reply", "removal_request"]] = {
        "auto_reply": "auto_reply",
        "removal_request": "removal_request",
    }
    event = _event(
        provider,
        mail.id,
        kinds.get(received.kind, "reply"),
        _time(received),
        match,
        reason=received.reason,
        sender=received.sender,
        sender_name=received.sender_name,
        subject=received.subject,
        text=received.text,
        text_is_cut=received.cut,
        message_id=received.message_id,
        away_until=received.away_until.isoformat() if received.away_until else None,
    )
    return event.model_copy(update={"id": _id_of_copies(received)}) if received.message_id else event


def _id_of_copies(received: Received) -> str:
    """The same for a mail that comes by two hooks, such as one to a reply address with a copy to the sender's mailbox:
    servers write its parts anew on their way, its Message-ID and its words stay."""
    return repository.event_id("mail", str(received.message_id), received.sender or "", " ".join(received.text.split()))


def _event(provider: str, id: str, kind: EventKind, at: datetime, match: _Match, **fields: object) -> MailEvent:
    """The event of a message; of a mail that may be about anything, without one."""
    sent = match.sent
    named = {"outreach_id": sent.outreach_id, "prospect_id": sent.prospect_id} if match.by else {}
    return MailEvent.model_validate(
        {
            **stamp(sent.uid, repository.event_id(provider, id)),
            "kind": kind,
            "at": min(at, clock.now()),
            "provider": provider,
            "address": sent.email,
            "matched_by": match.by,
            **named,
            **fields,
        }
    )


def _take(event: MailEvent) -> Accepted:
    if service.take(event):
        return Accepted(stored=1)
    return Accepted(repeated=1)


def _with_files(event: MailEvent, received: Received) -> MailEvent:
    """Keeps the attachments as files of the vault; of one that cannot be read, the reason."""
    file_ids: list[str] = []
    unread: list[UnreadAttachment] = []
    for number, attachment in enumerate(received.attachments):
        name = attachment.name or f"attachment {number + 1}"
        if number >= _MOST_FILES:
            unread.append(UnreadAttachment(name=name, reason=f"Only the first {_MOST_FILES} attachments are read."))
            continue
        try:
            file_ids.append(files.ingest(event.user_id, attachment.content, attachment.content_type, name).id)
        except AppError as refused:
            if refused.retriable:
                raise
            unread.append(UnreadAttachment(name=name, reason=refused.detail))
    if received.left_out:
        reason = f"Of a mail only the first {inbound.MAX_PARTS:,} parts are read."
        unread.append(UnreadAttachment(name=f"{received.left_out:,} further parts", reason=reason))
    return event.model_copy(update={"file_ids": file_ids, "unread_attachments": unread})


def _keep_for_operators(provider: str, mail: InboundMail, received: Received) -> Accepted:
    """A mail for which no user can be found, or more than one could: whole, as a dead letter."""
    letter = Undelivered(
        source="mail",
        function=None,
        target=provider,
        key=derived_id("mail", provider, mail.id),
        body=mail.raw,
        error="It answers no message of ours, and its sender is known to no user, or to several.",
    )
    arrivals.keep(letter)
    log.info("a mail is for nobody", mail=received.kind, reason=received.reason)
    return Accepted(unmatched=1)


def _time(received: Received) -> datetime:
    """When it was sent, as far as that can be: not in the future, and not before any message of ours."""
    now = clock.now()
    sent = received.sent_at
    return sent if sent and now - timedelta(days=365) < sent <= now else now
