"""Research tasks: queued by a person, run once at a time, finished exactly once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shared.domains.research.models import Insight, ResearchTask, TaskInput, TaskQuery, TaskUpdate
from shared.domains.research.repository import insights as insights
from shared.domains.research.repository import repository as repository
from shared.errors import BadRequest, Conflict
from shared.gcp.queries import equal
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.paging import Page
from shared.kit.schema import Model, stamp
from shared.store.optimistic import Edit

MAX_INSIGHTS = 20
_EDITABLE_ALWAYS = {"title", "priority"}


class TaskInsights(Model):
    task_id: str
    task_title: str
    insights: Insight


def list_page(uid: str, query: TaskQuery) -> Page[ResearchTask]:
    where = equal(status=query.status, priority=query.priority)
    return repository.page(uid, where=where, limit=query.limit, cursor=query.cursor)


def get(uid: str, id: str) -> ResearchTask:
    return repository.get(uid, id)


def create(uid: str, data: TaskInput) -> ResearchTask:
    return repository.create(ResearchTask(**stamp(uid), **data.model_dump()))


def create_once(uid: str, data: TaskInput, *, id: str, beside: Sequence[Write] = ()) -> ResearchTask:
    """Under an id that tells what it was made for: one commit, with `beside` in it. Raises AlreadyExists."""
    return repository.create(ResearchTask(**stamp(uid, id), **data.model_dump()), beside=beside)


def update(uid: str, id: str, data: TaskUpdate, version: datetime | None) -> ResearchTask:
    """One read, one commit. What is researched stays as it is once its research has begun or is done."""
    fields = repository.changes(data)

    def change(current: ResearchTask) -> dict[str, Any]:
        if current.status in ("running", "done") and fields.keys() - _EDITABLE_ALWAYS:
            raise Conflict(f"This task is {current.status}; only its title and priority can still be changed.")
        return {**fields, "updated_at": clock.now()}

    return repository.edit(uid, id, change, version=version)


def delete(uid: str, id: str, version: datetime | None, *, beside: Sequence[Write] = ()) -> None:
    """One commit, with `beside` in it; then the insights: a query and a batch per 500."""
    repository.delete(uid, id, version=version, beside=beside)
    delete_insights(uid, id)


def run(uid: str, id: str, version: datetime | None = None, *, beside: Sequence[Write] = ()) -> ResearchTask:
    """Start: one read, one commit, with `beside` in it. The document event starts the run; of two starts at once one is
    refused."""

    def start(current: ResearchTask) -> Edit[None]:
        if current.status == "running":
            raise BadRequest("Task is already running")
        if current.status == "done":
            raise BadRequest("Task is already completed")
        return Edit(started(current.runs + 1), beside, None)

    return repository.edit_with(uid, id, start, version=version)[0]


def started(runs: int) -> dict[str, Any]:
    """The fields of a task whose run of that number begins."""
    now = clock.now()
    return {
        "status": "running",
        "runs": runs,
        "progress": 0,
        "stage": "plan",
        "notes": [],
        "started_at": now,
        "completed_at": None,
        "error": None,
        "updated_at": now,
    }


def failed(reason: str) -> dict[str, Any]:
    """The fields of a task that has failed, for its owner to read why."""
    now = clock.now()
    return {"status": "failed", "stage": None, "error": reason, "completed_at": now, "updated_at": now}


def latest_insights(uid: str) -> list[Insight]:
    """What was found lately, for others to build on: one query of at most `MAX_INSIGHTS`."""
    return insights.latest(uid, MAX_INSIGHTS)


def get_insights(uid: str, id: str) -> TaskInsights:
    """Two reads. Raises BadRequest while there are none."""
    task = repository.get(uid, id)
    insight = insights.find(uid, task.result_id) if task.outputs_available and task.result_id else None
    if insight is None:
        raise BadRequest("Task has no insights available yet")
    return TaskInsights(task_id=task.id, task_title=task.title, insights=insight)


def delete_insights(uid: str, task_id: str) -> None:
    insights.delete_of_task(uid, task_id)
