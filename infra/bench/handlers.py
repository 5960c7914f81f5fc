"""Empty handlers, which stand for the product's: what a user's pipeline does is named by how the user's id begins.

* `quiet`, `caller`: one publishes a message for each document event, the other logs its arrival; a caller's makes a
  call to the outside in between, as a run's step does.
* `writer`, `calling_writer`: they make the commits of such a run as well, of as many documents of the same sizes, and
  publish where a run does. So much of a run is the store's, and Google's transport.
"""

import os

from infra.bench import made_up
from shared import log
from shared.automations.runs import queue
from shared.automations.runs.queue import RunMessage
from shared.gcp import firestore
from shared.providers.web.exchange import exchange
from shared.runtime.events import document_function
from shared.runtime.workers import pubsub_function
from shared.store.changes import Change

QUIET, CALLER, WRITER, CALLING_WRITER = "quiet", "caller", "writer", "calling_writer"
RECEIVER = "BENCH_RECEIVER"  # the variable that says where to


def _pass_on(change: Change) -> None:
    if change.uid.startswith(WRITER):
        firestore.client().commit(made_up.light(change.uid))
        log.info("arrived", arrived=change.id)
        return
    if change.uid.startswith(CALLING_WRITER):
        firestore.client().commit(made_up.start(change.uid, change.id))
    queue.hand_over([RunMessage(uid=change.uid, execution_id=change.id, automation_id="-")])


def _arrive(message: RunMessage) -> None:
    if message.uid.startswith(CALLING_WRITER):
        firestore.client().get_all(made_up.read(message.uid, message.execution_id))
        firestore.client().commit(made_up.claim(message.uid, message.execution_id))
    if message.uid.startswith((CALLER, CALLING_WRITER)):
        headers = {"content-type": "application/json", "webhook-id": message.execution_id}
        body = f'{{"execution_id": "{message.execution_id}", "step": "call"}}'.encode()
        exchange(os.environ[RECEIVER], method="POST", headers=headers, content=body, seconds=20, max_bytes=1_000)
    if message.uid.startswith(CALLING_WRITER):
        firestore.client().commit(made_up.outcome(message.uid, message.execution_id))
    log.info("arrived", arrived=message.execution_id)


bare_written = document_function("bare_written", _pass_on)
bare_run = pubsub_function("bare_run", RunMessage, _arrive)
