"""Writes and lists the entries of a user's system log, each error with an explanation."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Unpack, get_args

from shared.domains.system_logs.models import (
    SLOW_MS,
    STATS_HOURS,
    ErrorClass,
    LogCategory,
    LogFields,
    LogInput,
    LogLevel,
    LogStats,
    Performance,
    SystemLog,
)
from shared.domains.system_logs.repository import repository as repository
from shared.errors import AppError, BadRequest
from shared.gcp.queries import Where
from shared.gcp.writes import Increment, Write
from shared.kit import clock
from shared.kit.schema import stamp
from shared.store.repository import Order

EXPLANATIONS: dict[ErrorClass, str] = {
    "api_failure": "An outside service did not answer or refused the request. This is often temporary: run it again"
    " later. If it keeps failing, check the service's key and quota.",
    "missing_data": "Something that the task needs is missing, was deleted or is not valid."
    " Complete the data that the message names, then run it again.",
    "invalid_transition": "The record was not in a state that allows this change, perhaps because it was changed"
    " meanwhile. Look at its present state before you run this again.",
    "blocked_automation": "The automation was stopped before it could act: it is switched off, would have started"
    " itself, or may not do this. Check its settings, then start it again.",
    "unexpected": "Something went wrong that was not foreseen. Running it again may help; if it does not,"
    " report the message with the time of this entry.",
}
_CLASSES: dict[str, ErrorClass] = {
    "provider-error": "api_failure",
    "unavailable": "api_failure",
    "too-many-requests": "api_failure",
    "unauthenticated": "api_failure",
    "ambiguous": "api_failure",
    "not-found": "missing_data",
    "invalid": "missing_data",
    "bad-request": "missing_data",
    "payload-too-large": "missing_data",
    "conflict": "invalid_transition",
    "already-exists": "invalid_transition",
    "precondition-failed": "invalid_transition",
    "forbidden": "blocked_automation",
}
_NEWEST_FIRST: Order = (("timestamp", "desc"),)


def classify(error: AppError) -> ErrorClass:
    """By its own code, else by that of what it is a kind of."""
    return next((_CLASSES[code] for code in error.codes if code in _CLASSES), "unexpected")


def build(uid: str, level: LogLevel, category: LogCategory, message: str, **fields: Unpack[LogFields]) -> SystemLog:
    """An entry, not yet stored; every error is explained."""
    now = clock.now()
    error_class = fields.get("error_class") or ("unexpected" if level == "error" else None)
    explanation = fields.get("explanation") or (EXPLANATIONS[error_class] if error_class else "")
    stated: dict[str, Any] = {
        **fields,
        **stamp(uid, fields.get("id"), at=now),
        "error_class": error_class,
        "explanation": explanation,
        "slow": (fields.get("duration_ms") or 0) >= SLOW_MS,
    }
    return SystemLog(
        timestamp=now,
        level=level,
        category=category,
        message=message,
        **stated,
    )


def record(uid: str, level: LogLevel, category: LogCategory, message: str, **fields: Unpack[LogFields]) -> SystemLog:
    """Store one entry: one commit."""
    return repository.create(build(uid, level, category, message, **fields))


def to_record(uid: str, level: LogLevel, category: LogCategory, message: str, **fields: Unpack[LogFields]) -> Write:
    """The entry as a write for a commit that others share."""
    return repository.to_create(build(uid, level, category, message, **fields))


def get(uid: str, id: str) -> SystemLog:
    """One read. Raises NotFound."""
    return repository.get(uid, id)


def to_put(entry: SystemLog) -> Write:
    """Store an entry of `build`, in place of one that has its id: what is reported twice is one entry."""
    return Write(repository.path(entry.user_id, entry.id), entry.stored())


def add(uid: str, data: LogInput) -> SystemLog:
    more: LogFields = {
        "error_class": data.error_class,
        "details": data.details,
        "metadata": data.metadata,
        "related_id": data.related_id or None,
        "link": data.link,
        "can_rerun": data.can_rerun,
        "duration_ms": data.duration_ms,
    }
    return record(uid, data.level, data.category, data.message, **more)


def stats(uid: str) -> LogStats:
    """Counts only, in parallel: a read each, however many entries there are."""
    levels, categories = get_args(LogLevel), get_args(LogCategory)
    recent: Where = ("timestamp", ">=", clock.now() - timedelta(hours=STATS_HOURS))
    filters: list[Sequence[Where]] = [[("level", "==", level), recent] for level in levels]
    filters += [[("category", "==", category), recent] for category in categories]
    filters += [[("slow", "==", True), recent], [("category", "==", "api"), ("level", "==", "error"), recent]]
    *counts, slow, failed = repository.counts(uid, filters, order=_NEWEST_FIRST)
    by_level = dict(zip(levels, counts[: len(levels)], strict=True))
    return LogStats(
        total_logs=sum(by_level.values()),
        by_level=by_level,
        by_category=dict(zip(categories, counts[len(levels) :], strict=True)),
        recent_errors=by_level["error"],
        performance=Performance(slow_requests=slow, failed_requests=failed, slow_after_ms=SLOW_MS),
        period_hours=STATS_HOURS,
    )


def get_rerunnable(uid: str, id: str) -> tuple[SystemLog, str]:
    """The entry and the id of the task that it is about. Raises NotFound or BadRequest."""
    entry = repository.get(uid, id)
    if not entry.can_rerun:
        raise BadRequest("This log entry cannot be re-run")
    if not entry.related_id:
        raise BadRequest("Log entry has no related task to re-run")
    return entry, entry.related_id


def to_note_rerun(entry: SystemLog, rerun_id: str) -> Write:
    fields = {"rerun_count": Increment(1), "rerun_id": rerun_id, "rerun_at": clock.now()}
    return repository.to_update(entry.user_id, entry.id, fields)
