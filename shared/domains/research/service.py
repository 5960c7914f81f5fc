"""Research tasks: queued by a person, run once at a time, finished exactly once."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from shared.domains import system_logs
from shared.domains.changes import Change
from shared.domains.research import engines
from shared.domains.research.models import Insight, ResearchTask, TaskInput, TaskQuery, TaskUpdate
from shared.errors import BadRequest, Conflict, NotFound
from shared.gcp.queries import Where
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.ids import derived_id, new_id
from shared.kit.paging import Page
from shared.store.repository import Repository

repository = Repository(ResearchTask, "research_tasks", "research task")
insights = Repository(Insight, "insights", "insight")
_EDITABLE_ALWAYS = {"title", "priority"}


class TaskInsights(BaseModel):
    task_id: str
    task_title: str
    insights: Insight


class _NotThisRun(Exception):
    """The run is over already, or another has begun."""


def list_page(uid: str, query: TaskQuery) -> Page[ResearchTask]:
    given = {"status": query.status, "priority": query.priority}
    where: list[Where] = [(name, "==", value) for name, value in given.items() if value is not None]
    return repository.page(uid, where=where, limit=query.limit, cursor=query.cursor)


def get(uid: str, id: str) -> ResearchTask:
    return repository.get(uid, id)


def create(uid: str, data: TaskInput) -> ResearchTask:
    now = clock.now()
    return repository.create(
        ResearchTask(id=new_id(), user_id=uid, created_at=now, updated_at=now, **data.model_dump())
    )


def update(uid: str, id: str, data: TaskUpdate, version: datetime | None) -> ResearchTask:
    """One read, one commit. What is researched stays as it is once its research has begun or is done."""
    fields = data.given()
    if not fields:
        raise BadRequest("No fields to update")

    def change(current: ResearchTask) -> dict[str, Any]:
        if current.status in ("running", "done") and fields.keys() - _EDITABLE_ALWAYS:
            raise Conflict(f"This task is {current.status}; only its title and priority can still be changed.")
        return {**fields, "updated_at": clock.now()}

    return repository.edit(uid, id, change, version=version)


def delete(uid: str, id: str, version: datetime | None) -> None:
    """One commit; then the insights: a query and a batch per 500."""
    repository.delete(uid, id, version=version)
    _delete_insights(uid, id)


def run(uid: str, id: str, version: datetime | None = None) -> ResearchTask:
    """Start: one read, one commit. The document event does the work, so of two starts at once one is refused."""

    def start(current: ResearchTask) -> dict[str, Any]:
        if current.status == "running":
            raise BadRequest("Task is already running")
        if current.status == "done":
            raise BadRequest("Task is already completed")
        now = clock.now()
        return {
            "status": "running",
            "runs": current.runs + 1,
            "progress": 0,
            "started_at": now,
            "completed_at": None,
            "error": None,
            "updated_at": now,
        }

    return repository.edit(uid, id, start, version=version)


def follow(change: Change) -> None:
    """What a task's document event asks for: a started run is done, a deleted task's insights go."""
    if change.deleted:
        _delete_insights(change.uid, change.id)
    elif change.became("status", "running"):
        task = repository.model.model_validate({**(change.after or {}), "id": change.id, "user_id": change.uid})
        _fail(task, engines.why_not(task.research_engine))


def get_insights(uid: str, id: str) -> TaskInsights:
    """Two reads. Raises BadRequest while there are none."""
    task = repository.get(uid, id)
    found = insights.find(uid, task.result_id) if task.outputs_available and task.result_id else None
    if found is None:
        raise BadRequest("Task has no insights available yet")
    return TaskInsights(task_id=task.id, task_title=task.title, insights=found)


def _fail(task: ResearchTask, reason: str) -> None:
    """End this very run: one read, one commit; told twice, the second changes nothing."""

    def end(current: ResearchTask) -> dict[str, Any]:
        if (current.status, current.runs) != ("running", task.runs):
            raise _NotThisRun
        now = clock.now()
        return {"status": "failed", "error": reason, "completed_at": now, "updated_at": now}

    try:
        repository.edit(task.user_id, task.id, end, beside=lambda failed: [_log_failure(failed)])
    except (_NotThisRun, NotFound):
        return


def _log_failure(task: ResearchTask) -> Write:
    """The entry from which the task can be run again."""
    return system_logs.to_record(
        task.user_id,
        "error",
        "research",
        f"{task.title}: {task.error}",
        id=derived_id(task.id, str(task.runs)),
        error_class="api_failure",
        metadata={"task_id": task.id},
        related_id=task.id,
        link=f"/research-tasks/{task.id}",
        can_rerun=True,
    )


def _delete_insights(uid: str, task_id: str) -> None:
    insights.delete_each(uid, [("task_id", "==", task_id)])
