"""Runs executions on whose wait is over."""

from shared.automations import engine
from shared.automations.engine import Verdict
from shared.automations.queue import RunMessage
from shared.errors import Unavailable
from shared.runtime.workers import task_function


def wake(message: RunMessage) -> None:
    if engine.serve(message) is Verdict.EARLY:  # clocks differ a little: have the task tried again
        raise Unavailable("The wait is not over yet.")


wake_execution = task_function("wake_execution", RunMessage, wake)
