"""Users for whom an operation can succeed: they have what it needs, in the state that it needs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from shared.automations.builtins import research
from shared.automations.runs.store import executions
from shared.gcp import firestore, writes
from shared.kit import clock
from tests.contract.entities import REFERENCES, Ids, made
from tests.contract.operations import Operation, served
from tests.fixtures.api import Api


@contextmanager
def ready(api: Api, operation: Operation) -> Iterator[tuple[Api, Ids]]:
    """A new user with one row of the operation's collection, and of what a call can refer to."""
    with api.another_user() as user:
        needed = {*operation.routes, *(REFERENCES[name] for name in operation.references())}
        ids = made(user, served(), needed | ({operation.collection} if operation.collection else set()))
        if prepare := PREPARED.get(operation.name):
            prepare(user, ids)
        yield user, ids


def _finished_task(api: Api, ids: Ids) -> None:
    """What an engine leaves behind."""
    task, now = ids["/api/research-tasks/{id}"], clock.now()
    insight = {"task_id": task, "summary": "Tutors grow.", "created_at": now, "updated_at": now}
    done = {"status": "done", "outputs_available": True, "result_id": "result"}
    user = f"users/{api.uid}"
    insight_made = writes.create(f"{user}/insights/result", insight)
    firestore.client().commit([insight_made, writes.update(f"{user}/research_tasks/{task}", done)])


def _running_task(api: Api, ids: Ids) -> None:
    """Its run is at an end for the runners, which would change the task meanwhile."""
    task = ids["/api/research-tasks/{id}"]
    run = research.execution(api.uid, task, 0, "Tutors")
    run.status, run.completed_at, run.due_at = "cancelled", clock.now(), None
    running = writes.update(f"users/{api.uid}/research_tasks/{task}", {"status": "running"})
    firestore.client().commit([executions.to_create(run), running])


_EXECUTION = "/api/automations/{id}/executions/{execution_id}"


def _execution(**fields: Any) -> Callable[[Api, Ids], None]:
    """The execution, in another state than the end it came to."""

    def change(api: Api, ids: Ids) -> None:
        firestore.client().commit([writes.update(f"users/{api.uid}/executions/{ids[_EXECUTION]}", fields)])

    return change


_failed = _execution(status="failed")
_waiting = _execution(status="waiting", completed_at=None, position=0, generation=1, paused=True)
_asked = _execution(
    status="waiting",
    completed_at=None,
    position=0,
    generation=1,
    waiting={"kind": "approval", "key": "delay", "message": "May it leave?", "about": {"required": 2}},
)


def _called_from_outside(api: Api, ids: Ids) -> None:
    api.put(f"/api/automations/{ids['/api/automations/{id}']}", {"trigger": "webhook"})


def _concerned(api: Api, ids: Ids) -> None:
    """Something has happened that its trigger watches."""
    api.post("/api/prospects", {"name": "Ann"})
    api.put(f"/api/automations/{ids['/api/automations/{id}']}", {"trigger": "new_prospect_added"})


def _job(status: str) -> Callable[[Api, Ids], None]:
    """The batch job, before its end."""

    def change(api: Api, ids: Ids) -> None:
        fields = {"status": status, "completed_at": None}
        firestore.client().commit([writes.update(f"users/{api.uid}/batch_jobs/{ids['/api/batch/{id}']}", fields)])

    return change


def _second_persona(api: Api, ids: Ids) -> None:
    """The first is the default already."""
    ids |= made(api, served(), {"/api/personas/{id}"})


# What has to have happened to a route's row before.
PREPARED: dict[str, Callable[[Api, Ids], None]] = {
    "POST /api/personas/{id}/set-default": _second_persona,
    "POST /api/system/logs/{id}/rerun": _failed,
    f"POST {_EXECUTION}/cancel": _waiting,
    f"POST {_EXECUTION}/pause": _waiting,
    f"POST {_EXECUTION}/resume": _waiting,
    f"POST {_EXECUTION}/retry": _failed,
    f"POST {_EXECUTION}/approve": _asked,
    f"POST {_EXECUTION}/reject": _asked,
    "POST /api/batch/{id}/pause": _job("running"),
    "POST /api/batch/{id}/cancel": _job("running"),
    "POST /api/batch/{id}/resume": _job("paused"),
    "POST /api/automations/{id}/backtest": _concerned,
    "POST /api/automations/{id}/webhook/rotate": _called_from_outside,
    "POST /api/research-tasks/{id}/cancel": _running_task,
    "GET /api/research-tasks/{id}/insights": _finished_task,
    "POST /api/research-tasks/{id}/download": _finished_task,
}
