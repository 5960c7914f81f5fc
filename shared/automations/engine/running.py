"""An execution in a runner's hands."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum

from shared.automations.actions.caches import Caches
from shared.automations.definitions.models import Automation
from shared.automations.definitions.program import Program
from shared.automations.engine.in_flight import Claimed, Claiming, InFlight
from shared.automations.engine.journal import Journal
from shared.automations.engine.step import Circumstances
from shared.automations.runs.models import Execution, PausedBy
from shared.errors import AppError
from shared.kit import clock

TOGETHER = 20  # light steps in one commit, which stays far below Firestore's 500 writes
_FRESH = timedelta(minutes=1)  # below this age the event's fields stand in for a read of the prospect


class Reservation(Enum):
    """Whether daily budgets of steps cover the run's next step."""

    NONE = "none"  # it has to be reserved first, if there is such a budget
    COVERED = "covered"
    ELSEWHERE = "elsewhere"  # its part of the budget is full, another part has room
    CONTENDED = "contended"  # other runs have reserved what is left


@dataclass(frozen=True)
class FailStep:
    """The store has refused what the step writes: the step fails with `error`.

    `for_good`: the store never takes it, such as for its size; one refusal more, and the run ends.
    """

    error: AppError
    for_good: bool = False


@dataclass(frozen=True)
class EndRun:
    """The store has refused the step's failure, too: the run ends, with as little as possible."""

    error: AppError


Fallback = FailStep | EndRun


@dataclass
class Run:
    """An execution in a runner's hands."""

    execution: Execution
    program: Program
    runner: str
    automation: Automation | None = None
    hold: PausedBy | None = None  # who holds all runs of its automation
    switched_off: bool = False  # its automation was switched off or deleted: it is cancelled
    eager: bool = False  # begun where it was started: light steps alone
    together: int = TOGETHER
    counts_steps: bool = False  # a daily budget of steps limits it
    quiet: bool = False  # the next commit leaves out notices, as one of them was refused
    orphan: bool = False  # the run that has started it is gone
    reservation: Reservation = Reservation.NONE
    covered: int = 0  # how many of the steps that follow their budgets cover
    elsewhere: dict[str, str] = field(default_factory=dict)  # by scope, the part of the budget that has room
    moves: int = 0  # from part to part since the last step that was covered
    conflicts: int = 0  # refused commits since the last one that was not
    fallback: Fallback | None = None  # what the next commit stores in place of what the store has refused
    in_flight: InFlight | None = None
    planned: Journal | None = None  # to be committed once more, on the state that is stored now
    caches: Caches = field(init=False)

    def __post_init__(self) -> None:
        event, begins = self.execution.event, self.execution.sequence == 0
        fresh = event.at is not None and clock.now() - event.at < _FRESH
        of_prospect = begins and event.collection == "prospects" and fresh and not event.spilled
        self.caches = Caches(prospect=event.after if of_prospect else None)

    @property
    def stop_when(self) -> list[str]:
        """The states of the prospect in which this run ends, or the one that waits for it."""
        automation, parent = self.automation, self.execution.parent
        return [*(automation.stop_when if automation else []), *(parent.stop_when if parent else [])]

    @property
    def mid_step(self) -> bool:
        """Whether there is something that only this runner knows."""
        return self.in_flight is not None or self.planned is not None

    @property
    def unwanted(self) -> bool:
        """Whether it is held or cancelled: an effect that was claimed, and not yet performed, is given back."""
        return self.hold is not None or self.switched_off or self.execution.cancel_requested

    def is_full(self, journal: Journal) -> bool:
        """Whether the commit may hold no further step."""
        passed = self.counts_steps and journal.spent["steps"] >= self.covered
        return passed or journal.steps_done >= self.together

    def journal(self) -> Journal:
        """An empty one, to be filled with the next commit."""
        return Journal(self.execution, self.program, self.runner, quiet=self.quiet, orphan=self.orphan)

    def circumstances(self, journal: Journal) -> Circumstances:
        """What the attempt of the journal's step depends on. A refusal is about the first step of a commit."""
        refused = self.fallback if isinstance(self.fallback, FailStep) and journal.steps_done == 0 else None
        return Circumstances(self.caches, journal.changed, self.stop_when, refusal=refused.error if refused else None)

    def committed(self, execution: Execution) -> None:
        """Go on from what was just stored: a claim in it is this runner's, and an outcome in it is recorded."""
        self.execution = execution
        self.conflicts, self.quiet, self.fallback = 0, False, None
        claiming = self.in_flight
        self.in_flight = Claimed(claiming.tried, claiming.effect) if isinstance(claiming, Claiming) else None
