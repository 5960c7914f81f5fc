"""Continues executions whose wait is over."""

from shared.automations.engine import runner
from shared.automations.engine.decisions import Verdict
from shared.automations.runs.queue import RunMessage
from shared.errors import Unavailable
from shared.runtime.workers import task_function


def wake(message: RunMessage) -> None:
    if runner.serve(message) is Verdict.EARLY:  # clocks differ a little: have the task tried again
        raise Unavailable("The wait is not over yet.")


wake_execution = task_function("wake_execution", RunMessage, wake)
