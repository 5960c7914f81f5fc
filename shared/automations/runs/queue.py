"""Hands executions over to runners: now through Pub/Sub, later through Cloud Tasks.

Either message may be lost or delivered twice. The execution's `due_at` is the outbox entry: the commit before the
message writes it, and the sweeper sends the message again once it has passed.
"""

from collections.abc import Iterable
from datetime import timedelta

from shared import log
from shared.automations.runs.models import Execution
from shared.errors import Unavailable
from shared.gcp import pubsub, tasks
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.kit.schema import UserMessage

STEPS_TOPIC = "automation-steps"
WAKE_QUEUE = "wake-execution"


_FURTHEST = timedelta(days=30) - timedelta(hours=1)  # Cloud Tasks takes no task for more than 720 hours ahead


class RunMessage(UserMessage):
    """Which execution a runner takes on. `swept`: the sweeper sent it, as the earlier runner may have died. `meters`:
    the documents in which steps were reserved for it."""

    execution_id: str
    automation_id: str
    swept: bool = False
    meters: list[str] = []


def message(execution: Execution, *, swept: bool = False) -> RunMessage:
    """Builds the message that has a runner take the execution on."""
    return RunMessage(
        uid=execution.user_id,
        execution_id=execution.id,
        automation_id=execution.automation_id,
        swept=swept,
        meters=sorted({*execution.reserved.values()}),
    )


def hand_over(messages: Iterable[RunMessage]) -> None:
    """Has a runner take each execution on: one publish, none without messages.

    Raises nothing if Pub/Sub does not answer: the commit stands, and the sweeper sends the messages later.
    """
    waiting = [(message.execution_id, message.model_dump()) for message in messages]
    if not waiting:
        return
    try:
        pubsub.publish(STEPS_TOPIC, waiting)
    except Unavailable as error:
        log.warning("left to the sweeper", reason=error.detail)


def wake(execution: Execution) -> None:
    """Schedules a task that has a runner take a waiting execution on at its `wake_at`; the same wait has one task.

    If that is too far ahead for Cloud Tasks, or it does not answer, the sweeper wakes the execution.
    """
    at = execution.wake_at
    if at is None or execution.paused or at - clock.now() > _FURTHEST:
        return
    body = message(execution).model_dump()
    try:
        tasks.create(WAKE_QUEUE, name=wake_name(execution), function="wake_execution", body=body, at=at)
    except Unavailable as error:
        log.warning("left to the sweeper", reason=error.detail)


def wake_name(execution: Execution) -> str:
    """Names the task of one wait: no two waits of an execution end at the same position, attempt and time."""
    place = f"{execution.position}:{len(execution.attempts)}:{execution.wake_at}"
    return derived_id(execution.user_id, execution.id, place)
