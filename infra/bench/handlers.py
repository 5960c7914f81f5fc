"""Empty handlers: one publishes a message for each document event, the other logs its arrival."""

from shared import log
from shared.automations.runs import queue
from shared.automations.runs.queue import RunMessage
from shared.kit import clock
from shared.runtime.events import document_function
from shared.runtime.workers import pubsub_function
from shared.store.changes import Change


def _pass_on(change: Change) -> None:
    queue.hand_over([RunMessage(uid=change.uid, execution_id=change.id, automation_id="-")])


def _arrive(message: RunMessage) -> None:
    log.info("arrived", arrived=message.execution_id, at=clock.now().timestamp())


bare_written = document_function("bare_written", _pass_on)
bare_run = pubsub_function("bare_run", RunMessage, _arrive)
