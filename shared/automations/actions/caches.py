"""Keeps what the steps of one invocation have read, so that each reads it at most once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from shared.automations.runs import spills
from shared.automations.runs.models import Execution, TriggerEvent
from shared.automations.runs.snapshots import snapshot
from shared.domains.personas import service as personas
from shared.domains.personas.models import Persona
from shared.domains.prospects.models import Prospect
from shared.gcp.writes import Transform, Write


class NotYetStored(Exception):
    """The step meets a document that an earlier step changes in the same commit: that comes first."""


class Caches:
    """The event, the outputs of steps, the prospect and the default persona of one run, in one invocation."""

    def __init__(self, prospect: Mapping[str, Any] | None = None) -> None:
        """`prospect`: the fields of the run's prospect, where they are known to be fresh."""
        self._prospect = dict(prospect) if prospect is not None else None
        self._personas: list[Persona | None] = []  # the default one, once it was read
        self._outputs: dict[str, dict[str, Any]] = {}
        self._event: TriggerEvent | None = None

    def with_event(self, execution: Execution) -> Execution:
        """The execution with all fields of its event: a read where it has only some, once an invocation."""
        if not execution.event.spilled:
            return execution
        self._event = self._event or spills.load_event(execution)
        return execution.model_copy(update={"event": self._event})

    def output(self, execution: Execution, step: str, unstored: Collection[str]) -> dict[str, Any]:
        """What a step has left, whole: a read where it was large and another invocation has done it.

        `unstored`: the documents that the commit under way changes. Raises NotFound, or NotYetStored for one of those.
        """
        result = execution.results[step]
        if not result.spilled:
            return result.output
        if step not in self._outputs:
            if spills.path(execution, step) in unstored:
                raise NotYetStored
            self._outputs[step] = spills.load(execution, step)
        return self._outputs[step]

    def keep_output(self, step: str, output: dict[str, Any]) -> None:
        self._outputs[step] = output

    def prospect(self, read: Callable[[], Prospect]) -> dict[str, Any]:
        """The fields of the run's prospect, as conditions see them: read once, and then changed as steps change it."""
        if self._prospect is None:
            prospect = read()
            self._prospect = {**snapshot(prospect.stored()), "id": prospect.id}
        return self._prospect

    def default_persona(self, uid: str) -> Persona | None:
        """The user's default persona, None where there is none: a query by the first step that asks."""
        if not self._personas:
            self._personas.append(personas.find_default(uid))
        return self._personas[0]

    def follow(self, effects: Sequence[Write]) -> None:
        """Change the prospect as a step does, so that it need not be read for the next one."""
        for write in effects:
            if self._prospect is None or not write.path.endswith(f"/prospects/{self._prospect['id']}"):
                continue
            if any(isinstance(value, Transform) for value in write.fields.values()):
                self._prospect = None
            else:
                self._prospect |= snapshot(dict(write.fields))

    def forget(self) -> None:
        """Drop what the steps of a refused commit have left."""
        self._prospect = None
        self._outputs.clear()
