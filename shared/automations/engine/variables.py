"""What a step's conditions and placeholders see: its event, what earlier steps have left, the prospect as it is."""

from collections.abc import Collection
from dataclasses import dataclass

from shared.automations.actions.base import StepContext
from shared.automations.actions.caches import Caches
from shared.automations.catalog import names
from shared.automations.catalog.registry import find_action
from shared.automations.definitions.models import Step
from shared.automations.definitions.program import Program
from shared.automations.runs.models import Execution
from shared.errors import Invalid, NotFound
from shared.kit import clock
from shared.kit.fields import Fields


def variables(
    execution: Execution, steps: Program, caches: Caches | None = None, unstored: Collection[str] = ()
) -> Fields:
    """What conditions and placeholders of the run's step see.

    `unstored`: the documents that the commit under way changes. Raises NotYetStored for an output among them.
    """
    event, after = execution.event, execution.event.after
    naming = [each.step.id for each in steps if (action := find_action(each.step.action)) and action.sets_variables]
    outputs = _Outputs(execution, caches or Caches(), unstored)
    results = outputs.of_steps(_used(execution, steps, naming))
    return {
        "event": after,
        names.subject(event.collection): after,
        "before": event.before,
        "after": after,
        "steps": results,
        "vars": {name: value for id in naming if id in results for name, value in results[id]["output"].items()},
        "input": after,
        "trigger": event.trigger,
        "automation": {"id": execution.automation_id, "name": execution.automation_name},
        "execution": {"id": execution.id, "started_at": execution.started_at},
        "now": clock.now(),
        **_item(execution, steps, outputs),
    }


@dataclass(frozen=True)
class _Outputs:
    """What the steps of a run have left; a value that is too large for the execution is read where it is used."""

    execution: Execution
    caches: Caches
    unstored: Collection[str]

    def whole(self, step: str) -> Fields:
        return self.caches.output(self.execution, step, self.unstored)

    def of_steps(self, used: Collection[str]) -> Fields:
        """By step, with its status and message: whole of those that are `used`, a preview of others that are large."""
        results = {}
        for id, result in self.execution.results.items():
            output = self.whole(id) if id in used else result.output
            results[id] = {"status": result.status, "message": result.message, **output, "output": output}
        return results


def _used(execution: Execution, steps: Program, naming: list[str]) -> Collection[str]:
    """The steps whose outputs the run's step uses: all where it goes through them, as `steps.values()` does."""
    if execution.position >= len(steps):
        return ()
    used = names.used(steps[execution.position].step)
    if used.all_steps:
        return execution.results.keys()
    return used.steps | set(naming) if "vars" in used.variables else used.steps


def prospect(context: StepContext, step: Step) -> Fields:
    """The prospect that the run is about as it is now, if the step names it: at most a read an invocation."""
    id = context.prospect_id()
    if not isinstance(id, str) or "prospect" not in names.used(step).variables:
        return {}
    try:
        fields = context.caches.prospect(lambda: context.prospect(id))
    except (Invalid, NotFound):
        return {}  # it is gone: what the event tells of it is left, if it was a prospect's
    event = context.execution.event
    of_event = event.after if event.collection == "prospects" else {}  # a run may have more fields than are stored
    return {"prospect": {**of_event, **fields}}


def _item(execution: Execution, steps: Program, outputs: _Outputs) -> Fields:
    if not execution.frames or not steps:
        return {}
    frame = execution.frames[-1]
    loop = outputs.whole(steps[frame.at].step.id)
    return {"item": loop["items"][frame.index], "index": frame.index}
