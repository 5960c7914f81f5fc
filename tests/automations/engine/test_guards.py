"""What a runner decides about a run is decided by the first guard that has something against its going on."""

import re
from datetime import timedelta
from pathlib import Path
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from shared.automations.engine import leases
from shared.automations.engine.advance import GUARDS, advance
from shared.automations.engine.decisions import Commit, Decision, Leave, Verdict
from shared.automations.engine.journal import Journal
from shared.automations.engine.leases import WAKE_GRACE
from shared.automations.engine.running import Run
from shared.automations.runs import waits
from shared.automations.runs.models import Execution, PausedBy
from shared.automations.runs.waits import unheld_wait_of, wait_of
from shared.kit import clock
from tests.automations.engine.states import LATER, NOW, PROGRAM, execution, executions
from tests.automations.scenario import standing_clock

holds: st.SearchStrategy[PausedBy | None] = st.sampled_from([None, "automation", "kill_switch"])


def _decide(before: Execution, hold: PausedBy | None = None) -> tuple[Decision, Journal]:
    """A minute after NOW; `eager` keeps the runner from steps that need more than the run itself."""
    run = Run(before, PROGRAM, runner="mine", hold=hold, eager=True)
    journal = run.journal()
    return advance(run, journal), journal


def _expected(before: Execution, hold: PausedBy | None) -> str:
    """The decision, read off the stored fields one by one."""
    intent = before.intent
    if before.status == "running" and intent and intent.pending and intent.until and intent.until > clock.now():
        return "parked"
    if before.cancel_requested:
        return "cancelled"
    if before.paused or hold:
        return "held"
    if before.stalls > leases.MAX_STALLS:
        return "failed"
    if before.waiting is None and before.wake_at and before.wake_at > clock.now():
        return "asleep"
    return "goes on"


@given(executions(), holds)
def test_the_first_guard_that_has_something_against_it_decides(before: Execution, hold: PausedBy | None) -> None:
    with standing_clock(NOW + timedelta(minutes=1)):
        decision, journal = _decide(before, hold)
        match _expected(before, hold):
            case "parked":
                assert decision == Leave(Verdict.PARKED)
            case "cancelled" | "failed" as status:
                assert (decision, journal.after.status) == (Commit(), status)
            case "held":
                is_stored = before.paused and (before.status, before.due_at) == ("waiting", None)
                assert isinstance(decision, Leave) == is_stored
                assert isinstance(wait_of(journal.after), waits.Held)
            case "asleep":
                assert isinstance(decision, Commit | Leave)
                assert (journal.after.status, journal.after.wake_at) == ("waiting", before.wake_at)
            case _:
                waits_on = isinstance(unheld_wait_of(before), waits.Step | waits.Review)
                assert decision == Commit() or waits_on


@given(executions(), holds)
def test_no_run_is_stored_asleep_without_a_reason(before: Execution, hold: PausedBy | None) -> None:
    with standing_clock(NOW + timedelta(minutes=1)):
        decision, journal = _decide(before, hold)
    if decision == Commit() and journal.suspended:
        assert wait_of(journal.after) is not None


@given(executions(), holds)
def test_a_run_that_is_left_is_left_as_it_is(before: Execution, hold: PausedBy | None) -> None:
    """What a runner leaves is stored already: woken again, it finds the same."""
    with standing_clock(NOW + timedelta(minutes=1)):
        copy = before.model_dump()
        decision, journal = _decide(before, hold)
        assert before.model_dump() == copy
        if isinstance(decision, Leave) and decision.verdict is not Verdict.PARKED:
            assert (before.status, before.due_at) == (journal.after.status, journal.after.due_at)
            early = before.wake_at is not None and before.wake_at > clock.now()
            assert decision.verdict is (Verdict.EARLY if early else Verdict.DONE)


def test_a_run_that_sleeps_and_is_called_too_early_is_not_written() -> None:
    asleep = execution(status="waiting", wake_at=LATER, due_at=LATER + WAKE_GRACE)
    with standing_clock(NOW):
        assert _decide(asleep)[0] == Leave(Verdict.EARLY)
    with standing_clock(LATER):
        assert _decide(asleep)[0] == Commit()


def test_a_step_asks_the_store_for_nothing_that_a_guard_can_decide() -> None:
    """A held run that has ended its loop, is overdue, and was cancelled is cancelled, by one commit without steps."""
    before = execution(status="waiting", paused=True, cancel_requested=True, stalls=100, wake_at=NOW)
    with standing_clock(LATER):
        decision, journal = _decide(before, "kill_switch")
    assert (decision, journal.after.status, journal.steps_done) == (Commit(), "cancelled", 0)


def test_the_page_about_the_engine_names_the_guards_in_their_order_and_all_waits(root: Path) -> None:
    page = (root / "shared/automations/engine/README.md").read_text()
    assert [name.rpartition(".")[2] for name in re.findall(r"^\| `([\w.]+)` \|", page, re.MULTILINE)] == [
        guard.__name__ for guard in GUARDS
    ]
    named = re.findall(r"^\| `([A-Z]\w+)\(", page, re.MULTILINE)
    assert named == [kind.__name__ for kind in [*get_args(waits.Unheld), waits.Held]]
