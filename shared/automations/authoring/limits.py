"""Reads and sets the limits that hold for all of a user's automations together."""

from datetime import datetime

from shared.automations.definitions import store as definition_store
from shared.automations.definitions import subscriptions
from shared.automations.definitions.restrictions import Limits
from shared.automations.engine import budgets
from shared.automations.operations import control
from shared.automations.triggers import TRIGGERS
from shared.domains.contacts import service as contacts
from shared.gcp import firestore
from shared.store.single import Single, Versioned

_of_users = Single(Limits, "automation_limits", "limits")


def of_user(uid: str) -> Versioned[Limits]:
    """The limits of all of a user's automations together: one read."""
    return _of_users.get(uid)


def set_of_user(uid: str, limits: Limits, version: datetime | None = None) -> Versioned[Limits]:
    """Sets a user's limits: one commit, a query and a batch for the automations, each of which has a copy.

    For a daily budget one read more for the time zone, and 17 to spread a large one anew over its parts. Raises
    PreconditionFailed.
    """
    limits = with_time_zone(uid, limits)
    listed = [subscriptions.to_limit(uid, trigger, limits != Limits()) for trigger in TRIGGERS]
    stored = _of_users.put(uid, limits, version, beside=listed)
    fields = limits.model_dump()
    owned = definition_store.automations.select(uid, limit=firestore.MAX_WRITES)
    firestore.client().apply_each(
        [definition_store.automations.to_update(uid, a.id, {"user_limits": fields}) for a in owned]
    )
    if owned:
        budgets.spread(uid, "all", owned[0].user_limits, limits)
    if any(turns_differ(automation.user_limits, limits) for automation in owned):
        control.drop_turns(uid)
    return stored


def turns_differ(before: Limits, after: Limits) -> bool:
    """Whether a change of limits changes when executions may begin."""
    return (before.rate, before.debounce_seconds) != (after.rate, after.debounce_seconds)


def with_time_zone(uid: str, limits: Limits) -> Limits:
    """Adds the user's time zone to a daily budget that names none: one read for such a budget."""
    if limits.daily is None or limits.daily.time_zone:
        return limits
    daily = limits.daily.model_copy(update={"time_zone": contacts.get_policy(uid).value.time_zone})
    return limits.model_copy(update={"daily": daily})
