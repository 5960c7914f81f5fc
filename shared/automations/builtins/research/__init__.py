"""Runs a research task as an execution of six steps: plan, search, read, synthesise, verify, store.

If a runner dies, the next one repeats its stage. Answers of providers are cached by the hash of the request, so a
repeated stage sends no request twice.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

from shared.automations.actions.action import Action
from shared.automations.builtins.base import Builtin
from shared.automations.builtins.research import plan, read, search, store, synthesise, verify
from shared.automations.builtins.research.stage import PATIENCE
from shared.automations.definitions.models import Step
from shared.automations.runs import queue
from shared.automations.runs import store as run_store
from shared.automations.runs.models import Execution, TriggerEvent
from shared.domains.research import service as research
from shared.domains.research.models import ResearchTask
from shared.errors import AlreadyExists, Conflict, NotFound
from shared.gcp import firestore
from shared.gcp.writes import Write, field_path
from shared.kit import clock
from shared.kit.links import page_of
from shared.store.changes import Change
from shared.store.optimistic import Edit

STAGES: tuple[Action[Any], ...] = (
    plan.STAGE,
    search.STAGE,
    read.STAGE,
    synthesise.STAGE,
    verify.STAGE,
    store.STAGE,
)
TRIGGER = "research"  # which no automation of a user can have
_CANCELLED = "cancelled"  # the signal that the task's status is up to date


def execution(uid: str, task_id: str, runs: int, title: str) -> Execution:
    """Builds the execution of a task's run number `runs`; the same arguments give the same id."""
    event = TriggerEvent(
        id=f"{task_id}:{runs}",
        trigger=TRIGGER,
        collection="research_tasks",
        document_id=task_id,
        data={"title": title, "runs": runs},
    )
    return BUILTIN.execution(uid, event)


def follow(change: Change) -> None:
    """Starts the execution of a task that began to run; deletes the insights and cancels the execution of a deleted
    task."""
    if change.deleted:
        research.delete_insights(change.uid, change.id)
        _stop(change)
    elif change.became("status", "running"):
        after = change.after or {}
        run = execution(change.uid, change.id, after.get("runs", 1), str(after.get("title")))
        with suppress(AlreadyExists):  # by an earlier delivery, which may have died before it handed over
            firestore.client().commit([run_store.executions.to_create(run)])
        queue.hand_over([queue.message(run)])


def cancel(uid: str, id: str, version: datetime | None = None) -> ResearchTask:
    """Cancels a running task: one read, one commit; both again while its execution is about to begin.

    Raises NotFound, Conflict.
    """

    def stop(current: ResearchTask, beside: Callable[[ResearchTask], list[Write]]) -> Edit[None]:
        if current.status != "running":
            raise Conflict(f"This task is {current.status}, not running; there is nothing to cancel.")
        return Edit(research.failed("The research was cancelled."), beside(current), None)

    for beside in (_to_cancel, _to_forestall):
        with suppress(NotFound, AlreadyExists):
            return research.repository.edit_with(uid, id, partial(stop, beside=beside), version=version)[0]
    return research.repository.edit_with(uid, id, partial(stop, beside=_to_cancel), version=version)[0]


def _to_cancel(task: ResearchTask) -> list[Write]:
    """Builds the write that cancels the task's execution; refused with NotFound if the task's event has not created
    it."""
    run = _run_of(task)
    fields = {"cancel_requested": True, "due_at": clock.now(), field_path("signals", _CANCELLED): {"by": task.user_id}}
    return [run_store.executions.to_update(task.user_id, run.id, fields)]


def _to_forestall(task: ResearchTask) -> list[Write]:
    """Builds the write of a cancelled execution, so that the task's event starts none; refused with AlreadyExists if
    the event has started one."""
    run = _run_of(task)
    run.signals[_CANCELLED] = {"by": task.user_id}
    run.close("cancelled", "Stopped: the research was cancelled before it began.")
    return [run_store.executions.to_create(run)]


def _run_of(task: ResearchTask) -> Execution:
    return execution(task.user_id, task.id, task.runs, task.title)


def _stop(change: Change) -> None:
    """Cancels the execution of a deleted task that was running: one commit."""
    before = change.before or {}
    if before.get("status") != "running":
        return
    run = execution(change.uid, change.id, before.get("runs", 1), str(before.get("title")))
    with suppress(NotFound):
        run_store.executions.update(change.uid, run.id, {"cancel_requested": True, "due_at": clock.now()})


def _ended(run: Execution) -> Sequence[Write]:
    """Builds the write that fails the task of a failed execution; the `store` stage has finished every other task."""
    if run.status == "success" or run.event.document_id is None or _CANCELLED in run.signals:
        return ()
    reason = (run.error or "").partition(": ")[2] or "The research failed."
    return [research.repository.to_update(run.user_id, run.event.document_id, research.failed(reason))]


BUILTIN = Builtin(
    id="research",
    title="Research",
    category="research",
    link=lambda event: page_of("research_tasks", str(event.document_id)),
    steps=[Step(id=stage.name.removeprefix("research_"), action=stage.name, retry=PATIENCE) for stage in STAGES],
    ended=_ended,
    stages=STAGES,
)
