"""What a runner does after its commit was refused: its work is carried over only where nothing has changed for it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.automations.actions.base import Done, Effect
from shared.automations.definitions.program import Frame
from shared.automations.engine.conflicts import (
    IGNORABLE,
    INSTRUCTIONS,
    SIGNALS,
    Reaction,
    Refused,
    after_conflict,
    left_in_flight,
    with_news,
)
from shared.automations.engine.in_flight import Claimed, Claiming, InFlight, Performed
from shared.automations.engine.step import Attempted
from shared.automations.runs.models import (
    Attempt,
    Counted,
    Execution,
    Intent,
    Parent,
    StepResult,
    TriggerEvent,
    Turn,
    Waiting,
)
from shared.gcp.writes import Write
from shared.kit.schema import Cause
from tests.automations.engine.states import NOW, STORED

LATER = NOW + timedelta(seconds=1)
INTENT = Intent(key="call", channel="webhook", recipient="x.io", at=NOW, until=NOW)
CHANGES: dict[str, Any] = {
    "created_at": LATER,
    "updated_at": LATER,
    "cause": Cause(automation_id="a", execution_id="e", step="s", depth=1),
    "automation_id": "b",
    "automation_name": "B",
    "definition": 2,
    "status": "waiting",
    "triggered_by": "schedule",
    "event": TriggerEvent(id="e2", trigger="manual"),
    "subject": "p2",
    "happened_at": NOW,
    "position": 1,
    "frames": [Frame(at=0, count=2)],
    "sequence": 1,
    "generation": 1,
    "rerun_id": "r",
    "results": {"call": StepResult(status="success", message="m")},
    "attempts": [Attempt(at=NOW, error="e")],
    "waiting": Waiting(kind="event", key="wait", message="m"),
    "signals": {"wait": {"e1": {"at": NOW}}},
    "awaited": {"other": "e9"},
    "intent": INTENT,
    "admitted_at": NOW,
    "turns": {"a": Turn(place="users/ann/meters/a~rate~0", at=NOW, shift=0, tolerance=1)},
    "reserved": {"a": "users/ann/meters/a~2026-01-01"},
    "reserved_steps": 3,
    "slots": ["users/ann/meters/a~slot~0"],
    "queued_at": NOW,
    "parent": Parent(execution_id="e0", automation_id="a0", key="k"),
    "started_at": LATER,
    "completed_at": NOW,
    "error": "it failed",
    "failed_step": "call",
    "failed_code": "provider-error",
    "timings": {"delay": {"100": 1}},
    "busy_ms": 80,
    "usd": 0.01,
    "counted": Counted(at=NOW, status="failed", seconds=1, steps=2),
    "wake_at": NOW,
    "due_at": LATER,
    "runner": "rival",
    "cancel_requested": True,
    "paused": True,
    "paused_by": "person",
    "stalls": 1,
    "expire_at": NOW,
}
TRIED = Attempted(Done("done"), {}, NOW)
EFFECT = Effect("webhook", "x.io", perform=lambda key: Done("done"))
FLIGHTS: list[InFlight | None] = [None, Claiming(TRIED, EFFECT), Claimed(TRIED, EFFECT), Performed(TRIED, EFFECT)]

flights = st.sampled_from(FLIGHTS)
subsets = st.sets(st.sampled_from(sorted(CHANGES)))


def _execution(version: datetime = NOW, **fields: Any) -> Execution:
    execution = Execution.model_validate({**STORED, "due_at": NOW, "runner": "before", **fields})
    execution._version = version
    return execution


def _refused(before: Execution, flight: InFlight | None = None, **after: Any) -> Refused:
    later = before.model_copy(update={"runner": "mine", "updated_at": LATER, **after})
    return Refused(before, later, in_flight=flight)


def test_every_field_of_an_execution_is_tried() -> None:
    assert CHANGES.keys() == Execution.model_fields.keys() - Execution.path_fields


@pytest.mark.parametrize("name", sorted(CHANGES))
@pytest.mark.parametrize("flight", FLIGHTS, ids=lambda flight: type(flight).__name__)
def test_nothing_but_what_is_stated_may_be_ignored(name: str, flight: InFlight | None) -> None:
    stored = _execution(LATER, **{name: CHANGES[name]})
    reaction = after_conflict(_refused(_execution(), flight), stored)
    assert (reaction is Reaction.REBASE) == (name in {"due_at", "stalls", "signals"})


def test_a_field_that_is_new_may_not_be_ignored() -> None:
    class Later(Execution):
        novelty: str | None = None

    before = Later.model_validate(_execution().model_dump())
    stored = before.model_copy(update={"novelty": "x"})
    before._version, stored._version = NOW, LATER
    assert after_conflict(_refused(before), stored) is Reaction.LEAVE


@given(subsets, flights)
def test_work_is_rebased_only_where_it_rests_on_nothing_that_changed(
    changed: set[str], flight: InFlight | None
) -> None:
    stored = _execution(LATER, **{name: CHANGES[name] for name in changed})
    reaction = after_conflict(_refused(_execution(), flight), stored)
    assert (reaction is Reaction.REBASE) == (changed <= IGNORABLE | SIGNALS)
    assert (reaction is Reaction.REPLAN) == (
        changed <= IGNORABLE | SIGNALS | INSTRUCTIONS and not changed <= IGNORABLE | SIGNALS
    )


@given(subsets, flights)
def test_a_claim_that_somebody_else_has_made_is_never_performed(changed: set[str], flight: InFlight | None) -> None:
    stored = _execution(LATER, **{name: CHANGES[name] for name in changed | {"intent"}})
    reaction = after_conflict(_refused(_execution(), flight, intent=INTENT), stored)
    assert reaction is Reaction.LEAVE
    assert left_in_flight(flight, reaction) is None


@given(subsets, flights)
def test_an_outcome_is_kept_as_long_as_its_claim_stands(changed: set[str], flight: InFlight | None) -> None:
    own = {name: CHANGES[name] for name in changed - {"intent"}}
    before, stored = _execution(intent=INTENT), _execution(LATER, intent=INTENT, **own)
    reaction = after_conflict(_refused(before, flight, intent=None), stored)
    moved = {"definition", "position", "frames"} & changed
    if isinstance(flight, Performed) and not moved:
        assert reaction in (Reaction.REBASE, Reaction.SETTLE)
        assert left_in_flight(flight, reaction) == flight
    elif not changed - {"intent"} <= IGNORABLE | SIGNALS:
        assert reaction is not Reaction.REBASE


@pytest.mark.parametrize("settled", [{"pending": False}, {"until": LATER}, {"key": "other"}])
def test_a_claim_that_was_settled_is_nobodys_any_more(settled: dict[str, Any]) -> None:
    before = _execution(intent=INTENT)
    stored = _execution(LATER, runner="rival", intent=INTENT.model_copy(update=settled))
    reaction = after_conflict(_refused(before, Performed(TRIED, EFFECT), intent=None), stored)
    assert reaction is Reaction.LEAVE


@pytest.mark.parametrize("before", [{"waiting": CHANGES["waiting"]}, {}])
def test_signals_are_no_small_matter_to_a_wait(before: dict[str, Any]) -> None:
    """Neither to one that was resolved without them, nor to one that begins."""
    status: dict[str, Any] = {} if before else {"status": "waiting"}
    stored = _execution(LATER, signals=CHANGES["signals"], **before)
    assert after_conflict(_refused(_execution(**before), **status), stored) is Reaction.REPLAN


def test_a_commit_whose_answer_was_lost_was_made() -> None:
    before = _execution()
    refused = _refused(before, Claiming(TRIED, EFFECT), intent=INTENT)
    stored = refused.after.model_copy(update={"signals": CHANGES["signals"], "due_at": LATER, "stalls": 2})
    stored._version = LATER
    for answered in (True, False):
        assert after_conflict(Refused(before, refused.after, answered=answered), stored) is Reaction.COMMITTED


def test_what_nobody_has_answered_is_committed_again() -> None:
    before = _execution()
    after = before.model_copy(update={"runner": "mine"})
    assert after_conflict(Refused(before, after, answered=False), _execution()) is Reaction.REPEAT


@pytest.mark.parametrize(
    ("given", "reaction"),
    [
        ({"in_flight": Claiming(TRIED, EFFECT)}, Reaction.ASK_AGAIN),
        ({"in_flight": Performed(Attempted(Done("d"), {}, NOW, [Write("a/b")]), EFFECT)}, Reaction.RECORD_ALONE),
        ({"in_flight": Performed(TRIED, EFFECT)}, Reaction.QUIETLY),
        ({"in_flight": Performed(TRIED, EFFECT), "steps_done": 2}, Reaction.SPLIT),
        ({"in_flight": Claimed(TRIED, EFFECT)}, Reaction.QUIETLY),
        ({"parent_gone": True}, Reaction.UNTIE),
        ({"steps_done": 2}, Reaction.SPLIT),
        ({"steps_done": 1}, Reaction.FAIL_STEP),
    ],
)
def test_an_execution_that_is_as_it_was_has_another_document_refused(given: dict[str, Any], reaction: Reaction) -> None:
    before = _execution()
    assert after_conflict(Refused(before, before.model_copy(), **given), _execution()) is reaction


def test_a_place_that_a_rival_took_is_asked_for_again() -> None:
    before, place = _execution(), CHANGES["slots"]
    for after in (before.model_copy(update={"slots": place}), before.model_copy()):  # taken, or taken and left
        assert after_conflict(Refused(before, after, takes_place=True), _execution()) is Reaction.ASK_AGAIN
    ending = Refused(_execution(slots=place), _execution(), steps_done=1)
    assert after_conflict(ending, _execution()) is Reaction.FAIL_STEP  # it only leaves its place


def test_an_execution_that_is_gone_is_left() -> None:
    assert after_conflict(_refused(_execution()), None) is Reaction.LEAVE


def test_signals_that_a_step_has_taken_do_not_come_back() -> None:
    before = _execution(signals={"wait": {"e1": 1}})
    stored = _execution(signals={"wait": {"e1": 1, "e2": 2}, "vote": {"ann": 3}})
    assert with_news({}, before, stored) == {"wait": {"e2": 2}, "vote": {"ann": 3}}
    assert with_news({"wait": {"e1": 1}}, before, stored) == {"wait": {"e1": 1, "e2": 2}, "vote": {"ann": 3}}
