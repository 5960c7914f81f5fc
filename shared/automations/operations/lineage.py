"""Explains why a person got a message: from the message back to the event that started the first execution."""

from datetime import datetime

from pydantic import BaseModel

from shared.automations.runs import store as run_store
from shared.automations.runs.views import StepView
from shared.domains.outreach import service as outreach
from shared.domains.outreach.models import Outreach
from shared.gcp import firestore
from shared.gcp.queries import Query
from shared.kit.fields import Fields
from shared.kit.schema import Cause


class Origin(BaseModel):
    """What started it all: a person, or an event about a document."""

    kind: str
    trigger: str | None = None
    collection: str | None = None
    document_id: str | None = None
    data: Fields = {}
    at: datetime


class LineageRun(BaseModel):
    execution_id: str
    automation_id: str
    automation_name: str
    automation_version: int
    status: str
    depth: int
    steps: list[StepView]


class Lineage(BaseModel):
    """`runs` from the one that wrote the message back to the first; `why` tells it in sentences."""

    outreach: Outreach
    origin: Origin
    runs: list[LineageRun]
    sends: list[Fields]
    why: list[str]


def of_outreach(uid: str, id: str) -> Lineage:
    """Explains a message: a read, then two round trips for each execution in its ancestry, at most seven. Raises
    NotFound."""
    message = outreach.get(uid, id)
    runs, origin = _ancestry(uid, message)
    sends = _sends(uid, message)
    return Lineage(outreach=message, origin=origin, runs=runs, sends=sends, why=_why(message, origin, runs, sends))


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


def _sends(uid: str, message: Outreach) -> list[Fields]:
    """The ledger's entries of a message, at most 20: one query."""
    query = Query("effects", parent=f"users/{uid}", where=[("about", "==", message.id)], limit=20)
    return [document.data for document in firestore.client().query(query)]


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
