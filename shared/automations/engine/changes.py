"""What a transition takes and gives: a run's state, and the changes that follow from it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.automations.definitions import program
from shared.automations.definitions.models import Step
from shared.automations.definitions.program import Program
from shared.automations.runs.models import Execution, Waiting
from shared.gcp.writes import Write


@dataclass(frozen=True)
class State:
    """A run, and the program in which its `position` is a place."""

    execution: Execution
    program: Program

    @property
    def step(self) -> Step:
        """The step at which the run stands."""
        return self.program[self.execution.position].step

    @property
    def key(self) -> str:
        """Names this occurrence of the step: within loops with the items' numbers."""
        return program.key(self.program, self.execution.position, self.execution.frames)

    def after(self, changes: "Changes") -> "State":
        """The state that the changes lead to."""
        return replace(self, execution=changes.after)


@dataclass(frozen=True)
class Changes:
    """What one transition makes of a run, for the commit that stores it.

    `notices` are writes that tell others, which a commit leaves out (as `stopped`) where they are what is refused.
    """

    after: Execution
    writes: Sequence[Write] = ()
    notices: Sequence[Write] = ()
    started: Sequence[Execution] = ()  # runs among the writes, to be handed over after the commit
    stopped: Waiting | None = None  # the wait for another run, which is told to stop
    documents: frozenset[str] = frozenset()  # the paths that the step's effects write
    steps_done: int = 0
    records: int = 0  # step records among the writes: steps that a daily budget counts
    mails: int = 0  # claimed mails among the writes
    settled: str | None = None  # what became of the claimed effect

    def then(self, later: "Changes") -> "Changes":
        """Both as one; `later` was made from the state that this one leaves."""
        return Changes(
            after=later.after,
            writes=[*self.writes, *later.writes],
            notices=[*self.notices, *later.notices],
            started=[*self.started, *later.started],
            stopped=later.stopped or self.stopped,
            documents=self.documents | later.documents,
            steps_done=self.steps_done + later.steps_done,
            records=self.records + later.records,
            mails=self.mails + later.mails,
            settled=later.settled or self.settled,
        )
