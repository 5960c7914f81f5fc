"""What a dead letter is, and what operators may ask about some."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from shared.kit.schema import Input, Model
from shared.kit.undelivered import Source

Status = Literal["open", "redriving", "redriven"]
RETENTION = timedelta(days=30)


class DeadLetter(Model):
    """A dead letter without its body."""

    id: str
    source: Source
    function: str | None = None  # None: no function of this deployment
    target: str
    uid: str | None = None
    attributes: dict[str, str] = {}
    size: int  # of the body, in bytes
    attempts: int
    returned: int = 0  # how often it came back after it was redriven
    error: str | None = None
    status: Status = "open"
    created_at: datetime
    died_at: datetime  # when it was given up last
    redriven_at: datetime | None = None
    redriven_by: str | None = None


class FullDeadLetter(DeadLetter):
    """A dead letter with its body: JSON as it is, anything else as text, secrets masked, large values shortened."""

    body: Any = None
    shortened: bool = False


class DeadLetterQuery(Input):
    """Operators' filters of the list."""

    status: Status | None = None
    source: Source | None = None
    function: Annotated[str, Field(max_length=100)] | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: str | None = None


class RedriveInput(Input):
    """Which open letters to redrive, oldest first."""

    source: Source | None = None
    function: Annotated[str, Field(max_length=100)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: str | None = None


class Refused(Model):
    """A letter that was not redriven, and why."""

    id: str
    reason: str


class Redriven(Model):
    """What a redrive of many has done; with `next_cursor` there are more."""

    redriven: int
    refused: list[Refused]
    next_cursor: str | None = None
