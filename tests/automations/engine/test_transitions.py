"""A transition answers the changes of a run and alters nothing; no run sleeps without a reason."""

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.automations.actions.base import Again, Done, Effect, Wait
from shared.automations.engine import claims, ends, transitions, waiting
from shared.automations.engine.changes import Changes, State
from shared.automations.engine.step import Attempted, Skipped
from shared.automations.runs import waits
from shared.automations.runs.models import TERMINAL, Execution
from shared.automations.runs.waits import unheld_wait_of, wait_of
from shared.errors import AppError
from shared.gcp.writes import Write
from tests.automations.engine.states import LATER, NOW, PROGRAM, TURN, executions

Transition = Callable[[State], Changes]
EFFECTS = [Write("users/ann/notifications/n", {"title": "t"})]
TRIED = Attempted(Done("d"), {"in": "x"}, NOW, EFFECTS)
ERROR = AppError("It broke.")
MAIL = Effect("mail", "ann@x.io", perform=lambda key: Done("d"), claim=EFFECTS)

STEPS: dict[str, Transition] = {
    "complete": lambda state: transitions.complete(state, TRIED, Done("d", {"n": 1})),
    "complete, large": lambda state: transitions.complete(state, TRIED, Done("d", {"text": "x" * 20_000})),
    "skip": lambda state: transitions.skip(state, TRIED, Skipped("s")),
    "fail": lambda state: transitions.fail(state, TRIED, ERROR),
}
EFFECT: dict[str, Transition] = {
    "claim": lambda state: claims.claim(state, MAIL, NOW),
    "release": lambda state: claims.release(state, EFFECTS),
    "settle": lambda state: claims.settle(state, "sent"),
    "unclaim": lambda state: claims.unclaim(state, EFFECTS),
}
SLEEPS: dict[str, tuple[Transition, type | None]] = {
    "suspend": (lambda state: waiting.suspend(state, TRIED, Wait(LATER, "w", "approval")), waits.Step),
    "ask_person": (lambda state: waiting.ask_person(state, ERROR), waits.Review),
    "postpone": (lambda state: waiting.postpone(state, Again(LATER, "later")), None),
    "retry": (lambda state: waiting.retry(state, TRIED, ERROR, LATER), None),
    "ask_provider": (lambda state: waiting.ask_provider(state, ERROR, LATER), None),
    "queue_up": (lambda state: waiting.queue_up(state, LATER), None),
    "take_turns": (lambda state: waiting.take_turns(state, {"a": TURN}, LATER), None),
    "hold": (lambda state: waiting.hold(state, "automation"), waits.Held),
}
ENDS: dict[str, Transition] = {
    "end": lambda state: ends.end(state, "success", None),
    "cancel": lambda state: ends.cancel(state),
    "give_up": lambda state: ends.give_up(state),
    "give_up, refused": lambda state: ends.give_up(state, ERROR),
}
ALL = STEPS | EFFECT | {name: sleep for name, (sleep, _) in SLEEPS.items()} | ENDS


def _paths(changes: Changes) -> list[str]:
    return [write.path for write in [*changes.writes, *changes.notices]]


@given(executions(), st.sampled_from(sorted(ALL)))
def test_a_transition_alters_nothing(before: Execution, name: str) -> None:
    copy = before.model_dump()
    ALL[name](State(before, PROGRAM))
    assert before.model_dump() == copy


@given(executions(), st.sampled_from(sorted(SLEEPS)))
def test_no_run_sleeps_without_a_reason_and_the_sweeper_asks_after_it(before: Execution, name: str) -> None:
    sleep, reason = SLEEPS[name]
    after = sleep(State(before, PROGRAM)).after
    wait = wait_of(after) if name == "hold" else unheld_wait_of(after)
    assert after.status == "waiting"
    assert wait is not None
    assert reason is None or isinstance(wait, reason)
    needs_person = name == "hold" or isinstance(unheld_wait_of(after), waits.Review)
    assert (after.due_at is None) == (name == "hold" or (needs_person and after.wake_at is None))


@given(executions(), st.sampled_from(sorted(SLEEPS)))
def test_a_run_that_sleeps_or_ends_leaves_its_places(before: Execution, name: str) -> None:
    for transition in (SLEEPS[name][0], ENDS["cancel"]):
        changes = transition(State(before, PROGRAM))
        assert changes.after.slots == []
        assert set(before.slots) <= {write.path for write in changes.writes if write.delete}


@given(executions(), st.sampled_from(sorted(ENDS)))
def test_an_end_leaves_nothing_to_wait_for(before: Execution, name: str) -> None:
    changes = ENDS[name](State(before, PROGRAM))
    after = changes.after
    assert after.status in TERMINAL
    assert wait_of(after) is None
    assert (after.wake_at, after.due_at, after.waiting) == (None, None, None)
    in_doubt = before.intent is not None and before.intent.pending and name != "end"
    assert changes.settled == ("ambiguous" if in_doubt else None)


@given(executions(), st.sampled_from(sorted(STEPS)))
def test_a_step_has_one_record_and_a_result(before: Execution, name: str) -> None:
    state = State(before, PROGRAM)
    changes = STEPS[name](state)
    records = [path for path in _paths(changes) if f"/steps/{before.position:04d}-{state.key}" in path]
    assert len(records) == 1
    assert changes.after.sequence == before.sequence + changes.records
    assert changes.after.results[state.step.id].status in ("success", "skipped", "failed")
    assert changes.after.position != before.position or changes.after.status in TERMINAL


@given(executions(), st.lists(st.sampled_from(sorted(EFFECT)), min_size=2, max_size=3))
def test_transitions_in_a_row_add_up(before: Execution, names: list[str]) -> None:
    state, joined = State(before, PROGRAM), Changes(before)
    single: list[Any] = []
    for name in names:
        changes = EFFECT[name](state)
        single += _paths(changes)
        joined, state = joined.then(changes), state.after(changes)
    assert sorted(_paths(joined)) == sorted(single)
    assert joined.after == state.execution
