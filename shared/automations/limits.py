"""How much an automation, or all of a user's, may do: concurrency, rate, debounce, daily budgets.

Only an automation that has limits pays for them. A rate gives each run its turn: `count` places are handed
out in turn, and each is given once in `seconds` (`gcp/rate.py`), so that no stretch of time sees more starts.
Places for concurrency are documents that a run creates. Budgets are counted in the commits
that spend them, and their answer says when it is enough.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.automations import endings, repository
from shared.automations.models import Automation, Execution
from shared.automations.restrictions import Limits, Rate
from shared.automations.triggers import TRIGGERS
from shared.domains import notifications
from shared.domains.notifications import Notification
from shared.errors import NotFound
from shared.gcp import firestore, rate, writes
from shared.gcp.queries import Where
from shared.gcp.writes import Increment, Write
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.kit.links import page_of
from shared.store.single import Single, Versioned

_BUSY, _VERY_BUSY = timedelta(seconds=10), timedelta(minutes=2)  # before a run without a place asks unasked
_KEPT = timedelta(days=3)
_CALLED = 3
_of_users = Single(Limits, "automation_limits", "limits")
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def _scopes(automation: Automation) -> Iterator[tuple[str, Limits]]:
    yield automation.id, automation.limits
    yield "all", automation.user_limits


def of_user(uid: str) -> Versioned[Limits]:
    """What all of a user's automations may do together: one read."""
    return _of_users.get(uid)


def set_of_user(uid: str, limits: Limits, version: datetime | None = None) -> Versioned[Limits]:
    """One commit, and a batch for the automations, each of which keeps a copy. Raises PreconditionFailed."""
    listed = [repository.to_limit(uid, trigger, limits != Limits()) for trigger in TRIGGERS]
    stored = _of_users.put(uid, limits, version, beside=listed)
    fields = limits.model_dump()
    owned = repository.automations.select(uid, limit=firestore.MAX_WRITES)
    firestore.client().apply_each([repository.automations.to_update(uid, a.id, {"user_limits": fields}) for a in owned])
    return stored


def _meter(uid: str, name: str) -> str:
    return f"users/{uid}/meters/{name}"


def begins_at(execution: Execution, automation: Automation) -> datetime | None:
    """When the run may begin; None at once. Two commits where there is a rate, else nothing."""
    now = begin = clock.now()
    for scope, limits in _scopes(automation):
        if limits.debounce_seconds:
            begin = max(begin, execution.started_at + timedelta(seconds=limits.debounce_seconds))
        if limits.rate:
            begin = max(begin, _admission(_meter(execution.user_id, f"{scope}~rate"), limits.rate, now))
    return begin if begin > now else None


def _admission(meter: str, allowed: Rate, now: datetime) -> datetime:
    """When it is the run's turn: a commit for its number, and one for the place of that number."""
    client = firestore.client()
    _, counted = client.commit_counted([writes.merge(meter, {"number": Increment(1), "expire_at": now + _KEPT})])
    place = f"{meter}~{counted[meter][0] % allowed.count}"
    _, counted = client.commit_counted(rate.to_take(place, 1, allowed.seconds, now))
    return rate.turn(counted, place, allowed.seconds)


def superseded(execution: Execution, automation: Automation) -> bool:
    """With debounce: whether an event about the same subject that happened later has started a run, too. One query.

    Events that have no subject, such as calls from outside, are all about the same. A run that a person takes up
    again is wanted, whatever came after it.
    """
    if execution.generation or not any(limits.debounce_seconds for _, limits in _scopes(automation)):
        return False
    latest = repository.executions.select(
        execution.user_id,
        where=[("automation_id", "==", execution.automation_id), ("subject", "==", execution.subject)],
        order=[("happened_at", "desc")],
        limit=1,
    )
    return bool(latest) and latest[0].id != execution.id


def free_places(execution: Execution, automation: Automation) -> list[Write] | None:
    """Writes that take a place in each limited scope; None where all are taken. One round trip if limited."""
    taken: list[Write] = []
    for scope, limits in _scopes(automation):
        if limits.concurrency is None:
            continue
        paths = [_meter(execution.user_id, f"{scope}~slot~{number}") for number in range(limits.concurrency)]
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
    for scope, limits in _scopes(automation):
        if limits.concurrency is None:
            continue
        own: list[Where] = [] if scope == "all" else [("automation_id", "==", automation.id)]
        where: list[Where] = [*own, ("queued_at", ">", _LONG_AGO)]
        queued = repository.executions.select(
            automation.user_id, where=where, order=[("queued_at", "asc")], limit=_CALLED
        )
        found |= {execution.id: execution for execution in queued}
    return list(found.values())


def limited(automation: Automation) -> bool:
    """Whether a run needs a place, a turn or a quiet moment."""
    return any(limits.concurrency or limits.rate or limits.debounce_seconds for _, limits in _scopes(automation))


def concurrent(automation: Automation) -> bool:
    return any(limits.concurrency for _, limits in _scopes(automation))


def counts_steps(automation: Automation) -> bool:
    return any(limits.daily and limits.daily.steps for _, limits in _scopes(automation))


def to_spend(execution: Execution, automation: Automation, spent: Mapping[str, int]) -> list[Write]:
    """Count what a commit spends, where a budget is set: a write a scope."""
    used = {kind: Increment(number) for kind, number in spent.items() if number}
    return [
        writes.merge(_day(execution.user_id, scope), {"expire_at": clock.now() + _KEPT, **used})
        for scope, limits in _scopes(automation)
        if used and limits.daily and limits.daily.model_dump(exclude_none=True)
    ]


def _day(uid: str, scope: str) -> str:
    return _meter(uid, f"{scope}~{clock.now():%Y-%m-%d}")


def overspent(
    execution: Execution, automation: Automation, spent: Mapping[str, int], counted: Mapping[str, Sequence[Any]]
) -> str | None:
    """Which budget the commit has used up, from the commit's own answer.

    Steps and tokens are counted when they are spent; a mail when it is claimed, so the last one may still leave.
    """
    kinds = [kind for kind, number in spent.items() if number]
    for scope, limits in _scopes(automation):
        totals = dict(zip(kinds, counted.get(_day(execution.user_id, scope), ()), strict=False))
        for kind, limit in limits.daily.model_dump(exclude_none=True).items() if limits.daily else ():
            if totals.get(kind, 0) >= limit + (kind == "mails"):
                whose = "this automation's" if scope != "all" else "your"
                return f"{whose} daily budget of {limit:,} {kind} is used up"
    return None


def pause(automation: Automation, reason: str) -> None:
    """Switch the automation off for now, and tell its owner: one commit; told once a day and reason."""
    uid, now = automation.user_id, clock.now()
    notification = Notification(
        id=derived_id(automation.id, reason, f"{now:%Y-%m-%d}"),
        user_id=uid,
        created_at=now,
        updated_at=now,
        type="info",
        priority="high",
        title=f"{automation.name} is paused",
        message=f"It was paused because {reason}. Its runs are held; activate it to let them go on.",
        link=page_of("automations", automation.id),
    )
    fields = {"status": "paused", "paused_reason": reason, "next_run_at": None, "updated_at": now}
    told = Write(notifications.repository.path(uid, notification.id), notification.stored())
    with suppress(NotFound):
        firestore.client().commit(
            [
                repository.automations.to_update(uid, automation.id, fields),
                repository.to_unsubscribe(automation),
                told,
                endings.paused_entry(automation, reason),
            ]
        )
