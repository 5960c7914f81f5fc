"""Empty handlers: one publishes a message for each document event, the other logs its arrival. In between the message
of a user whose id says so makes a call to the outside, as a run's step does."""

import os

from shared import log
from shared.automations.runs import queue
from shared.automations.runs.queue import RunMessage
from shared.providers.web.exchange import exchange
from shared.runtime.events import document_function
from shared.runtime.workers import pubsub_function
from shared.store.changes import Change

CALLING = "caller"  # how the id of a user begins whose messages make a call
RECEIVER = "BENCH_RECEIVER"  # the variable that says where to


def _pass_on(change: Change) -> None:
    queue.hand_over([RunMessage(uid=change.uid, execution_id=change.id, automation_id="-")])


def _arrive(message: RunMessage) -> None:
    if message.uid.startswith(CALLING):
        headers = {"content-type": "application/json", "webhook-id": message.execution_id}
        body = f'{{"execution_id": "{message.execution_id}", "step": "call"}}'.encode()
        exchange(os.environ[RECEIVER], method="POST", headers=headers, content=body, seconds=20, max_bytes=1_000)
    log.info("arrived", arrived=message.execution_id)


bare_written = document_function("bare_written", _pass_on)
bare_run = pubsub_function("bare_run", RunMessage, _arrive)
