"""What a runner decides about a run, and answers to its caller."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from shared.automations.engine import waiting
from shared.automations.engine.journal import Journal
from shared.automations.engine.running import Run
from shared.automations.runs.models import Execution
from shared.kit import clock


class Verdict(StrEnum):
    """What a runner answers to its caller."""

    ENDED = "ended"
    DONE = "done"  # suspended, handed over or ended before: the message is served
    PARKED = "parked"  # another runner is at it
    EARLY = "early"  # the wait is not over


@dataclass(frozen=True)
class Commit:
    """The journal holds what is to be stored."""


@dataclass(frozen=True)
class Share:
    """The journal holds what is to be stored, and the light steps that follow may share its commit."""


@dataclass(frozen=True)
class Leave:
    """There is nothing to store: the runner leaves the run as it is."""

    verdict: Verdict


@dataclass(frozen=True)
class Continue:
    """The guard has nothing against it: the next one decides. The journal may hold changes by now."""


Decision = Commit | Share | Leave | Continue
Guard = Callable[[Run, Journal], Decision]


def sleep_on(execution: Execution, journal: Journal) -> Commit | Leave:
    """Have a run whose time has not come sleep until it comes."""
    journal.apply(waiting.sleep, execution.wake_at)
    return commit_if_news(execution, journal)


def commit_if_news(execution: Execution, journal: Journal) -> Commit | Leave:
    """Store that the run sleeps, unless it is stored so already."""
    if journal.is_news:
        return Commit()
    early = execution.wake_at is not None and clock.now() < execution.wake_at
    return Leave(Verdict.EARLY if early else Verdict.DONE)
