"""The days of daily budgets: which documents count what a run spends today, under each scope that limits it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from shared.automations.definitions.models import Automation
from shared.automations.definitions.restrictions import Budget, Limits
from shared.automations.engine import limits


@dataclass(frozen=True)
class Day:
    """A budget's day. `meter`: the document that counts what it brings; of steps the first part."""

    meter: str
    scope: str
    budget: Budget

    @property
    def zone(self) -> str:
        return self.budget.time_zone or "UTC"


def of(uid: str, scope: str, budget: Budget, at: datetime) -> Day:
    """The day of a budget at a time."""
    zone = ZoneInfo(budget.time_zone or "UTC")
    return Day(limits.meter(uid, f"{scope}~{at.astimezone(zone):%Y-%m-%d}"), scope, budget)


def of_limits(uid: str, scope: str, limited: Limits, at: datetime) -> Iterator[Day]:
    """The day of the limits' budget; none where they have no budget."""
    if limited.daily and limited.daily.is_set:
        yield of(uid, scope, limited.daily, at)


def of_automation(automation: Automation | None, at: datetime) -> list[Day]:
    """The days of the automation's own budget and its user's."""
    if automation is None:
        return []
    scopes = limits.scopes(automation)
    return [day for scope, limited in scopes for day in of_limits(automation.user_id, scope, limited, at)]
