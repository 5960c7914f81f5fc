"""Incoming webhooks: a call to an automation's own address starts the automation.

The address holds an unguessable token, and is looked up by the token's hash. The document of the hash, which no client
can read, holds the secret with which calls may be signed (Standard Webhooks); the API answers the secret once.
"""

import secrets
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from shared.automations.definitions import store as definition_store
from shared.automations.definitions import subscriptions
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
from shared.kit.fields import Fields
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
    to_store: Write


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
    """Builds the writes that add or remove the address of an automation whose trigger changed; answers the secret of a
    new address beside them.

    Sets the address in the trigger settings of `after`.
    """
    old = before.trigger_config.get("url") if before and before.trigger == _TRIGGER else None
    if after is None or after.trigger != _TRIGGER:
        return [writes.delete(_path(old))] if old else [], None
    if old:
        after.trigger_config = {**after.trigger_config, "url": old}
        return [], None
    address = _mint(after)
    after.trigger_config = {**after.trigger_config, "url": address.url}
    return [address.to_store], address.secret


def with_secret(automation: Automation, secret: str | None) -> Automation:
    """Adds the secret of a new address to the automation that the API answers this once."""
    if secret:
        automation.trigger_config = {**automation.trigger_config, "secret": secret}
    return automation


def rotate(uid: str, id: str, version: datetime | None = None) -> Automation:
    """Replaces an automation's address and secret; the old ones are void at once. One read, one commit.

    Raises NotFound, Conflict.
    """

    def change(current: Automation) -> Edit[str]:
        if current.trigger != _TRIGGER:
            raise Conflict("Only an automation whose trigger is webhook has an address.")
        address = _mint(current)
        void = writes.delete(_path(current.trigger_config["url"]))
        fields = {"trigger_config": {**current.trigger_config, "url": address.url}, "updated_at": clock.now()}
        changed = definition_store.automations.changed(current, fields)
        listed = [subscribing.to_subscribe(changed)] if changed.status == "active" or changed.holds_starts else []
        return Edit(fields, [address.to_store, void, *listed], result=address.secret)

    changed, secret = definition_store.automations.edit_with(uid, id, change, version=version)
    return with_secret(definition_store.counted(uid, [changed])[0], secret)


def receive(token: str, raw: bytes, body: Fields, headers: Mapping[str, str]) -> str | None:
    """Starts the automation whose address was called: two reads, one commit, one publish.

    While the automation's daily budget is used up, the execution is stored and held until the pause is over.

    Answers the execution's id, the same for a repeated delivery; None if the filter leaves the call out, or the contact
    may not enter the automation again.
    Raises NotFound, PayloadTooLarge, Conflict while the automation is not active, Unauthenticated for a bad signature,
    LoopDetected if an execution's own call comes back to its automation.
    """
    if len(raw) > _MAX_KIB * 1024:
        raise PayloadTooLarge(f"The body must not exceed {_MAX_KIB} KiB.")
    address = firestore.client().get(_path(token))
    if address is None:
        raise NotFound("There is no automation at this address.")
    uid, id = address.data["uid"], address.data["automation_id"]
    subscription = subscriptions.find(uid, _TRIGGER)
    listed = subscription.automations.get(id)
    if listed is None:
        raise Conflict("The automation at this address is not active; activate it, then call again.")
    config = Config.model_validate(listed.trigger_config)
    if config.signed or (config.signed is None and "webhook-signature" in headers):
        _check_signature(address.data["secret"], raw, headers)
    if subscription.halted:
        raise Conflict("All automations are halted; switch the kill switch off, then call again.")
    event = _event(uid, body, headers)
    try:
        if not passes(config.filter, {"before": None, "after": body}):
            return None
    except Invalid as error:
        if notes := [blocked.blocked_entry(uid, start) for start in unjudged(id, listed.name, event.id, error)]:
            firestore.client().commit(notes)
        return None
    _refuse_loop(uid, id, listed.name, event)
    return _start(uid, id, event, subscription)


def _start(uid: str, id: str, event: TriggerEvent, subscription: Subscription) -> str | None:
    """Stores the execution and hands it over; answers its id, None if its contact may not enter the automation
    again."""
    listed = subscription.automations[id]
    execution = build_execution(uid, id, listed.name, listed.definition, event, held=listed.held)
    deliveries = webhook_deliveries.of_start(execution, subscription)
    beside = [*outbox.to_create(deliveries), *blocked.held_entries(execution)]
    if not entries.restricts(listed.reentry, execution):
        with suppress(AlreadyExists):  # by an earlier delivery, which may have died before it handed over
            firestore.client().commit([*create.to_start(execution), *beside])
    elif earlier := entries.start(execution, listed.reentry, beside=beside):
        firestore.client().commit([blocked.not_entered_entry(execution, earlier, listed.reentry)])
        return None
    if execution.paused:
        holds.release_late([execution])
    else:
        queue.hand_over([queue.message(execution)])
    outbox.hand_over(deliveries)
    return execution.id


def _event(uid: str, body: Fields, headers: Mapping[str, str]) -> TriggerEvent:
    """Builds the event of a call; if an execution made the call, the event continues the chain of that execution."""
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
    """Raises LoopDetected if the automation must not start, after an entry in the user's system log: one commit."""
    cause = event.cause
    if reason := loop(id, cause.automation_id if cause else None, event.depth):
        start = Blocked(id, name, event.id, reason, cause.model_dump() if cause else {})
        firestore.client().commit([blocked.blocked_entry(uid, start)])
        raise LoopDetected(f"{name} was not started. {reason}")


def _delivery(headers: Mapping[str, str]) -> str:
    """The id that the sender gave the delivery, hashed; a new one if the sender gave none."""
    named = headers.get("webhook-id") or headers.get("idempotency-key")
    return derived_id(named) if named else new_id()


def _check_signature(secret: str, raw: bytes, headers: Mapping[str, str]) -> None:
    """Raises Unauthenticated unless a call is signed with the secret. Format: https://www.standardwebhooks.com"""
    from standardwebhooks import Webhook, WebhookVerificationError

    try:
        Webhook(secret).verify(raw, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError) as error:  # ValueError: a header that cannot be read
        raise Unauthenticated(
            "The call's signature is missing or wrong: send webhook-id, webhook-timestamp (at most five minutes"
            " old) and webhook-signature, made with its secret as Standard Webhooks says."
        ) from error
