"""/api/batch: the same work on up to ten thousand documents, done behind the call."""

from collections.abc import Callable
from typing import Any

from shared.batch import service
from shared.batch.models import BatchRetry, Job, JobQuery, Outcome, OutcomeQuery, Started, StartQuery
from shared.batch.operations import OPERATIONS
from shared.batch.operations.base import Operation
from shared.kit.paging import Page
from shared.runtime.http import Call, http_function
from shared.runtime.router import HOURLY, Fields, Many, Message, One, Rehearsed, Router

router = Router("/api/batch")


def _start(operation: Operation[Any]) -> Callable[..., Started | Rehearsed]:
    """The handler that makes a job of an operation; its text and the type of its body are the operation's."""

    def handler(call: Call, query: StartQuery, body: Any) -> Started | Rehearsed:
        started = service.start(call.uid, operation, body, dry_run=query.dry_run)
        return started if started.job else Rehearsed(started)

    handler.__annotations__["body"] = operation.body
    handler.__name__, handler.__doc__ = operation.name, operation.text
    return handler


for each in (operation for operation in OPERATIONS.values() if operation.offered):
    router.post(f"/{each.name}", Fields(Started), status=202)(_start(each))


@router.get("", Many("jobs", Job), tagged=HOURLY)
def list_jobs(call: Call, query: JobQuery) -> Page[Job]:
    """Batch jobs, newest first."""
    return service.list_page(call.uid, query)


@router.get("/{id}", One("job", Job))
def get_job(call: Call, id: str) -> Job:
    """One job with its progress."""
    return service.get(call.uid, id)


@router.get("/{id}/items", Many("items", Outcome))
def list_items(call: Call, id: str, query: OutcomeQuery) -> Page[Outcome]:
    """The items that are done or have failed, by their numbers, which begin at 0 in the order of the call; the others
    have not been tried, or will be tried again."""
    return service.items(call.uid, id, query)


@router.post("/{id}/pause", One("job", Job))
def pause_job(call: Call, id: str) -> Job:
    """Hold the job up; the handful of items that is being done may still take effect."""
    return service.pause(call.uid, id)


@router.post("/{id}/resume", One("job", Job))
def resume_job(call: Call, id: str) -> Job:
    """Let a job that is paused, or has failed, go on where it was."""
    return service.resume(call.uid, id)


@router.post("/{id}/cancel", One("job", Job))
def cancel_job(call: Call, id: str) -> Job:
    """End the job; what is done stays done. The handful of items that is being done may still take effect."""
    return service.cancel(call.uid, id)


@router.post("/{id}/retry", One("job", Job), status=202)
def retry_job(call: Call, id: str, body: BatchRetry) -> Job:
    """A new job of the items that have failed. The same call again answers the same job, unless others have failed
    since."""
    return service.retry(call.uid, id, body)


@router.delete("/{id}")
def delete_job(call: Call, id: str) -> Message:
    """Delete the job with the records of its items; one that is under way ends. What it has done stays done."""
    service.delete(call.uid, id, call.if_match)
    return Message(message="The batch job was deleted, with the records of its items.")


batch = http_function("batch", router)
