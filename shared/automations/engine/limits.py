"""How much an automation, or all of a user's, may do at once and one after another: concurrency and debounce.

Only an automation that has limits pays for them. Places for concurrency are documents that a run creates; `rates.py`
and `budgets.py` have the other limits.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from shared.automations.definitions.models import Automation
from shared.automations.definitions.restrictions import Limits
from shared.automations.runs import store as run_store
from shared.automations.runs.models import Execution
from shared.gcp import firestore, writes
from shared.gcp.queries import Where
from shared.gcp.writes import Write
from shared.kit import clock

_BUSY, _VERY_BUSY = timedelta(seconds=10), timedelta(minutes=2)  # before a run without a place asks unasked
_CALLED = 3
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def scopes(automation: Automation) -> Iterator[tuple[str, Limits]]:
    yield automation.id, automation.limits
    yield "all", automation.user_limits


def meter(uid: str, name: str) -> str:
    return f"users/{uid}/meters/{name}"


def debounced(automation: Automation) -> bool:
    return any(limits.debounce_seconds for _, limits in scopes(automation))


def rated(automation: Automation) -> bool:
    return any(limits.rate for _, limits in scopes(automation))


def quiet_at(execution: Execution, automation: Automation) -> datetime:
    """When debounce lets the run begin."""
    longest = max(limits.debounce_seconds or 0 for _, limits in scopes(automation))
    return execution.started_at + timedelta(seconds=longest)


def superseded(execution: Execution, automation: Automation) -> bool:
    """With debounce: whether an event about the same subject that happened later has started a run, too. One query.

    Events that have no subject, such as calls from outside, are all about the same. A run that a person takes up
    again is wanted, whatever came after it.
    """
    if execution.generation or not debounced(automation):
        return False
    latest = run_store.executions.select(
        execution.user_id,
        where=[("automation_id", "==", execution.automation_id), ("subject", "==", execution.subject)],
        order=[("happened_at", "desc")],
        limit=1,
    )
    return bool(latest) and latest[0].id != execution.id


def free_places(execution: Execution, automation: Automation) -> list[Write] | None:
    """Writes that take a place in each limited scope; None where all are taken. One round trip if limited."""
    taken: list[Write] = []
    for scope, limits in scopes(automation):
        if limits.concurrency is None:
            continue
        paths = [meter(execution.user_id, f"{scope}~slot~{number}") for number in range(limits.concurrency)]
        found = firestore.client().get_all(paths)
        free = [path for path, document in zip(paths, found, strict=True) if document is None]
        if not free:
            return None
        path = random.choice(free)  # noqa: S311 -- so that rivals rarely meet
        taken.append(writes.create(path, {"execution_id": execution.id, "since": clock.now()}))
    return taken


def asks_again_at(execution: Execution) -> datetime:
    """Whoever leaves a place calls the next in line; should that call be lost, it asks by itself, ever more rarely."""
    now = clock.now()
    waited = now - execution.queued_at if execution.queued_at else _BUSY
    return now + min(max(waited, _BUSY), _VERY_BUSY) * random.uniform(0.5, 1.5)  # noqa: S311


def next_in_line(automation: Automation) -> list[Execution]:
    """Who has waited longest for a place that is free now: a query for each limited scope.

    A few, as the first may have been called already, or wait for another place too.
    """
    found: dict[str, Execution] = {}
    for scope, limits in scopes(automation):
        if limits.concurrency is None:
            continue
        own: list[Where] = [] if scope == "all" else [("automation_id", "==", automation.id)]
        where: list[Where] = [*own, ("queued_at", ">", _LONG_AGO)]
        queued = run_store.executions.select(
            automation.user_id, where=where, order=[("queued_at", "asc")], limit=_CALLED
        )
        found |= {execution.id: execution for execution in queued}
    return list(found.values())


def concurrent(automation: Automation) -> bool:
    return any(limits.concurrency for _, limits in scopes(automation))
