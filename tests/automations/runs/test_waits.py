"""Each combination of the fields that a run stores has one reason why the run does not go on, or none."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.automations.runs import waits
from shared.automations.runs.models import TERMINAL, Attempt, Execution, Intent, StepResult, TriggerEvent, Turn, Waiting
from shared.automations.runs.waits import wait_of

NOW = datetime(2030, 1, 1, tzinfo=UTC)
AT = NOW + timedelta(hours=1)
INTENT = Intent(key="call", channel="webhook", recipient="x.io", at=NOW)
TURNS = {"a": Turn(place="users/ann/meters/a~rate~0", at=AT, shift=0, tolerance=1)}
DEADLINE = Waiting(kind="approval", key="ask", message="May it go?", until=AT)
REVIEW = Waiting(kind="review", key="call", message="Did it leave?")
POSTPONED = {"send": StepResult(status="waiting", message="Not on a Sunday.")}
DONE = {"one": StepResult(status="success", message="m")}
FAILED = [Attempt(at=NOW, error="It broke.")]

STATES: dict[str, tuple[dict[str, Any], waits.Wait | None]] = {
    "not begun": ({"status": "pending"}, None),
    "at work": ({"status": "running", "slots": ["s"], "turns": TURNS}, None),
    "let go on, and not yet taken up": ({"status": "waiting"}, None),
    "in a step": ({"waiting": DEADLINE, "wake_at": AT}, waits.Step("approval", AT, "May it go?")),
    "in a step that is tried again": (
        {"waiting": DEADLINE, "wake_at": NOW, "attempts": FAILED},
        waits.Step("approval", AT, "May it go?"),
    ),
    "for a person's answer": ({"waiting": REVIEW, "intent": INTENT}, waits.Review("Did it leave?")),
    "for a provider's answer": (
        {"wake_at": AT, "intent": INTENT, "results": {"call": StepResult(status="waiting", message="Asks.")}},
        waits.Inquiry(AT, "Asks."),
    ),
    "for another attempt": ({"wake_at": AT, "attempts": FAILED, "results": DONE}, waits.Retry(AT, "It broke.")),
    "for what the step needs": ({"wake_at": AT, "results": POSTPONED}, waits.Retry(AT, "Not on a Sunday.")),
    "for what the step needs, which failed before": (
        {"wake_at": AT, "results": POSTPONED, "attempts": FAILED},
        waits.Retry(AT, "Not on a Sunday."),
    ),
    "for quiet": ({"wake_at": AT, "admitted_at": AT}, waits.Turn(AT)),
    "for a turn": ({"wake_at": AT, "turns": TURNS}, waits.Turn(AT)),
    "for a place": ({"wake_at": AT, "queued_at": NOW, "turns": TURNS}, waits.Place(NOW, AT)),
    "for the rest of a budget": ({"wake_at": AT, "sequence": 1, "results": DONE, "turns": TURNS}, waits.Limits(AT)),
    "held": ({"paused": True, "paused_by": "kill_switch"}, waits.Held("kill_switch", None)),
    "held, long ago": ({"paused": True}, waits.Held("person", None)),
    "held in a step": (
        {"paused": True, "paused_by": "automation", "waiting": DEADLINE, "wake_at": AT},
        waits.Held("automation", waits.Step("approval", AT, "May it go?")),
    ),
    "to be held": ({"status": "running", "paused": True, "paused_by": "person"}, waits.Held("person", None)),
    "ended while it was held": ({"status": "cancelled", "paused": True}, None),
}


def _execution(**fields: Any) -> Execution:
    stored: dict[str, Any] = {
        "id": "run",
        "user_id": "ann",
        "created_at": NOW,
        "updated_at": NOW,
        "automation_id": "a",
        "automation_name": "A",
        "definition": 1,
        "status": "waiting",
        "triggered_by": "manual",
        "event": TriggerEvent(id="e1", trigger="manual"),
        "started_at": NOW,
    }
    return Execution.model_validate(stored | fields)


@pytest.mark.parametrize("state", STATES)
def test_each_state_has_its_reason(state: str) -> None:
    fields, expected = STATES[state]
    assert wait_of(_execution(**fields)) == expected


def _maybe(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([None, *values])


stored_fields = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["pending", "running", "waiting", *sorted(TERMINAL)]),
        "waiting": _maybe(DEADLINE, REVIEW),
        "wake_at": _maybe(NOW, AT),
        "queued_at": _maybe(NOW),
        "admitted_at": _maybe(AT),
        "turns": st.sampled_from([{}, TURNS]),
        "sequence": st.sampled_from([0, 1]),
        "attempts": st.sampled_from([[], FAILED]),
        "results": st.sampled_from([{}, DONE, POSTPONED]),
        "intent": _maybe(INTENT, INTENT.model_copy(update={"pending": False})),
        "paused": st.booleans(),
        "paused_by": _maybe("person", "automation", "kill_switch"),
    }
)


@given(stored_fields)
def test_a_run_waits_where_and_only_where_a_field_says_so(fields: dict[str, Any]) -> None:
    ended = fields["status"] in TERMINAL
    says = fields["paused"] or any(fields[name] for name in ("waiting", "wake_at", "queued_at"))
    assert (wait_of(_execution(**fields)) is not None) == (says and not ended)


@given(stored_fields)
def test_a_run_is_held_beside_what_else_it_waits_for(fields: dict[str, Any]) -> None:
    beneath = wait_of(_execution(**fields | {"paused": False}))
    match wait_of(_execution(**fields)):
        case waits.Held(by, within):
            assert fields["paused"]
            assert (by, within) == (fields["paused_by"] or "person", beneath)
        case other:
            assert other == beneath
            assert not fields["paused"] or fields["status"] in TERMINAL


@given(stored_fields)
def test_a_time_that_is_named_is_the_one_at_which_the_run_wakes(fields: dict[str, Any]) -> None:
    match wait_of(_execution(**fields | {"paused": False})):
        case waits.Step() | waits.Review():
            assert fields["waiting"] is not None
        case waits.Place(since, at):
            assert (since, at) == (fields["queued_at"], fields["wake_at"])
            assert fields["waiting"] is None
        case waits.Inquiry(at) | waits.Retry(at) | waits.Turn(at) | waits.Limits(at):
            assert at == fields["wake_at"]
            assert fields["waiting"] is None
            assert fields["queued_at"] is None
        case None:
            assert fields["status"] in TERMINAL or fields["wake_at"] is None


@given(stored_fields)
def test_asking_changes_nothing(fields: dict[str, Any]) -> None:
    execution = _execution(**fields)
    before = execution.model_dump()
    assert wait_of(execution) == wait_of(execution)
    assert execution.model_dump() == before
