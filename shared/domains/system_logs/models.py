"""What an entry of the system log is, and what may be sent about one."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, TypedDict

from pydantic import Field, StringConstraints

from shared.kit.schema import Entity, Input, Instant, LongText, Metadata, Model, Name, Trimmed, Url
from shared.kit.whitespace import VISIBLE

LogLevel = Literal["error", "warning", "info", "success"]
LogCategory = Literal["api", "research", "automation", "content", "outreach", "prospect", "system"]
ErrorClass = Literal["api_failure", "missing_data", "invalid_transition", "blocked_automation", "unexpected"]
RETENTION = timedelta(days=90)
STATS_HOURS = 24
SLOW_MS = 1_000.0


class LogInput(Input):
    level: LogLevel
    category: LogCategory
    message: Annotated[str, StringConstraints(min_length=1, max_length=5_000, pattern=VISIBLE), Trimmed]
    details: LongText | Metadata | None = None
    metadata: Metadata = {}
    related_id: Annotated[str, StringConstraints(max_length=128)] | None = None
    link: Url | None = None
    can_rerun: bool = False
    error_class: ErrorClass | None = None
    duration_ms: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None


class SystemLog(Entity):
    level: LogLevel
    category: LogCategory
    message: str
    details: Any = None
    explanation: str = ""
    error_class: ErrorClass | None = None
    timestamp: datetime
    metadata: dict[str, Any] = {}
    related_id: str | None = None
    link: str | None = None
    can_rerun: bool = False
    duration_ms: float | None = None
    slow: bool = False
    rerun_count: int = 0
    rerun_id: str | None = None  # the execution that the latest re-run took up or started
    rerun_at: datetime | None = None
    expires_at: datetime | None = Field(None, exclude=True)

    def stored(self) -> dict[str, Any]:
        """With the time after which Firestore's TTL removes it."""
        return {**super().stored(), "expires_at": self.timestamp + RETENTION}


class LogQuery(Input):
    level: LogLevel | None = None
    category: LogCategory | None = None
    search: Name | None = None
    since: Instant | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: str | None = None


class Performance(Model):
    slow_requests: int
    failed_requests: int
    slow_after_ms: float


class LogStats(Model):
    """Of the last `period_hours`."""

    total_logs: int
    by_level: dict[str, int]
    by_category: dict[str, int]
    recent_errors: int
    performance: Performance
    period_hours: int


class Rerun(Model):
    message: str
    related_id: str
    execution_id: str | None = None  # None for a research task or a message


class LogFields(TypedDict, total=False):
    """What an entry may say beside its level, category and message."""

    id: str
    explanation: str
    error_class: ErrorClass | None
    details: Any
    metadata: dict[str, Any]
    related_id: str | None
    link: str | None
    can_rerun: bool
    duration_ms: float | None
