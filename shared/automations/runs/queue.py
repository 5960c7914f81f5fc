"""Handing executions over: now through Pub/Sub, later through Cloud Tasks.

Either message may be lost or come twice. The execution's `due_at` is the outbox entry: written in
the commit before, it makes the sweeper send the message again.
"""

from collections.abc import Iterable
from datetime import timedelta

from pydantic import BaseModel

from shared import log
from shared.automations.runs.models import Execution
from shared.errors import Unavailable
from shared.gcp import pubsub, tasks
from shared.kit import clock
from shared.kit.ids import derived_id

STEPS_TOPIC = "automation-steps"
WAKE_QUEUE = "execution-wakes"


_FURTHEST = timedelta(days=30) - timedelta(hours=1)  # Cloud Tasks takes none for more than 720 hours ahead


class RunMessage(BaseModel):
    """Which execution to run on. `swept`: it was overdue, its runner may have died."""

    uid: str
    execution_id: str
    automation_id: str
    swept: bool = False


def message(execution: Execution, *, swept: bool = False) -> RunMessage:
    """The message that has a runner take the execution on."""
    return RunMessage(
        uid=execution.user_id, execution_id=execution.id, automation_id=execution.automation_id, swept=swept
    )


def hand_over(messages: Iterable[RunMessage]) -> None:
    """Have a runner take each execution on: one publish, none for nobody.

    What was committed stands. Where the queue does not answer, the sweeper does it, and nobody is told
    that it failed.
    """
    waiting = [(message.execution_id, message.model_dump()) for message in messages]
    if not waiting:
        return
    try:
        pubsub.publish(STEPS_TOPIC, waiting)
    except Unavailable as error:
        log.warning("left to the sweeper", reason=error.detail)


def wake(execution: Execution) -> None:
    """Have a runner take a sleeping execution on when its time has come; the same wake twice is one.

    Beyond what Cloud Tasks takes, or where it does not answer, the sweeper wakes it.
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
    """Names one wait: no two of a run end at the same place and time."""
    place = f"{execution.position}:{len(execution.attempts)}:{execution.wake_at}"
    return derived_id(execution.user_id, execution.id, place)
