"""Reserves steps of daily budgets: as many as the next commit may hold, and of a run's start those that it begins with.

A reservation adds to the counters of its budgets. It is covered as far as the total, whenever that is read after it,
stays within the share of the part that it is in: of all that are covered at the latest such time each is in that total,
so that together they never pass the budget. Who finds less than he asked for does fewer steps at once, down to one.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from time import monotonic
from typing import Any

from shared.automations.catalog.registry import action_named
from shared.automations.definitions.models import Automation
from shared.automations.definitions.program import Program
from shared.automations.definitions.subscriptions import Ahead
from shared.automations.engine import budget_parts, days, limits
from shared.automations.engine.running import TOGETHER
from shared.automations.runs.models import Execution
from shared.gcp import writes
from shared.gcp.writes import Increment, Write
from shared.kit import clock

RETENTION = timedelta(days=3)
_FAR = 0.5  # of a share: with less left no start reserves ahead, so that runs that wait keep nothing from others
_NEWS = 60.0  # seconds for which a total is remembered
_MOST_REMEMBERED = 1_000
_TOTALS: dict[str, tuple[float, int]] = {}  # by part, what the last start of this process has found: a hint


def ahead(program: Program, position: int) -> int:
    """How many steps the commit may hold that does the step at the position: light ones that follow share it."""
    number = 1
    for each in program[position + 1 : position + TOGETHER]:
        if not action_named(each.step.action).light:
            break
        number += 1
    return number


def of_automation(automation: Automation, program: Program) -> Ahead | None:
    """What each start of the automation's runs reserves; None where no budget of steps limits them, or other limits
    make them wait before they begin."""
    scopes = list(limits.scopes(automation))
    waits = any(limited.rate or limited.debounce_seconds for _, limited in scopes)
    budgets = {scope: limited.daily for scope, limited in scopes if limited.daily and limited.daily.steps}
    return Ahead(steps=ahead(program, 0), budgets=budgets) if budgets and not waits else None


def begin(execution: Execution, wanted: Ahead | None) -> None:
    """Have the commit that creates an execution reserve the steps it begins with, if its budgets are far from used."""
    if wanted is None or execution.paused:
        return
    parts: dict[str, str] = {}
    for scope, budget in wanted.budgets.items():
        day = days.of(execution.user_id, scope, budget, execution.started_at)
        part = budget_parts.of_run(day.meter, budget.steps, execution.id)
        share = budget_parts.share_of(part, day.meter, budget.steps or 0)
        if _remembered(part) + wanted.steps > _FAR * share:
            return
        parts[scope] = part
    execution.reserved, execution.reserved_steps = parts, wanted.steps


def to_begin(execution: Execution) -> list[Write]:
    """The writes that reserve what an execution begins with: one for each budget."""
    number, expiry = execution.reserved_steps, {"expire_at": clock.now() + RETENTION}
    return [
        writes.merge(part, {"steps": Increment(0), "reserved": Increment(number), **expiry})
        for part in execution.reserved.values()
    ]


def remember(executions: Iterable[Execution], counted: Mapping[str, Sequence[Any]]) -> None:
    """Remember the totals that the commit of starts has answered."""
    if len(_TOTALS) > _MOST_REMEMBERED:
        _TOTALS.clear()
    for part in {part for execution in executions for part in execution.reserved.values()} & counted.keys():
        _TOTALS[part] = (monotonic(), sum(counted[part]))


def _remembered(part: str) -> int:
    at, total = _TOTALS.get(part, (0.0, 0))
    return total if monotonic() - at < _NEWS else 0


def covered(execution: Execution, automation: Automation, meters: Mapping[str, Mapping[str, Any]]) -> int:
    """How many of the steps that a run has reserved its budgets cover, by counters that were read with the run."""
    numbers = []
    for day in days.of_automation(automation, clock.now()):
        if not day.budget.steps:
            continue
        part = execution.reserved.get(day.scope)
        if part not in meters or part not in budget_parts.paths(day.meter, day.budget.steps):
            return 0
        share = budget_parts.share_of(part, day.meter, day.budget.steps)
        total = int(meters[part].get("steps", 0)) + int(meters[part].get("reserved", 0))
        numbers.append(within(execution, total, share))
    return min(numbers, default=0)


def within(execution: Execution, total: int, share: int) -> int:
    """How many of the reserved steps a share covers whose counters, the reservation included, say `total`."""
    return max(0, execution.reserved_steps - max(0, total - share))
