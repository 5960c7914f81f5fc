"""Does the batch jobs of a user: one lane for a turn."""

from shared.batch import running
from shared.batch.lanes import LaneMessage
from shared.runtime.workers import task_function


def serve(message: LaneMessage) -> None:
    running.serve(message)


run_batch = task_function("run_batch", LaneMessage, serve)
