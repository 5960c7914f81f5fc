"""Reads a received mail (RFC 5322) and says what it is. Pure; takes time in proportion to the mail; never raises."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from shared.inbound import attachments, automatic, away, bodies, bounces, complaints, loops, mime, quotes, removal
from shared.inbound import returned as returned_message
from shared.inbound.head import Head
from shared.inbound.mime import Mail
from shared.inbound.received import MAX_TEXT, Kind, Received, Report
from shared.inbound.signatures import unsigned
from shared.kit import clock
from shared.kit.text import shortened

_TO = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to", "resent-to")
_RETURNED_TO = ("reply-to", "return-path", "errors-to")
_MAX_RECIPIENTS = 200
_DELIVERIES: dict[str, Kind] = {"failed": "bounce", "delayed": "delayed", "delivered": "delivered"}


@dataclass(frozen=True)
class _Meaning:
    kind: Kind
    reason: str
    reports: tuple[Report, ...] = ()
    away_until: date | None = None


def read(raw: bytes) -> Received:
    """What the mail is, whatever its bytes."""
    mail = mime.parsed(raw)
    fields = mail.head
    body = bodies.text_of(mail)
    sender_name, sender = next(iter(fields.mailboxes("from", "sender")), ("", None))
    sent_at = fields.date("date")
    words = quotes.written(body, fields.text("subject"))
    own = "\n\n".join(text for run in words.runs if (text := unsigned(run, sender_name)))
    returned = returned_message.of(mail)
    meaning = _meaning(mail, body, own, returned, sent_at)
    is_report = meaning.kind in ("bounce", "delayed", "delivered", "complaint")
    text = body if is_report else own or (quotes.unmarked(body) if words.is_forward else "")
    concerned = returned if is_report else Head()
    return Received(
        kind=meaning.kind,
        reason=meaning.reason,
        message_id=next(iter(fields.ids("message-id")), None),
        references=_references(fields, concerned),
        recipients=_recipients(fields, concerned),
        sender=sender,
        sender_name=sender_name,
        subject=fields.text("subject"),
        sent_at=sent_at,
        text=text[:MAX_TEXT].rstrip(),
        cut=len(text) > MAX_TEXT or len(body) >= bodies.MAX_READ,
        attachments=attachments.taken(bodies.files_of(mail)),
        left_out=mail.left_out,
        reports=meaning.reports,
        away_until=meaning.away_until,
    )


def _meaning(mail: Mail, body: str, own: str, returned: Head, sent_at: datetime | None) -> _Meaning:
    """The first that holds: what machines say of our mail, a circle, what machines answer, what a person asks."""
    complaint = complaints.read(mail, body, returned)
    if complaint:
        kind: Kind = "complaint" if complaint.is_complaint else "auto_reply"
        return _Meaning(kind, complaint.reason, complaint.reports)
    delivery = bounces.read(mail, body, returned)
    if delivery:
        return _Meaning(_DELIVERIES[delivery.state], delivery.reason, delivery.reports)
    if circle := loops.came_back(mail):
        return _Meaning("loop", circle)
    if machine := automatic.reason_of(mail, body, own):
        until = away.until(own or body, (sent_at or clock.now()).date())
        return _Meaning("auto_reply", machine, away_until=until)
    if circle := loops.marked(mail):
        return _Meaning("loop", circle)
    if request := removal.asks(own, mail.head.text("subject")):
        return _Meaning("removal_request", shortened(f"The person asks: {request}", 300))
    return _Meaning("reply", "A person wrote it." if own else "A person sent it without words of their own.")


def _references(fields: Head, returned: Head) -> tuple[str, ...]:
    returned_ids: Sequence[str] = [*returned.ids("message-id"), *returned.ids("in-reply-to", "references")]
    concerned = fields.ids("in-reply-to", "references")
    ids = [*returned_ids[:1], *concerned, *returned_ids[1:]]
    return tuple(dict.fromkeys(ids))


def _recipients(fields: Head, returned: Head) -> tuple[str, ...]:
    addresses = [*fields.mailboxes(*_TO), *returned.mailboxes(*_RETURNED_TO)]
    return tuple(dict.fromkeys(address for _, address in addresses))[:_MAX_RECIPIENTS]
