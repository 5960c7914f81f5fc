"""An execution in a runner's hands."""

from dataclasses import dataclass, field
from datetime import timedelta

from shared.automations.actions.base import RunMemo
from shared.automations.definitions.models import Automation
from shared.automations.definitions.program import Program
from shared.automations.engine.in_flight import Claimed, Claiming, InFlight
from shared.automations.engine.journal import Journal
from shared.automations.runs.models import Execution, PausedBy
from shared.errors import AppError
from shared.kit import clock

TOGETHER = 20  # light steps in one commit, which stays far below Firestore's 500 writes
_FRESH = timedelta(minutes=1)  # below this age the event's fields stand in for a read of the prospect


@dataclass
class Run:
    """An execution in a runner's hands."""

    execution: Execution
    program: Program
    runner: str
    automation: Automation | None = None
    hold: PausedBy | None = None  # who has all runs of its automation held
    switched_off: bool = False  # its automation was switched off or deleted: it is cancelled
    memo: RunMemo = field(default_factory=RunMemo)
    together: int = TOGETHER
    eager: bool = False  # begun where it was started: light steps alone
    quiet: bool = False  # the next commit leaves out what tells others of it
    orphan: bool = False  # the run that has started it is gone
    reserved: bool = False  # the daily budget covers its next step
    budget_is_busy: bool = False  # what is left of the daily budget is reserved by others
    conflicts: int = 0  # refused commits since the last one that was not
    refusal: AppError | None = None  # why the store never takes what was planned: the next commit says so
    given_up: bool = False  # nor that: the next commit ends it
    in_flight: InFlight | None = None
    ready: Journal | None = None  # planned, and to be committed on the state that is stored now

    def __post_init__(self) -> None:
        event, begins = self.execution.event, self.execution.sequence == 0
        fresh = event.at is not None and clock.now() - event.at < _FRESH
        if begins and event.collection == "prospects" and fresh and not event.spilled:
            self.memo.about = event.after  # and what its own steps change
        own = self.automation.stop_when if self.automation else []
        self.memo.stop_when = [*own, *(self.execution.parent.stop_when if self.execution.parent else [])]

    @property
    def mid_step(self) -> bool:
        """Whether there is something that only this runner knows."""
        return self.in_flight is not None or self.ready is not None

    @property
    def unwanted(self) -> bool:
        """Whether it is held or cancelled: an effect that was claimed, and not yet performed, is given back."""
        return self.hold is not None or self.switched_off or self.execution.cancel_requested

    def journal(self) -> Journal:
        """An empty one, to be filled with the next commit."""
        return Journal(self.execution, self.program, self.runner, quiet=self.quiet, orphan=self.orphan)

    def committed(self, execution: Execution) -> None:
        """Go on from what was just stored: a claim in it is this runner's, and an outcome in it is recorded."""
        self.execution = execution
        self.conflicts, self.quiet, self.refusal, self.memo.refused = 0, False, None, None
        claiming = self.in_flight
        self.in_flight = Claimed(claiming.tried, claiming.effect) if isinstance(claiming, Claiming) else None
