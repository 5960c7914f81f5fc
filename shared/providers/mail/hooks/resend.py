"""Takes Resend's events: https://resend.com/docs/webhooks/event-types."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from shared import settings
from shared.errors import Invalid, NotFound
from shared.kit import clock, mailboxes
from shared.kit.whitespace import one_line
from shared.providers.mail import addresses
from shared.providers.mail.hooks import resend_inbound, signatures
from shared.providers.mail.hooks.base import DeliveryReport, InboundMail, Kind, check_size
from shared.providers.mail.hooks.machines import is_machine
from shared.providers.mail.resend import TAG

_KINDS: dict[str, Kind] = {
    "email.sent": "sent",
    "email.delivered": "delivered",
    "email.delivery_delayed": "delayed",
    "email.bounced": "bounced",
    "email.suppressed": "bounced",  # not even tried: it bounced, or was complained about, before
    "email.complained": "complained",
    "email.opened": "opened",
    "email.clicked": "clicked",
    "email.failed": "failed",
}
_MOST_REASON, _MOST_LINK = 500, 2_000


class Resend:
    def receive(self, raw: bytes, headers: Mapping[str, str]) -> Sequence[DeliveryReport | InboundMail]:
        """One event a call. What is none of a message, or of a kind that came later than this code, is ignored."""
        secrets = settings.current().resend_webhook_secret
        if not secrets:
            raise NotFound("Resend's events are not taken here; set RESEND_WEBHOOK_SECRET.")
        check_size(raw)
        id = signatures.verify(secrets, raw, {name.lower(): value for name, value in headers.items()})
        event = _parsed(raw)
        if event["type"] == "email.received":
            return [resend_inbound.received(event["data"])]
        kind = _KINDS.get(event["type"])
        return [_report(id, kind, event)] if kind else []


def _parsed(raw: bytes) -> dict[str, Any]:
    """An event with its type and, as an object, its data. Raises Invalid."""
    try:
        event = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Invalid.of("body", "The body is no JSON; send the event as it was signed.") from error
    if not isinstance(event, dict) or not isinstance(event.get("type"), str):
        raise Invalid.at("type", "an event is an object with the name of its kind, such as email.bounced")
    if not isinstance(event.get("data"), dict):
        raise Invalid.at("data", "an event carries an object that says what it is about")
    return event


def _report(id: str, kind: Kind, event: dict[str, Any]) -> DeliveryReport:
    data = event["data"]
    interaction = _object(data.get("click")) or _object(data.get("open"))
    at = _time(interaction.get("timestamp")) or _time(event.get("created_at")) or clock.now()
    interactive = kind in ("opened", "clicked")
    return DeliveryReport(
        id=id,
        kind=kind,
        at=min(at, clock.now()),
        token=_token(data),
        provider_id=_text(data.get("email_id"), 100) or None,
        recipient=_recipient(data.get("to")),
        permanent=_is_permanent(kind, event["type"], data),
        reason=_reason(data),
        machine=interactive and _by_machine(interaction, at, _time(data.get("created_at"))),
        link=_text(interaction.get("link"), _MOST_LINK) or None if kind == "clicked" else None,
    )


def _token(data: dict[str, Any]) -> str | None:
    """The message's token by its tag, as an object or as a list of pairs; else by its Message-ID."""
    tags = data.get("tags")
    if isinstance(tags, list):
        tags = {tag.get("name"): tag.get("value") for tag in tags if isinstance(tag, dict) and _text(tag.get("name"))}
    tagged = _object(tags).get(TAG)
    if addresses.is_token(tagged):
        return str(tagged)
    return next(iter(addresses.tokens_in([_text(data.get("message_id"))])), None)


def _recipient(to: object) -> str | None:
    """The one address that it was sent to; None where it was sent to several, of which the event names none."""
    named = to if isinstance(to, list) else [to]
    try:
        return mailboxes.parse(named[0]).address if len(named) == 1 and isinstance(named[0], str) else None
    except ValueError:
        return None


def _is_permanent(kind: Kind, type: str, data: dict[str, Any]) -> bool:
    """Resend names a bounce that may pass Transient or Undetermined; without a name it is for good."""
    named = _text(_object(data.get("bounce")).get("type")).lower()
    return kind != "delayed" and (type == "email.suppressed" or named in ("", "permanent", "hard"))


def _reason(data: dict[str, Any]) -> str:
    """What the event says of why, in one line."""
    parts = [_object(data.get(name)) for name in ("bounce", "suppressed", "failed", "delivery_delayed")]
    words = [part.get(key) for part in parts for key in ("type", "subType", "reason", "message")]
    diagnoses = _object(data.get("bounce")).get("diagnosticCode")
    words += diagnoses if isinstance(diagnoses, list) else [diagnoses]
    return " · ".join(dict.fromkeys(text for word in words if (text := _text(word, _MOST_REASON))))[:_MOST_REASON]


def _by_machine(interaction: dict[str, Any], at: datetime, sent: datetime | None) -> bool:
    agent, method = interaction.get("userAgent"), interaction.get("method")
    return is_machine(
        agent if isinstance(agent, str) else None,
        method=method if isinstance(method, str) else None,
        after=at - sent if sent else None,
    )


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object, most: int = 1_000) -> str:
    return one_line(value[: 2 * most])[:most] if isinstance(value, str) else ""


def _time(value: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC) if at else None
    except (ValueError, OverflowError):
        return None
