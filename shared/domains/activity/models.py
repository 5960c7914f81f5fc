"""What an activity event is, and what may be sent about one."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, computed_field

from shared.kit.schema import Entity, Input, Instant, Metadata, Name, Text, Url

ActivityType = Literal["prospect", "outreach", "research", "insight", "content", "automation", "error", "system"]
ActivityStatus = Literal["success", "failed", "pending"]
RETENTION = timedelta(days=180)


class ActivityInput(Input):
    type: ActivityType
    title: Name
    message: Text
    metadata: Metadata = {}
    link: Url | None = None


class ActivityEvent(Entity):
    type: ActivityType
    title: str
    message: str
    status: ActivityStatus = "success"
    timestamp: datetime
    metadata: dict[str, Any] = {}
    link: str | None = None
    expires_at: datetime | None = Field(None, exclude=True)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def description(self) -> str:
        return self.message

    def stored(self) -> dict[str, Any]:
        """With the time after which Firestore's TTL removes it."""
        return {**super().stored(), "expires_at": self.timestamp + RETENTION}


class ActivityQuery(Input):
    type: ActivityType | None = None
    status: ActivityStatus | None = None
    since: Instant | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: str | None = None
