"""Decides what follows from a mail event: for the message, the prospect, the address and the follow-ups. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from shared.domains.inbox.models import ANSWERS, EventKind, MailEvent
from shared.domains.notifications import Priority
from shared.domains.outreach.models import Delivery, Outreach
from shared.domains.prospects.models import Prospect, ProspectStatus
from shared.domains.suppression.models import Contact
from shared.kit import mailboxes

REMOVAL_REQUESTED = "The recipient asked to get no further messages."  # of an entry that a person may still dismiss
SOFT_BOUNCES = 3  # messages one after the other that bounce for now, until the address is given up
AWAY = timedelta(days=3)  # where an automatic answer names no day
LONGEST_AWAY = timedelta(days=60)
_WORSE: tuple[Delivery | None, ...] = (None, "delayed", "delivered", "bounced", "complained")
_GRAVEST: tuple[EventKind, ...] = ("complained", "removal_request", "bounced", "reply")
_UNANSWERED: frozenset[ProspectStatus] = frozenset({"new", "analyzed", "contacted", "follow_up_needed"})


@dataclass(frozen=True)
class Notice:
    title: str
    message: str
    priority: Priority


@dataclass(frozen=True)
class Consequences:
    """What one commit makes of an event. `suppress` is the reason; `soft_bounces` the contact's list from now on."""

    message: Mapping[str, Any] = field(default_factory=dict)
    prospect: Mapping[str, Any] = field(default_factory=dict)
    suppress: str | None = None
    soft_bounces: list[str] | None = None
    close_follow_ups: str | None = None  # why
    postpone_follow_ups: date | None = None  # to the day after
    notice: Notice | None = None
    counts: Mapping[str, int] = field(default_factory=dict)  # of the sender's reputation


def of(
    event: MailEvent,
    message: Outreach | None,
    prospect: Prospect | None,
    contact: Contact | None,
    suppressed: bool = False,
) -> Consequences:
    """What follows from an event for a message and its recipient, each as stored; None for one that is deleted.
    `suppressed`: whether nothing is sent to the address already."""
    match event.kind:
        case "bounced":
            follows = _bounce(event, message, prospect, contact)
            return _once(follows, suppressed and (message is None or message.bounced_at is not None))
        case "complained":
            told = suppressed if message is None else message.complained_at is not None
            return _once(_complaint(event, message, prospect), told)
        case "reply" | "removal_request":
            return _answer(event, message, prospect)
        case "auto_reply":
            return _absence(event, prospect)
        case "delivered":
            forgotten: list[str] | None = [] if contact and contact.soft_bounces else None
            return Consequences(_delivery(event, message), soft_bounces=forgotten)
        case "delayed":
            return Consequences(_delivery(event, message))
        case "failed":
            return Consequences(_failure(event, message))
        case "opened" | "clicked":
            return Consequences()  # counted by a transform
    raise AssertionError(event.kind)


def settled(message: Outreach) -> dict[str, Any]:
    """The fields of a message that what came back while it was on its way has set, and that the record of its departure
    has set back since."""
    if message.replied_at:
        return {"status": "replied"} if message.status != "replied" else {}
    return {"status": "failed"} if message.error and message.status == "sent" else {}


def settled_prospect(prospect: Prospect, events: Iterable[MailEvent]) -> dict[str, Any]:
    """The same of the message's prospect, by all that has come back for the message."""
    for event in sorted((each for each in events if each.kind in _GRAVEST), key=lambda e: _GRAVEST.index(e.kind)):
        if event.kind == "complained":
            return _refusing(prospect, "complained")
        if event.kind == "removal_request" and event.needs:
            return _refusing(prospect, "unsubscribed")
        if event.kind == "bounced" and event.permanent:
            return _unreachable(event, prospect)
        if event.kind in ANSWERS:
            return _answered(prospect)
    return {}


def heard_elsewhere(event: MailEvent, prospect: Prospect) -> Mapping[str, Any]:
    """What follows for another prospect than was written to, who answers in that one's place."""
    return _answered(prospect, event) if event.kind == "reply" else _heard(prospect, event)


def restored(status: ProspectStatus) -> ProspectStatus:
    """What a prospect is whose removal request was none: what it was, and somebody who has answered."""
    return "replied" if status in _UNANSWERED else status


def _once(follows: Consequences, told: bool) -> Consequences:
    """Of what is told already, neither a notice nor a count again."""
    return replace(follows, notice=None, counts={}) if told else follows


def _bounce(
    event: MailEvent, message: Outreach | None, prospect: Prospect | None, contact: Contact | None
) -> Consequences:
    moved = prospect is not None and not _is_at(prospect, event.address)
    if event.permanent:
        follows = _hard_bounce(event, message, prospect)
    else:
        follows = _soft_bounce(event, message, prospect, contact)
    if moved:  # the new address may well be right
        follows = replace(follows, close_follow_ups=None)
    return follows if _is_recent(event, message) else replace(follows, counts={})


def _is_at(prospect: Prospect, address: str | None) -> bool:
    key = mailboxes.key_of(prospect.email) if prospect.email else None
    return address is None or key == mailboxes.key_of(address)


def _is_recent(event: MailEvent, message: Outreach | None) -> bool:
    """Whether the message left on one of the two days whose messages a rate is of."""
    sent = message.sent_at if message else None
    return sent is None or (event.created_at.date() - sent.date()).days <= 1


def _hard_bounce(event: MailEvent, message: Outreach | None, prospect: Prospect | None) -> Consequences:
    why = f"A message bounced: {event.reason}"
    return Consequences(
        _delivery(event, message),
        _unreachable(event, prospect),
        suppress=why,
        close_follow_ups=why,
        notice=_notice(event, "A message bounced", f"The message to {{who}} bounced: {event.reason}", "medium"),
        counts={"bounced": 1},
    )


def _soft_bounce(
    event: MailEvent, message: Outreach | None, prospect: Prospect | None, contact: Contact | None
) -> Consequences:
    earlier = contact.soft_bounces if contact else []
    latest = [*(id for id in earlier if id != event.outreach_id), *filter(None, [event.outreach_id])]
    if len(latest) < SOFT_BOUNCES:
        return Consequences(_delivery(event, message), soft_bounces=latest)
    why = f"{len(latest)} messages in turn bounced, the last with: {event.reason}"
    return Consequences(
        _delivery(event, message),
        _unreachable(event, prospect),
        suppress=why,
        soft_bounces=latest[-SOFT_BOUNCES:],
        close_follow_ups=why,
        notice=_notice(event, "Messages bounce", f"{why} Nothing more is sent to {{who}}.", "medium"),
        counts={"bounced": 1},
    )


def _complaint(event: MailEvent, message: Outreach | None, prospect: Prospect | None) -> Consequences:
    text = "{who} has reported a message as spam. Nothing more is sent there."
    return Consequences(
        _delivery(event, message),
        _refusing(prospect, "complained"),
        suppress="The recipient reported a message as spam.",
        close_follow_ups="The recipient reported a message as spam.",
        notice=_notice(event, "A complaint", text, "high"),
        counts={"complained": 1},
    )


def _answer(event: MailEvent, message: Outreach | None, prospect: Prospect | None) -> Consequences:
    removal = event.kind == "removal_request"
    fields: dict[str, Any] = {}
    if message and (message.replied_at is None or event.created_at >= message.replied_at):
        fields = {"replied_at": event.created_at, "reply": event.text, "reply_message_id": event.message_id}
    if message and message.status not in ("sending", "replied"):
        fields["status"] = "replied"
    asked = "{who} asks to get no further messages; nothing more is sent there. Confirm that, or lift it."
    return Consequences(
        fields,
        _refusing(prospect, "unsubscribed") | _heard(prospect, event) if removal else _answered(prospect, event),
        suppress=REMOVAL_REQUESTED if removal else None,
        close_follow_ups="The recipient has answered.",
        notice=_notice(event, "A removal request", asked, "high")
        if removal
        else _notice(event, "An answer", f"{{who}} has answered: {event.text[:500]}", "high"),
    )


def _absence(event: MailEvent, prospect: Prospect | None) -> Consequences:
    last = date.fromisoformat(event.away_until) if event.away_until else (event.at + AWAY).date()
    last = min(last, (event.at + LONGEST_AWAY).date())
    back = datetime.combine(last + timedelta(days=1), time.min, UTC)
    if back <= event.at:
        return Consequences()
    later = prospect and (prospect.away_until is None or back > prospect.away_until)
    return Consequences({}, {"away_until": back} if later else {}, postpone_follow_ups=last)


def _failure(event: MailEvent, message: Outreach | None) -> dict[str, Any]:
    """The reason of one that is on its way is kept for the record of its departure, which sets `sent`."""
    if message is None or message.status not in ("sending", "sent"):
        return {}
    error = event.reason or "The mail provider reports that it did not leave."
    return {"error": error} | ({"status": "failed"} if message.status == "sent" else {})


def _delivery(event: MailEvent, message: Outreach | None) -> dict[str, Any]:
    """The message's fields: the worst that is known of it stays, in whatever order events come."""
    if message is None:
        return {}
    named: dict[str, tuple[Delivery, str | None]] = {
        "delivered": ("delivered", "delivered_at"),
        "delayed": ("delayed", None),
        "bounced": ("bounced", "bounced_at"),
        "complained": ("complained", "complained_at"),
    }
    delivery, moment = named[event.kind]
    fields: dict[str, Any] = {}
    if moment and (getattr(message, moment) is None or event.at < getattr(message, moment)):
        fields[moment] = event.at
    if _WORSE.index(delivery) > _WORSE.index(message.delivery):
        fields |= {"delivery": delivery, "delivery_reason": event.reason or None}
    return fields


def _refusing(prospect: Prospect | None, status: ProspectStatus) -> dict[str, Any]:
    """A complaint says more than any other no but a person's own; whoever says no already stays so."""
    if prospect is None or prospect.status in (status, "do_not_contact", "complained"):
        return {}
    if prospect.refuses and status != "complained" and prospect.status != "not_interested":
        return {}
    return {"status": status, "last_action": status}


def _unreachable(event: MailEvent, prospect: Prospect | None) -> dict[str, Any]:
    """A dead address says nothing of a person who has another by now, nor undoes what was agreed."""
    if prospect is None or not _is_at(prospect, event.address) or prospect.status not in {*_UNANSWERED, "replied"}:
        return {}
    return {"status": "bounced", "last_action": "bounced"}


def _answered(prospect: Prospect | None, event: MailEvent | None = None) -> dict[str, Any]:
    if prospect is None:
        return {}
    status = {"status": "replied"} if prospect.status in _UNANSWERED else {}
    return {**status, "last_action": "replied", **(_heard(prospect, event) if event else {}), "away_until": None}


def _heard(prospect: Prospect | None, event: MailEvent) -> dict[str, Any]:
    """When it was received, not when it was sent: clocks of others are wrong, and runs that began before it stop."""
    newer = prospect and (prospect.replied_at is None or event.created_at > prospect.replied_at)
    return {"replied_at": event.created_at} if newer else {}


def _notice(event: MailEvent, title: str, message: str, priority: Priority) -> Notice:
    who = event.prospect_name or event.sender_name or event.sender or event.address or "The recipient"
    return Notice(title, message.replace("{who}", who)[:5_000], priority)


def needs(event: MailEvent) -> MailEvent:
    """The event with what a person has to decide about it."""
    if event.outreach_id is None and event.kind in ANSWERS:
        return event.model_copy(update={"needs": "match"})
    return event.model_copy(update={"needs": "confirm"}) if event.kind == "removal_request" else event
