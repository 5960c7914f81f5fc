"""One attempt to deliver an event: claim it, send it, record what came of it.

The claim and the record are a commit each, with the delivery's version as precondition, so of two workers one
sends. A worker that dies in between leaves a claim that runs out; the sweep then sends the delivery again, under
the same id.
"""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from shared import log
from shared.domains import notifications
from shared.domains.webhooks import listing, outbox, schedule, stats
from shared.domains.webhooks.models import TEST, Delivery, DeliveryAttempt, Webhook
from shared.domains.webhooks.outbox import DeliveryMessage
from shared.domains.webhooks.repository import deliveries, read_attempted, webhooks
from shared.domains.webhooks.stats import Stats
from shared.errors import AlreadyExists, AppError, NotFound, PreconditionFailed, Unavailable
from shared.gcp import firestore
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.providers.web import causes, signing
from shared.providers.web.exchange import REDIRECTS, Fetched, exchange

SECONDS = 15.0  # for the whole answer
_MAX_ANSWER = 16_000  # bytes that are read of it
_SHOWN = 500  # characters of it that are kept
_LEASE = timedelta(seconds=SECONDS + 15)
_EARLY = timedelta(seconds=5)  # by which clocks may differ: a message so early is sent again by its queue
_BEHIND = timedelta(seconds=2)  # how long after an earlier event's attempt the next event of its document is due
_KEPT_ATTEMPTS = 20


def serve(message: DeliveryMessage) -> None:
    """Attempt a delivery if it is due: one round trip of reads (one more where it has to keep an order), two commits.

    Raises Unavailable where it comes a little too early.
    """
    attempted = read_attempted(message.uid, message.webhook_id, message.delivery_id)
    webhook, delivery = attempted.webhook, attempted.delivery
    if delivery is None or delivery.status != "pending":
        return
    if webhook is None or (webhook.status != "active" and delivery.event_type != TEST):
        _end(delivery, "cancelled")
        return
    now = clock.now()
    if delivery.claimed_until and delivery.claimed_until > now:
        return  # another worker is at it
    if delivery.next_attempt_at and delivery.next_attempt_at > now:
        if delivery.next_attempt_at - now < _EARLY:
            raise Unavailable("The next attempt is not due yet.")
        return
    if schedule.used_up(delivery.tries):  # workers died at the last ones
        _end(delivery, "failed")
    elif earlier := _earlier(delivery):
        _postpone(delivery, earlier)
    elif claimed := _claim(delivery, now):
        attempt, asked = _send(webhook, claimed, attempted.secrets, now)
        _record(webhook, claimed, attempt, asked, attempted.stats)


def _earlier(delivery: Delivery) -> Delivery | None:
    """An earlier event of the same document that is still on its way to the same webhook: a query, if there may be."""
    if not delivery.repeats:
        return None
    return deliveries.find_earlier(delivery)


def _postpone(delivery: Delivery, earlier: Delivery) -> None:
    at = max(clock.now(), earlier.next_attempt_at or clock.now()) + _BEHIND
    fields = {"next_attempt_at": at, "due_at": outbox.due_at(at)}
    if _written(delivery, fields):
        outbox.hand_over([delivery.model_copy(update=fields)])


def _claim(delivery: Delivery, now: datetime) -> Delivery | None:
    """The delivery with our claim on it; None where another worker was faster."""
    until = now + _LEASE
    fields = {"claimed_until": until, "due_at": until, "tries": delivery.tries + 1}
    written = _written(delivery, fields)
    return deliveries.stamped(delivery.model_copy(update=fields), written) if written else None


def _send(
    webhook: Webhook, delivery: Delivery, keys: Sequence[str], now: datetime
) -> tuple[DeliveryAttempt, float | None]:
    """What came of it, and how many seconds the receiver wants to be left alone."""
    started = monotonic()
    attempt = DeliveryAttempt(at=now)
    answer: Fetched | None = None
    try:
        answer = _post(webhook, delivery, keys)
    except AppError as error:
        attempt.error = error.detail
    attempt.milliseconds = round(1000 * (monotonic() - started))
    if answer:
        attempt.status = answer.status
        attempt.answer = answer.content.decode("utf-8", "replace")[:_SHOWN].replace("\0", "")
        attempt.error = _refusal(answer)
    return attempt, answer.retry_after if answer else None


def _post(webhook: Webhook, delivery: Delivery, keys: Sequence[str]) -> Fetched:
    if not keys:
        raise NotFound("The webhook's secret is gone; rotate it to have a new one.")
    body = (delivery.body or "").encode()
    caused = causes.signed(delivery.user_id, delivery.cause) if delivery.cause else {}
    earlier_form = hmac.new(keys[0].encode(), body, hashlib.sha256).hexdigest()
    return exchange(
        webhook.url,
        method="POST",
        headers={
            "content-type": "application/json",
            "x-webhook-signature": earlier_form,
            **signing.signed(keys[0], delivery.id, body, also=keys[1:]),
            **caused,
        },
        content=body,
        seconds=SECONDS,
        max_bytes=_MAX_ANSWER,
        partial=True,
    )


def _refusal(answer: Fetched) -> str | None:
    if 200 <= answer.status < 300:
        return None
    if answer.status in REDIRECTS:
        return f"It redirects (HTTP {answer.status}), which is not followed; use the address that it leads to."
    if answer.status == 410:
        return "It is gone for good (HTTP 410)."
    return f"It answered HTTP {answer.status}."


def _record(webhook: Webhook, delivery: Delivery, attempt: DeliveryAttempt, asked: float | None, known: Stats) -> None:
    """One commit: the attempt, what is next, the webhook's figures, and its end where it is to be left alone."""
    now = clock.now()
    delivered = attempt.error is None
    gone = attempt.status == 410
    once = gone or delivery.event_type == TEST
    wait = None if delivered or once else schedule.wait(delivery.tries, asked)
    fields: dict[str, Any] = {
        "attempts": [made.model_dump() for made in [*delivery.attempts, attempt][-_KEPT_ATTEMPTS:]],
        "claimed_until": None,
        "updated_at": now,
        **(_next(now + wait) if wait else _ended("delivered" if delivered else "failed", now)),
    }
    given_up = not delivered and not wait and delivery.event_type != TEST
    silent = known.succeeded_at is None or known.succeeded_at < (delivery.begun_at or delivery.created_at)
    counted = stats.to_count(webhook, known, now, delivered=delivered)
    off = _to_switch_off(webhook, attempt, now) if gone or (given_up and silent) else []
    written = _written(delivery, fields, [*counted, *off])
    if not written and off:  # another delivery, or a person, has changed the webhook meanwhile
        _written(delivery, fields, counted)
    if written and wait:
        outbox.hand_over([delivery.model_copy(update=fields)])


def _next(at: datetime) -> dict[str, Any]:
    return {"next_attempt_at": at, "due_at": outbox.due_at(at)}


def _ended(status: str, now: datetime) -> dict[str, Any]:
    return {"status": status, "completed_at": now, "next_attempt_at": None, "due_at": None}


def _end(delivery: Delivery, status: str) -> None:
    _written(delivery, {**_ended(status, clock.now()), "updated_at": clock.now()})


def _to_switch_off(webhook: Webhook, attempt: DeliveryAttempt, now: datetime) -> list[Write]:
    """The webhook fails, and its user is notified: once, whichever of its deliveries says so first."""
    if webhook.status != "active":
        return []
    notification = notifications.build(
        webhook.user_id,
        "A webhook was switched off",
        f"{webhook.url[:500]} does not take what it is sent. {attempt.error} Nothing more is sent there until"
        " you activate the webhook again; its deliveries tell what was tried.",
        id=derived_id(webhook.id, str(webhook.version), "switched off"),
        priority="high",
        metadata={"webhook_id": webhook.id},
    )
    failed = {"status": "failed", "updated_at": now}
    return [
        webhooks.to_update(webhook.user_id, webhook.id, failed, version=webhook.version),
        *listing.to_unlist(webhook.user_id, webhook.id),
        notifications.to_create(notification),
    ]


def _written(delivery: Delivery, fields: dict[str, Any], beside: Sequence[Write] = ()) -> datetime | None:
    """Change the delivery as it was read; None where somebody else has changed it, or the webhook, meanwhile."""
    change = deliveries.to_update(delivery.user_id, delivery.id, fields, version=delivery.version)
    try:
        return firestore.client().commit([change, *beside])
    except (PreconditionFailed, NotFound, AlreadyExists) as error:
        log.warning("a delivery was changed meanwhile", reason=error.detail, delivery_id=delivery.id)
        return None
