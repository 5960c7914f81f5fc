"""Continues executions that were started, handed over, or overdue."""

from shared.automations.engine import runner
from shared.automations.runs.queue import RunMessage
from shared.runtime.workers import pubsub_function


def run(message: RunMessage) -> None:
    runner.serve(message)


run_execution = pubsub_function("run_execution", RunMessage, run)
