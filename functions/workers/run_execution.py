"""Runs executions on: started, handed over, or found overdue."""

from shared.automations import engine
from shared.automations.queue import RunMessage
from shared.runtime.workers import pubsub_function


def run(message: RunMessage) -> None:
    engine.serve(message)


run_execution = pubsub_function("run_execution", RunMessage, run)
