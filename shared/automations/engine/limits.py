"""Concurrency and debounce: how many runs of an automation, or of a user, may be at work, and how soon they begin.

An automation without limits costs nothing here. A place for concurrency is a document that a run creates; `rates.py`
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
    """The automation's own limits and its user's, by the name that their meters bear."""
    yield automation.id, automation.limits
    yield "all", automation.user_limits


def meter(uid: str, name: str) -> str:
    """The path of a meter: a document that counts, or stands for a place."""
    return f"users/{uid}/meters/{name}"


def debounced(automation: Automation) -> bool:
    """Whether debounce holds up the automation's runs before their first step."""
    return any(limits.debounce_seconds for _, limits in scopes(automation))


def debounce(automation: Automation) -> timedelta:
    """How long debounce holds up each run of the automation."""
    return timedelta(seconds=max(limits.debounce_seconds or 0 for _, limits in scopes(automation)))


def rated(automation: Automation) -> bool:
    """Whether a rate limits how many of the automation's runs begin."""
    return any(limits.rate for _, limits in scopes(automation))


def quiet_at(execution: Execution, automation: Automation) -> datetime:
    """When debounce lets the run begin."""
    return execution.started_at + debounce(automation)


def superseded(execution: Execution, automation: Automation) -> bool:
    """Whether, with debounce, a later event about the same subject has started a run, too: one query.

    Events without a subject, such as webhook calls, count as events about one subject. A run that a person takes up
    again is never superseded.
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
    """Writes that take a free place in each limited scope; None where one has no free place. A round trip a scope."""
    taken: list[Write] = []
    for scope, limits in scopes(automation):
        if limits.concurrency is None:
            continue
        paths = [meter(execution.user_id, f"{scope}~slot~{number}") for number in range(limits.concurrency)]
        places = firestore.client().get_all(paths)
        free = [path for path, document in zip(paths, places, strict=True) if document is None]
        if not free:
            return None
        path = random.choice(free)  # noqa: S311 -- so that rivals rarely meet
        taken.append(writes.create(path, {"execution_id": execution.id, "since": clock.now()}))
    return taken


def asks_again_at(execution: Execution) -> datetime:
    """When a run in line looks for a place by itself, ever more rarely.

    A runner that leaves a place calls the next run, but the call may be lost.
    """
    now = clock.now()
    waited = now - execution.queued_at if execution.queued_at else _BUSY
    return now + min(max(waited, _BUSY), _VERY_BUSY) * random.uniform(0.5, 1.5)  # noqa: S311


def next_in_line(automation: Automation) -> list[Execution]:
    """The few runs that have waited longest for a place: a query for each limited scope.

    More than one, as the first may have been called already, or may wait for a place in the other scope too.
    """
    called: dict[str, Execution] = {}
    for scope, limits in scopes(automation):
        if limits.concurrency is None:
            continue
        of_scope: list[Where] = [] if scope == "all" else [("automation_id", "==", automation.id)]
        where: list[Where] = [*of_scope, ("queued_at", ">", _LONG_AGO)]
        queued = run_store.executions.select(
            automation.user_id, where=where, order=[("queued_at", "asc")], limit=_CALLED
        )
        called |= {execution.id: execution for execution in queued}
    return list(called.values())


def concurrent(automation: Automation) -> bool:
    """Whether the automation's runs need a place to be at work."""
    return any(limits.concurrency for _, limits in scopes(automation))
