"""Creates, changes, activates and deletes automations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from shared.automations.authoring import cycles, limits, references
from shared.automations.authoring.validation import (
    AutomationInput,
    AutomationQuery,
    StepInput,
    checked_steps,
    checked_trigger,
)
from shared.automations.definitions import store as definition_store
from shared.automations.definitions import subscriptions
from shared.automations.definitions.masking import restored
from shared.automations.definitions.models import Automation
from shared.automations.definitions.restrictions import Limits, Reentry
from shared.automations.engine import budgets, subscribing
from shared.automations.operations import control, pauses
from shared.automations.starts import awaited_events, schedules, webhooks
from shared.errors import BadRequest, Conflict, PreconditionFailed
from shared.gcp import firestore
from shared.gcp.queries import equal
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.fields import Fields
from shared.kit.paging import Page
from shared.kit.schema import stamp
from shared.store.optimistic import Edit

_ATTEMPTS = 5
_REENTRY: TypeAdapter[Reentry] = TypeAdapter(Reentry)
_PLAIN = ("name", "description", "stop_when", "limits", "metadata")


@dataclass
class Switched:
    """The answer of a switch: the automation, and warnings of circles of automations and of missing documents."""

    automation: Automation
    warnings: list[str]


def create(uid: str, data: AutomationInput) -> Automation:
    """Creates an inactive automation with its first definition: two reads, one commit. Raises Invalid."""
    trigger, config = checked_trigger(data.trigger, data.trigger_config)
    automation = Automation(
        **stamp(uid),
        name=data.name,
        description=data.description,
        trigger=trigger,
        trigger_config=config,
        steps=checked_steps(data.actions, data.steps),
        stop_when=list(data.stop_when),
        limits=limits.with_time_zone(uid, data.limits),
        reentry=data.reentry,
        user_limits=limits.of_user(uid).value,
        metadata=data.metadata,
    )
    address, secret = webhooks.to_settle(None, automation)
    writes = [definition_store.automations.to_create(automation), definition_store.to_keep_definition(automation)]
    version = firestore.client().commit([*writes, *address, *awaited_events.to_settle(None, automation)])
    return webhooks.with_secret(definition_store.automations.stamped(automation, version), secret)


def get(uid: str, id: str) -> Automation:
    """Loads an automation with its execution counts: one round trip. Raises NotFound."""
    return definition_store.get_counted(uid, id)


def list_page(uid: str, query: AutomationQuery) -> Page[Automation]:
    """Lists a page of automations with their execution counts: one query, its total, one round trip of counters."""
    where = equal(status=query.status, trigger=query.trigger)
    page = definition_store.automations.page(uid, where=where, limit=query.limit, cursor=query.cursor)
    return Page(definition_store.counted(uid, list(page.items)), page.total, page.next_cursor)


def activate(uid: str, id: str, version: datetime | None = None, *, beside: Sequence[Write] = ()) -> Switched:
    """Activates an automation; circles of automations that start each other, and missing documents that its steps name,
    are answered as warnings."""
    activated = _switch(uid, id, version, active=True, beside=beside)
    activated.warnings += references.warnings(activated.automation)
    return activated


def deactivate(uid: str, id: str, version: datetime | None = None, *, beside: Sequence[Write] = ()) -> Automation:
    """Deactivates an automation: no event starts it, and its executions under way end before their next commit."""
    switched = _switch(uid, id, version, active=False, beside=beside)
    control.cancel_all(uid, id)
    return switched.automation


def _current(uid: str, id: str, version: datetime | None) -> Automation:
    """Loads an automation: one read. Raises NotFound, or PreconditionFailed if `version` is not the latest."""
    automation = definition_store.automations.get(uid, id)
    definition_store.automations.require_version(automation, version)
    return automation


def _switch(uid: str, id: str, version: datetime | None, *, active: bool, beside: Sequence[Write]) -> Switched:
    """Activates or deactivates an automation: one read, a query for circles, one commit; all again after a conflict."""
    for _ in range(_ATTEMPTS):
        automation = _current(uid, id, version)
        now = clock.now()
        held = active and automation.status == "paused"
        since = automation.paused_at if held and automation.paused_at else now
        fields = {
            **pauses.NOT_PAUSED,
            "status": "active" if active else "inactive",
            "paused_until": now if held else None,  # until its executions are released
            "next_run_at": schedules.next_run(automation, since) if active else None,
            "updated_at": now,
        }
        circles = cycles.warnings(automation) if active else []
        switched = automation.model_copy(update=fields)
        subscription = subscribing.to_subscribe(switched) if active else subscriptions.to_unsubscribe(automation)
        change = definition_store.automations.to_update(uid, id, fields, version=automation.version)
        try:
            written = firestore.client().commit([change, subscription, *cycles.to_record(automation, circles), *beside])
        except PreconditionFailed:
            continue
        switched = definition_store.automations.stamped(switched, written)
        if held:
            pauses.release_executions(switched)
        return Switched(automation=definition_store.counted(uid, [switched])[0], warnings=circles)
    raise Conflict("The automation is being changed by others; try again.")


def delete(uid: str, id: str, version: datetime | None, *, beside: Sequence[Write] = ()) -> None:
    """Deletes an automation and its subscriptions in one commit, with `beside` in it, and cancels its executions; ended
    ones stay."""
    automation = definition_store.automations.get(uid, id)
    gone = definition_store.automations.to_delete(uid, id, version=version)
    address, _ = webhooks.to_settle(automation, None)
    unlisted = [subscriptions.to_unsubscribe(automation), *awaited_events.to_settle(automation, None)]
    firestore.client().commit([gone, *unlisted, *address, *beside])
    control.cancel_all(uid, id)


def update(uid: str, id: str, fields: Fields, version: datetime | None, *, beside: Sequence[Write] = ()) -> Automation:
    """Changes the given fields of an automation, then switches it if `status` is among them.

    New steps make a new definition; executions keep the definition they started with. `beside` is in the last commit.
    """
    if not fields:
        raise BadRequest("No fields to update")
    status = fields.get("status")
    plain = {name: value for name, value in fields.items() if name != "status"}
    only = beside if status is None else ()
    changed = _update(uid, id, plain, version, only) if plain else _current(uid, id, version)
    if status is None:
        return changed
    if status == changed.status:
        if beside:
            firestore.client().commit(beside)
        return changed if plain else get(uid, id)
    match status:
        case "active":
            return activate(uid, id, beside=beside).automation
        case "inactive":
            return deactivate(uid, id, beside=beside)
        case _:
            return _pause(uid, id, beside)


def _pause(uid: str, id: str, beside: Sequence[Write]) -> Automation:
    """Pauses an automation for its owner: holds its executions and starts no more. One read, one commit."""
    why = {**pauses.NOT_PAUSED, "paused_reason": "you paused it", "paused_until": None}
    fields = {**why, "status": "paused", "next_run_at": None, "updated_at": clock.now()}
    paused, _ = definition_store.automations.edit_with(
        uid, id, lambda current: Edit(fields, [subscriptions.to_unsubscribe(current), *beside], None)
    )
    return definition_store.counted(uid, [paused])[0]


def _update(uid: str, id: str, fields: Fields, version: datetime | None, beside: Sequence[Write]) -> Automation:
    """Changes the given fields: one read, one commit, all again after a conflict; 17 reads for a large daily budget."""
    for _ in range(_ATTEMPTS):
        current = _current(uid, id, version)
        changed = _changed(current, fields)
        address, secret = webhooks.to_settle(current, changed)
        try:
            written = firestore.client().commit([*_update_writes(current, changed), *address, *beside])
        except PreconditionFailed:
            continue
        if limits.turns_differ(current.limits, changed.limits):
            control.drop_turns(uid, id)
        if "limits" in fields:
            budgets.spread(uid, id, current.limits, changed.limits)
        stored = definition_store.counted(uid, [definition_store.automations.stamped(changed, written)])[0]
        return webhooks.with_secret(stored, secret)
    raise Conflict("The automation is being changed by others; try again.")


def _changed(current: Automation, fields: Fields) -> Automation:
    plain: Fields = {name: fields[name] for name in _PLAIN if name in fields}
    update: Fields = {**plain, "updated_at": clock.now()}
    if "limits" in fields:
        update["limits"] = limits.with_time_zone(current.user_id, Limits.model_validate(fields["limits"]))
    if "reentry" in fields:
        update["reentry"] = _REENTRY.validate_python(fields["reentry"])
    if "trigger" in fields or "trigger_config" in fields:
        name = fields.get("trigger", current.trigger)
        same = name == current.trigger
        settings = fields.get("trigger_config", current.trigger_config if same else {})
        update["trigger"], update["trigger_config"] = checked_trigger(name, settings)
    if "actions" in fields or "steps" in fields:
        stored = [step.model_dump() for step in current.steps]
        steps = [StepInput.model_validate(step) for step in restored(fields.get("steps", []), stored)]
        update["steps"] = checked_steps(fields.get("actions", []), steps)
        update["definition"] = current.definition + 1
    changed = current.model_copy(update=update)
    if "trigger_config" in update and changed.status == "active":
        changed.next_run_at = schedules.next_run(changed, clock.now())
    return changed


def _update_writes(current: Automation, changed: Automation) -> list[Write]:
    uid, id = current.user_id, current.id
    stored = changed.stored()
    changes = [definition_store.automations.to_update(uid, id, stored, version=current.version)]
    if changed.definition != current.definition:
        changes.append(definition_store.to_keep_definition(changed))
        changes.extend(awaited_events.to_settle(current, changed))
    if changed.status == "active" or changed.holds_starts:
        if changed.trigger != current.trigger:
            changes.append(subscriptions.to_unsubscribe(current))
        changes.append(subscribing.to_subscribe(changed))
    return changes
