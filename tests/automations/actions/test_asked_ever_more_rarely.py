"""A message that waits for its approval is looked at ever more rarely, however often other things write its run."""

from datetime import timedelta

from shared.automations.actions.base import Again, StepContext
from shared.automations.actions.send_outreach import _asks_again_at
from shared.automations.engine import waiting
from shared.automations.engine.changes import State
from shared.automations.runs.models import Execution
from tests.automations.engine.states import NOW, PROGRAM, execution
from tests.automations.scenario import standing_clock


def _look(run: Execution) -> tuple[Execution, float]:
    """Look at the message now; answers the run, asleep, and for how many seconds."""
    with standing_clock(run.wake_at or NOW) as time:
        context = StepContext(run, PROGRAM[run.position].step.id, now=time.now())
        again = Again(_asks_again_at(context), "Waits.")
        return waiting.postpone(State(run, PROGRAM), again).after, (again.at - time.now()).total_seconds()


def test_each_wait_is_as_long_as_all_before_it() -> None:
    run, seconds = execution(), []
    for _ in range(10):
        run, slept = _look(run)
        run = run.model_copy(update={"updated_at": NOW + timedelta(days=1)})
        seconds.append(slept)
    assert seconds == [30, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


def test_it_begins_anew_with_another_step() -> None:
    run, _ = _look(execution())
    run, _ = _look(run)
    _, slept = _look(run.model_copy(update={"position": 1}))
    assert slept == 30
