"""States of runs for property tests: a program with every way through it, and executions that stand anywhere in it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from shared.automations.definitions import program
from shared.automations.definitions.models import Step
from shared.automations.definitions.program import Frame, compiled
from shared.automations.runs.models import Attempt, Execution, Intent, Parent, StepResult, TriggerEvent, Turn, Waiting

NOW = datetime(2030, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
TURN = Turn(place="users/ann/meters/a~rate~0", at=LATER, shift=0, tolerance=1)


def _step(id: str, action: str = "set_variables", **more: Any) -> dict[str, Any]:
    return {"id": id, "action": action, "config": {"values": {}}, **more}


_BODY = [_step("word"), _step("ask", "approval", config={"message": "m"})]
PROGRAM = compiled(
    [
        Step.model_validate(step)
        for step in (
            _step("first"),
            _step("tolerant", on_error="continue"),
            _step("each", "for_each", config={"items": [1, 2], "steps": _BODY}, on_error="continue"),
            _step("other", "run_automation", config={"automation_id": "x"}),
            _step("handled", on_error="branch", on_error_steps=[_step("instead")]),
            _step("last"),
        )
    ]
)
STORED: dict[str, Any] = {  # what every run has
    "id": "run",
    "user_id": "ann",
    "created_at": NOW,
    "updated_at": NOW,
    "automation_id": "a",
    "automation_name": "A",
    "definition": 1,
    "status": "running",
    "triggered_by": "manual",
    "event": TriggerEvent(id="e1", trigger="manual"),
    "started_at": NOW,
}
_AT = {instruction.step.id: at for at, instruction in enumerate(PROGRAM)}


def execution(position: int = 0, **fields: Any) -> Execution:
    """A run that stands at a step of the program, within the loop where the step is."""
    step = PROGRAM[position].step.id
    within = step in ("word", "ask")
    stored = {
        **STORED,
        "position": position,
        "frames": [Frame(at=_AT["each"], index=1, count=2)] if within else [],
        "results": {"each": StepResult(status="success", message="m", output={"items": [1, 2]})} if within else {},
    }
    standing = Execution.model_validate(stored | fields)
    standing._version = NOW
    return standing


@st.composite
def executions(draw: st.DrawFn) -> Execution:
    """Any state that is not terminal, whether an engine would come to it or not."""
    position = draw(st.sampled_from([at for at in range(len(PROGRAM)) if at != _AT["each"]]))
    blank = execution(position)
    key = program.key(PROGRAM, position, blank.frames)
    waiting = Waiting(kind="event", key=key, message="m", until=LATER, about={"execution_id": "other"})
    kind = draw(st.sampled_from([None, "approval", "review", "automation"]))
    word = {"outcome": draw(st.sampled_from(["sent", "not_sent"])), "by": "ann"}
    answer = word if kind == "review" else {"other": {"status": "success", "results": {}}}
    postponed = {PROGRAM[position].step.id: StepResult(status="waiting", message="w")}
    intent = Intent(key=key, channel="mail", recipient="r", at=NOW, until=draw(st.sampled_from([NOW, LATER])))
    return execution(
        position,
        status=draw(st.sampled_from(["pending", "running", "waiting"])),
        results=blank.results | draw(st.sampled_from([{}, postponed])),
        waiting=waiting.model_copy(update={"kind": kind}) if kind else None,
        signals=draw(st.sampled_from([{}, {key: answer}])),
        awaited=draw(st.sampled_from([{}, {key: "other"}])),
        intent=draw(st.sampled_from([None, intent, intent.model_copy(update={"pending": False})])),
        attempts=draw(st.sampled_from([[], [Attempt(at=NOW, error="It broke.")]])),
        slots=draw(st.sampled_from([[], ["users/ann/meters/a~slot~0"]])),
        turns=draw(st.sampled_from([{}, {"a": TURN}])),
        queued_at=draw(st.sampled_from([None, NOW])),
        wake_at=draw(st.sampled_from([None, NOW, LATER])),
        due_at=draw(st.sampled_from([None, NOW])),
        parent=draw(st.sampled_from([None, Parent(execution_id="p", automation_id="b", key="k")])),
        sequence=draw(st.sampled_from([0, 3])),
        stalls=draw(st.sampled_from([0, 100])),
        paused=draw(st.booleans()),
        cancel_requested=draw(st.booleans()),
    )
