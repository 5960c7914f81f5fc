"""What a step's conditions and placeholders see: its event, what earlier steps have left, the prospect as it is."""

import json
import re
from typing import Any

from shared.automations.actions.base import RunMemo, StepContext
from shared.automations.catalog import names
from shared.automations.definitions.models import Step
from shared.automations.definitions.program import Program
from shared.automations.runs.models import Execution
from shared.automations.runs.snapshots import snapshot
from shared.errors import Invalid, NotFound
from shared.kit import clock

_STEPS = re.compile(
    r"\bsteps\b(?:\s{0,9}\.\s{0,9}(\w[\w-]*)|\s{0,9}\[\s{0,9}\\?['\"]([\w-]+))?"
)  # and of which, in JSON


def variables(execution: Execution, steps: Program, memo: RunMemo | None = None) -> dict[str, Any]:
    """What conditions and placeholders see. Raises NotYetStored for an output that the commit under way keeps."""
    event = execution.event
    about = steps[execution.position].step if execution.position < len(steps) else None
    naming = [each.step.id for each in steps if each.step.action == "set_variables"]
    memo = memo or RunMemo()
    results = _results(execution, steps, about, naming, memo)
    after = event.after
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
        **_item(execution, steps, memo),
    }


def _results(
    execution: Execution, steps: Program, about: Step | None, naming: list[str], memo: RunMemo
) -> dict[str, Any]:
    """Outputs of earlier steps; one that was too large for the execution is read where the step may use it."""
    text = json.dumps([about.config, about.when], default=str) if about else ""
    wanted = _named(text, {each.step.id for each in steps})
    wanted |= set(naming) if "vars" in text else set()
    known = {}
    for id, result in execution.results.items():
        output = memo.output(execution, id) if id in wanted else result.output
        known[id] = {"status": result.status, "message": result.message, **output, "output": output}
    return known


def _named(text: str, ids: set[str]) -> set[str]:
    """The steps that a text names as `steps.x`; all where it goes through them, as `steps.values()` does."""
    found = {dotted or quoted for dotted, quoted in _STEPS.findall(text)}
    return found if found <= ids else ids


def prospect(context: StepContext, step: Step) -> dict[str, Any]:
    """The prospect that the run is about as it is now, if the step names it: at most a read an invocation."""
    id = context.prospect_id()
    if not isinstance(id, str) or "prospect" not in names.named(step):
        return {}
    if context.memo.about is None:
        try:
            context.memo.about = {**snapshot(context.prospect(id).stored()), "id": id}
        except (Invalid, NotFound):
            return {}  # it is gone: what the event tells of it is left, if it was a prospect's
    event = context.execution.event
    given = event.after if event.collection == "prospects" else {}  # a run may have been given more than is stored
    return {"prospect": {**given, **context.memo.about}}


def _item(execution: Execution, steps: Program, memo: RunMemo) -> dict[str, Any]:
    if not execution.frames or not steps:
        return {}
    frame = execution.frames[-1]
    loop = memo.output(execution, steps[frame.at].step.id)
    return {"item": loop["items"][frame.index], "index": frame.index}
