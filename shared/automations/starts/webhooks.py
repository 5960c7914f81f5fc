"""An automation's own address: who calls it starts the automation.

The address holds an unguessable token, and is looked up by the token's hash. Beside the hash, in a collection
that no client can read, lies the secret with which calls may be signed (Standard Webhooks); it is answered once.
"""

import secrets
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.automations.definitions import counters, subscriptions
from shared.automations.definitions import store as definition_store
from shared.automations.definitions.models import Automation
from shared.automations.definitions.subscriptions import Subscription
from shared.automations.engine import subscribing
from shared.automations.runs import create, entries, holds, queue
from shared.automations.runs.create import build_execution
from shared.automations.runs.models import TriggerEvent
from shared.automations.starts import blocked, webhook_deliveries
from shared.automations.starts.blocked import Blocked
from shared.automations.starts.matching import loop, passes, unjudged
from shared.automations.triggers.webhook import Config
from shared.domains.webhooks import outbox
from shared.errors import AlreadyExists, Conflict, Invalid, LoopDetected, NotFound, PayloadTooLarge, Unauthenticated
from shared.gcp import firestore, writes
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.ids import derived_id, new_id
from shared.providers.web import causes
from shared.store.optimistic import Edit

PREFIX = "/api/hooks/"
_TRIGGER = "webhook"
_MAX_KIB = 256


@dataclass(frozen=True)
class _Address:
    url: str
    secret: str
    kept: Write


def _path(url: str) -> str:
    return f"hook_tokens/{derived_id('hook', url.removeprefix(PREFIX))}"


def _mint(automation: Automation) -> _Address:
    url = PREFIX + secrets.token_urlsafe(32)
    secret = f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"
    fields = {
        "uid": automation.user_id,
        "automation_id": automation.id,
        "secret": secret,
        "created_at": clock.now(),
    }
    return _Address(url, secret, writes.create(_path(url), fields))


def to_settle(before: Automation | None, after: Automation | None) -> tuple[list[Write], str | None]:
    """Keep addresses in step with triggers: what is to be written, and the secret of an address that is new.

    `after` gets its address into its trigger's settings.
    """
    old = before.trigger_config.get("url") if before and before.trigger == _TRIGGER else None
    if after is None or after.trigger != _TRIGGER:
        return [writes.delete(_path(old))] if old else [], None
    if old:
        after.trigger_config = {**after.trigger_config, "url": old}
        return [], None
    made = _mint(after)
    after.trigger_config = {**after.trigger_config, "url": made.url}
    return [made.kept], made.secret


def shown(automation: Automation, secret: str | None) -> Automation:
    """The answer that shows a new address's secret; no other does."""
    if secret:
        automation.trigger_config = {**automation.trigger_config, "secret": secret}
    return automation


def rotate(uid: str, id: str, version: datetime | None = None) -> Automation:
    """A new address and secret; the old are void at once. One read, one commit. Raises NotFound, Conflict."""

    def change(current: Automation) -> Edit[str]:
        if current.trigger != _TRIGGER:
            raise Conflict("Only an automation whose trigger is webhook has an address.")
        made = _mint(current)
        void = writes.delete(_path(current.trigger_config["url"]))
        fields = {"trigger_config": {**current.trigger_config, "url": made.url}, "updated_at": clock.now()}
        changed = definition_store.automations.changed(current, fields)
        listed = [subscribing.to_subscribe(changed)] if changed.status == "active" or changed.holds_starts else []
        return Edit(fields, [made.kept, void, *listed], result=made.secret)

    changed, secret = definition_store.automations.edit_with(uid, id, change, version=version)
    return shown(counters.counted(uid, [changed])[0], secret)


def receive(token: str, raw: bytes, body: dict[str, Any], headers: Mapping[str, str]) -> str | None:
    """Start the automation whose address was called: two reads, one commit, one publish.

    While its daily budget is used up, the run is stored and held until the pause is over.

    Answers the execution's id, for a repeated delivery the same; None where the filter leaves the call out, or its
    contact may not enter the automation again.
    Raises NotFound, PayloadTooLarge, Conflict while it is not active, Unauthenticated for a bad signature,
    LoopDetected where one of our own calls comes round in a circle.
    """
    if len(raw) > _MAX_KIB * 1024:
        raise PayloadTooLarge(f"The body must not exceed {_MAX_KIB} KiB.")
    known = firestore.client().get(_path(token))
    if known is None:
        raise NotFound("There is no automation at this address.")
    uid, id = known.data["uid"], known.data["automation_id"]
    subscription = subscriptions.find(uid, _TRIGGER)
    listed = subscription.automations.get(id)
    if listed is None:
        raise Conflict("The automation at this address is not active; activate it, then call again.")
    config = Config.model_validate(listed.trigger_config)
    if config.signed or (config.signed is None and "webhook-signature" in headers):
        _check_signature(known.data["secret"], raw, headers)
    if subscription.halted:
        raise Conflict("All automations are halted; switch the kill switch off, then call again.")
    event = _event(uid, body, headers)
    try:
        if not passes(config.filter, {"before": None, "after": body}):
            return None
    except Invalid as error:
        if told := [blocked.blocked_entry(uid, start) for start in unjudged(id, listed.name, event.id, error)]:
            firestore.client().commit(told)
        return None
    _refuse_loop(uid, id, listed.name, event)
    return _start(uid, id, event, subscription)


def _start(uid: str, id: str, event: TriggerEvent, subscription: Subscription) -> str | None:
    """Stores the run and hands it over; answers its id, None where its contact may not enter the automation again."""
    listed = subscription.automations[id]
    execution = build_execution(uid, id, listed.name, listed.definition, event, held=listed.held)
    deliveries = webhook_deliveries.of_start(execution, subscription)
    told = [*outbox.to_create(deliveries), *blocked.held_entries(execution)]
    if not entries.restricts(listed.reentry, execution):
        with suppress(AlreadyExists):  # delivered before; that call may have died before it handed over
            firestore.client().commit([*create.to_start(execution), *told])
    elif earlier := entries.start(execution, listed.reentry, beside=told):
        firestore.client().commit([blocked.not_entered_entry(execution, earlier, listed.reentry)])
        return None
    if execution.paused:
        holds.let_late_ones_go([execution])
    else:
        queue.hand_over([queue.message(execution)])
    outbox.hand_over(deliveries)
    return execution.id


def _event(uid: str, body: dict[str, Any], headers: Mapping[str, str]) -> TriggerEvent:
    """One of our own calls goes on with the chain of the execution that made it."""
    caller = causes.caller(uid, headers)
    return TriggerEvent(
        id=f"{_TRIGGER}:{_delivery(headers)}",
        trigger=_TRIGGER,
        at=clock.now(),
        data=body,
        depth=caller.depth + 1 if caller else 0,
        cause=caller.cause if caller else None,
    )


def _refuse_loop(uid: str, id: str, name: str, event: TriggerEvent) -> None:
    """Raises LoopDetected, with an entry in the user's system log: one commit."""
    cause = event.cause
    if reason := loop(id, cause.automation_id if cause else None, event.depth):
        start = Blocked(id, name, event.id, reason, cause.model_dump() if cause else {})
        firestore.client().commit([blocked.blocked_entry(uid, start)])
        raise LoopDetected(f"{name} was not started. {reason}")


def _delivery(headers: Mapping[str, str]) -> str:
    """Names the delivery, as its sender does."""
    named = headers.get("webhook-id") or headers.get("idempotency-key")
    return derived_id(named) if named else new_id()


def _check_signature(secret: str, raw: bytes, headers: Mapping[str, str]) -> None:
    """Raises Unauthenticated. Format: https://www.standardwebhooks.com"""
    from standardwebhooks import Webhook, WebhookVerificationError

    try:
        Webhook(secret).verify(raw, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError) as error:  # ValueError: a header that cannot be read
        raise Unauthenticated(
            "The call's signature is missing or wrong: send webhook-id, webhook-timestamp (at most five minutes"
            " old) and webhook-signature, made with its secret as Standard Webhooks says."
        ) from error
