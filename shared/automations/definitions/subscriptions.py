"""Subscription documents: for each user and trigger, the active automations and waiting runs that its events concern.

A document event therefore costs one read by id, however many automations the user owns.
"""

from collections.abc import Iterable
from typing import Any

from shared.automations.definitions.models import Automation
from shared.automations.definitions.restrictions import Limits
from shared.gcp import firestore, writes
from shared.gcp.writes import DELETED, Write, field_path


def _subscriptions_path(uid: str, trigger: str) -> str:
    return f"users/{uid}/subscriptions/{trigger}"


def to_subscribe(automation: Automation, *, eager: bool) -> Write:
    """`eager`: its runs may begin where they are started. That the user's own limits are lifted is said by them."""
    entry = {
        "name": automation.name,
        "definition": automation.definition,
        "trigger_config": automation.trigger_config,
        "eager": eager,
    }
    if automation.reentry != "always":
        entry["reentry"] = automation.model_dump(include={"reentry"})["reentry"]
    if automation.holds_starts:
        entry["paused"] = automation.paused_reason
    limited = {"limited": True} if automation.user_limits != Limits() else {}
    path = _subscriptions_path(automation.user_id, automation.trigger)
    return writes.merge(path, {field_path("automations", automation.id): entry, **limited})


def to_unsubscribe(automation: Automation) -> Write:
    path = _subscriptions_path(automation.user_id, automation.trigger)
    return writes.merge(path, {field_path("automations", automation.id): DELETED})


def to_await(automation: Automation, event: str, steps: dict[str, Any], *, matched: bool | None) -> Write:
    """Have runs of the automation told of an event, whether it is active or not.

    `steps` are those of its present definition. `matched`: whether a definition says by a match which events are
    meant, so that a run's subject does not tell; None leaves what is known of earlier ones.
    """
    of: dict[str, Any] = {field_path("waits_of", automation.id, "definition"): automation.definition}
    if matched is not None:
        of[field_path("waits_of", automation.id, "matched")] = matched
    return writes.merge(
        _subscriptions_path(automation.user_id, event), {field_path("waits", automation.id): steps, **of}
    )


def to_await_no_more(uid: str, automation_id: str, event: str) -> Write:
    gone = {field_path("waits", automation_id): DELETED, field_path("waits_of", automation_id): DELETED}
    return writes.merge(_subscriptions_path(uid, event), gone)


def to_halt(uid: str, trigger: str, halted: bool) -> Write:
    return writes.merge(_subscriptions_path(uid, trigger), {"halted": halted})


def to_limit(uid: str, trigger: str, limited: bool) -> Write:
    return writes.merge(_subscriptions_path(uid, trigger), {"limited": limited})


def subscriptions_of_users(uids: Iterable[str], trigger: str) -> dict[str, dict[str, Any]]:
    """The subscriptions of many users to one trigger, by user: one round trip, a read a user."""
    users = sorted(uids)
    documents = firestore.client().get_all([_subscriptions_path(uid, trigger) for uid in users])
    return {uid: document.data if document else {} for uid, document in zip(users, documents, strict=True)}


def subscriptions(uid: str, triggers: Iterable[str]) -> dict[str, dict[str, Any]]:
    """By trigger: active `automations`, `waits` of runs, and whether all is `halted` or `limited`.

    One round trip, a read a trigger.
    """
    names = list(triggers)
    documents = firestore.client().get_all([_subscriptions_path(uid, name) for name in names])
    return {name: document.data for name, document in zip(names, documents, strict=True) if document}
