"""Keeps in users' system logs what the runtime reports to it (`shared/runtime/reporting.py`)."""

from collections.abc import Sequence

from shared.domains import mishaps, usage
from shared.domains.dead_letters import arrivals
from shared.domains.system_logs import service as system_logs
from shared.domains.system_logs.models import SLOW_MS
from shared.errors import AppError
from shared.gcp import firestore
from shared.kit.ids import derived_id
from shared.kit.undelivered import Undelivered
from shared.meter import Mishap, Usage
from shared.store.changes import Change


def record_usage(uid: str, used: Sequence[Usage], failed: Sequence[Mishap]) -> None:
    """Count what providers did for the user, and write what went badly into the log: one commit."""
    firestore.client().commit([*usage.to_record(uid, used, failed), *mishaps.to_tell(uid, failed)])


def report_request(uid: str, request: str, *, status: int, milliseconds: float, request_id: str) -> None:
    """Write an entry where the request failed or was slow: one commit."""
    failed = status >= 500
    if not failed and milliseconds < SLOW_MS:
        return
    what = f"answered {status}" if failed else f"took {milliseconds / 1000:.1f} s"
    system_logs.record(
        uid,
        "error" if failed else "warning",
        "api",
        f"{request} {what}.",
        error_class="api_failure" if status in (502, 503, 504) else None,
        explanation="" if failed else "The request was answered, but later than it should be.",
        duration_ms=milliseconds,
        metadata={"request_id": request_id, "status": status},
    )


def report_refusal(change: Change, function: str, handler: str, error: AppError) -> None:
    """Write that a handler refused a document event for good: one entry, however often the event is delivered."""
    noun = change.collection.replace("_", " ").rstrip("s")
    entry = system_logs.build(
        change.uid,
        "error",
        "system",
        f"What follows from a change of a {noun} could not be done: {error.detail}.",
        id=derived_id(change.event_id, function, handler, "refused"),
        error_class=system_logs.classify(error),
        details=error.detail,
        metadata={"collection": change.collection, "document_id": change.id, "error_code": error.code},
        related_id=change.id,
    )
    firestore.client().commit([system_logs.to_put(entry)])


def keep_dead_letter(letter: Undelivered) -> None:
    """Keep a message or task that was given up, for operators: one commit, two where it was redriven before."""
    arrivals.keep(letter)
