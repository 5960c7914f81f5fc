"""Explains why a person got a message, from the message back to the event that started the first execution; and what
came back, with what that stopped."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime

from shared.automations.engine import stop_when
from shared.automations.runs import store as run_store
from shared.automations.runs.views import StepView
from shared.domains.inbox import service as inbox
from shared.domains.inbox.models import MailEvent
from shared.domains.outreach import service as outreach
from shared.domains.outreach.models import Outreach
from shared.gcp import firestore
from shared.gcp.queries import Query, Where
from shared.kit.fields import Fields
from shared.kit.schema import Cause, Model
from shared.store.repository import NEWEST_FIRST

_RESPONSES, _RUNS = 100, 50
_pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="lineage")


class Origin(Model):
    """What started it all: a person, or an event about a document."""

    kind: str
    trigger: str | None = None
    collection: str | None = None
    document_id: str | None = None
    data: Fields = {}
    at: datetime


class LineageRun(Model):
    execution_id: str
    automation_id: str
    automation_name: str
    automation_version: int
    status: str
    depth: int
    steps: list[StepView]


class StoppedRun(Model):
    execution_id: str
    automation_id: str
    automation_name: str
    reason: str
    at: datetime


class Lineage(Model):
    """`runs` from the one that wrote the message back to the first; `responses` what came back, the first first;
    `stopped` the runs of the same prospect that ended for it. `why` tells it all in sentences."""

    outreach: Outreach
    origin: Origin
    runs: list[LineageRun]
    sends: list[Fields]
    responses: list[MailEvent]
    stopped: list[StoppedRun]
    why: list[str]


def of_outreach(uid: str, id: str) -> Lineage:
    """Explains a message: a read and two queries at once, then two round trips for each execution in its ancestry, at
    most seven, and a query where something came back. Raises NotFound."""
    sending = _pool.submit(copy_context().run, _sends, uid, id)
    responding = _pool.submit(copy_context().run, inbox.of_message, uid, id, _RESPONSES)
    message = outreach.get(uid, id)
    runs, origin = _ancestry(uid, message)
    sends, responses = sending.result(), responding.result()[::-1]
    stopped = _stopped(uid, message) if responses else []
    why = [*_why(message, origin, runs, sends), *map(_of_response, responses), *map(_of_stopped, stopped)]
    return Lineage(
        outreach=message, origin=origin, runs=runs, sends=sends, responses=responses, stopped=stopped, why=why
    )


def _ancestry(uid: str, message: Outreach) -> tuple[list[LineageRun], Origin]:
    runs: list[LineageRun] = []
    origin = Origin(kind="person", at=message.created_at)
    cause: Cause | None = message.cause
    while cause is not None and len(runs) <= 6:
        execution = run_store.executions.find(uid, cause.execution_id)
        if execution is None:
            break
        event = execution.event
        runs.append(
            LineageRun(
                execution_id=execution.id,
                automation_id=execution.automation_id,
                automation_name=execution.automation_name,
                automation_version=execution.definition,
                status=execution.status,
                depth=event.depth,
                steps=[StepView.of(record) for record in run_store.step_records(uid, execution.id)],
            )
        )
        origin = Origin(
            kind="event" if event.collection else "person",
            trigger=event.trigger,
            collection=event.collection,
            document_id=event.document_id,
            data=event.data,
            at=execution.started_at,
        )
        cause = event.cause
    return runs, origin


def _sends(uid: str, message_id: str) -> list[Fields]:
    """The ledger's entries of a message, at most 20: one query."""
    query = Query("effects", parent=f"users/{uid}", where=[("about", "==", message_id)], limit=20)
    return [document.data for document in firestore.client().query(query)]


def _stopped(uid: str, message: Outreach) -> list[StoppedRun]:
    """The runs of the message's prospect, of the latest 50, that a state of the prospect has ended since it left."""
    where: list[Where] = [("subject", "==", message.prospect_id)]
    latest = run_store.executions.select(uid, where=where, order=NEWEST_FIRST, limit=_RUNS)
    since = message.sent_at or message.created_at
    return [
        StoppedRun(
            execution_id=run.id,
            automation_id=run.automation_id,
            automation_name=run.automation_name,
            reason=run.error or "",
            at=run.completed_at,
        )
        for run in reversed(latest)
        if run.status == "cancelled" and run.completed_at and run.completed_at >= since and stop_when.ended(run)
    ]


def _of_response(event: MailEvent) -> str:
    sentences = {
        "delivered": "It was delivered",
        "delayed": "It was delayed",
        "bounced": "It bounced" if event.permanent else "It bounced for now",
        "complained": "It was reported as spam",
        "failed": "It did not leave",
        "opened": "A program opened it" if event.machine else "It was opened",
        "clicked": "A program followed a link" if event.machine else "A link was followed",
        "reply": "It was answered",
        "auto_reply": "An automatic answer came",
        "removal_request": "The recipient asked to get no further messages",
    }
    reason = f": {event.text[:200] or event.reason}" if event.text or event.reason else ""
    return f"{sentences[event.kind]} on {event.at:%Y-%m-%d %H:%M} UTC{reason}."


def _of_stopped(run: StoppedRun) -> str:
    return f"That ended a run of “{run.automation_name}”: {run.reason}"


def _why(message: Outreach, origin: Origin, runs: list[LineageRun], sends: list[Fields]) -> list[str]:
    who = message.prospect_name or "this person"
    rests = [f"It rests on “{source.title}” ({source.kind} {source.id})." for source in message.sources]
    if not runs:
        wrote = "wrote" if message.generator == "person" else f"had {message.generator} write"
        return [f"A person {wrote} this message to {who} on {message.created_at:%Y-%m-%d %H:%M} UTC.", *rests]
    first, last = runs[-1], runs[0]
    subject = (
        f" about {origin.data.get('name') or origin.data.get('title') or origin.document_id}"
        if origin.collection
        else ""
    )
    sentences = [
        f"{(origin.trigger or 'manual').replace('_', ' ').capitalize()}{subject} started “{first.automation_name}”."
    ]
    sentences += [f"That run started “{run.automation_name}”." for run in reversed(runs[:-1])]
    sentences += [f"Step {step.step} ({step.action}): {step.message}" for step in last.steps]
    sentences += rests
    sentences += [f"It left for {send['recipient']} by {send['channel']}: {send['status']}." for send in sends]
    return sentences
