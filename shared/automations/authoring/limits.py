"""Sets the limits that hold for all of a user's automations together."""

from datetime import datetime

from shared.automations.definitions import store as definition_store
from shared.automations.definitions import subscriptions
from shared.automations.definitions.restrictions import Limits
from shared.automations.operations import control
from shared.automations.triggers import TRIGGERS
from shared.domains.contacts import service as contacts
from shared.gcp import firestore
from shared.store.single import Single, Versioned

_of_users = Single(Limits, "automation_limits", "limits")


def of_user(uid: str) -> Versioned[Limits]:
    """What all of a user's automations may do together: one read."""
    return _of_users.get(uid)


def set_of_user(uid: str, limits: Limits, version: datetime | None = None) -> Versioned[Limits]:
    """One commit, and a batch for the automations, each of which keeps a copy; a read for the zone of a budget. Raises
    PreconditionFailed."""
    limits = with_time_zone(uid, limits)
    listed = [subscriptions.to_limit(uid, trigger, limits != Limits()) for trigger in TRIGGERS]
    stored = _of_users.put(uid, limits, version, beside=listed)
    fields = limits.model_dump()
    owned = definition_store.automations.select(uid, limit=firestore.MAX_WRITES)
    firestore.client().apply_each(
        [definition_store.automations.to_update(uid, a.id, {"user_limits": fields}) for a in owned]
    )
    if any(turns_differ(automation.user_limits, limits) for automation in owned):
        control.drop_turns(uid)
    return stored


def turns_differ(one: Limits, other: Limits) -> bool:
    """Whether runs have to wait for other times to begin."""
    return (one.rate, one.debounce_seconds) != (other.rate, other.debounce_seconds)


def with_time_zone(uid: str, given: Limits) -> Limits:
    """Limits whose days are those of the user's time zone where they name none: one read, if they have a budget."""
    if given.daily is None or given.daily.time_zone:
        return given
    daily = given.daily.model_copy(update={"time_zone": contacts.get_policy(uid).value.time_zone})
    return given.model_copy(update={"daily": daily})
