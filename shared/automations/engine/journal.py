"""The write set of one commit: of one step, or of several light ones."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Concatenate, ParamSpec

from shared.automations.definitions.models import Step
from shared.automations.definitions.program import Program
from shared.automations.engine import conflicts, leases
from shared.automations.engine.changes import Changes, State
from shared.automations.runs import spills
from shared.automations.runs import store as run_store
from shared.automations.runs.models import TERMINAL, Execution, Waiting
from shared.gcp import sizes
from shared.gcp.writes import Write
from shared.kit import clock

P = ParamSpec("P")


class Journal:
    """Collects what one commit changes. `before` is untouched, so a lost race loses nothing."""

    def __init__(
        self, before: Execution, program: Program, runner: str, *, quiet: bool = False, orphan: bool = False
    ) -> None:
        """`quiet`: without notices. `orphan`: the run that waits for this one is gone."""
        self.before = before
        self.opened_at = clock.now()  # what is due by then is due for all that the commit holds
        self.after = before.draft()
        self.after._outdated = {}  # the commit stores the upgrade, once
        self.after.runner, self.after.status, self.after.stalls = runner, "running", 0
        if orphan:
            self.after.parent = None
        self.started: list[Execution] = []
        self.stopped: Waiting | None = None  # the wait for another run, which the commit tells to stop
        self.steps_done = 0
        self.spent = {"steps": 0, "mails": 0, "tokens": 0}
        self.changed: set[str] = set()  # the documents that the steps' effects change
        self.reserves = False  # a step of the daily budget, for the first step that follows
        self.elsewhere: dict[str, str] = {}  # by scope, the part of the budget in which to reserve it
        self.takes_place = False  # where concurrency is limited; what it does before that is stored has to be light
        self.settled: str | None = None  # what became of the claimed effect
        self.lines: list[dict[str, Any]] = []  # what the log is to tell of its steps, once it is stored
        self.counts: dict[str, dict[str, int]] | None = None  # what it adds to the meters of budgets
        self._program, self._quiet = program, quiet
        self._others: list[Write] = []
        self._size = self._sized = 0
        self._at: datetime | None = None  # when it was first to be committed

    @property
    def state(self) -> State:
        """The run as the commit leaves it."""
        return State(self.after, self._program)

    @property
    def step(self) -> Step:
        """The step at which the run stands."""
        return self.state.step

    @property
    def finished(self) -> bool:
        """Whether the run has ended."""
        return self.after.status in TERMINAL

    @property
    def suspended(self) -> bool:
        """Whether the run sleeps until a runner is called."""
        return self.after.status == "waiting"

    @property
    def is_news(self) -> bool:
        """Whether a run that goes on sleeping has to be stored: it was at work, or looks out for another time."""
        before, after = self.before, self.after
        return (before.status, before.due_at, before.paused) != (after.status, after.due_at, after.paused)

    @property
    def size(self) -> int:
        """Bytes of the writes so far, as stored; those of the execution itself are fewer than its steps' records."""
        self._size += sizes.of_writes(self._others[self._sized :])
        self._sized = len(self._others)
        return self._size

    @property
    def at(self) -> datetime:
        """When it is committed; repeated, it is the same commit."""
        self._at = self._at or clock.now()
        return self._at

    def apply(self, transition: Callable[Concatenate[State, P], Changes], *args: P.args, **kwargs: P.kwargs) -> None:
        """Add what a transition makes of the run's state to the commit."""
        changes = transition(self.state, *args, **kwargs)
        self.after = changes.after
        self._others += changes.writes
        if not self._quiet:
            self._others += changes.notices
            self.stopped = changes.stopped or self.stopped
        self.started += changes.started
        self.changed |= changes.documents
        self.steps_done += changes.steps_done
        self.spent["steps"] += changes.records
        self.spent["mails"] += changes.mails
        self.settled = changes.settled or self.settled

    def rebase(self, stored: Execution) -> None:
        """Commit the same work on a later state, which differs by nothing that it rests on (conflicts.py)."""
        self.after.signals = conflicts.with_news(self.after.signals, self.before, stored)
        self.before = stored

    def to_commit(self) -> list[Write]:
        """The execution's new state, guarded by its version or made, and everything that goes with it."""
        self.after.updated_at = self.at
        if not self.finished and not self.suspended:
            claimed = self.after.intent and self.after.intent.pending
            self.after.due_at = clock.now() + (leases.CLAIM_LEASE if claimed else leases.RUN_LEASE)
        return [*self._execution(), *self._others]

    def _execution(self) -> list[Write]:
        if self.before.version is None:
            return spills.to_create(self.after)
        fields = run_store.changes(self.before, self.after)
        return [run_store.to_change(self.after, fields, version=self.before.version)]
