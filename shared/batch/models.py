"""A job, the pieces that it is done in, the lanes that do them, and the record of an item; and what may be sent."""

from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import from_json, to_json

from shared.automations.backtest.models import BacktestReport
from shared.domains.search.models import CommaList
from shared.kit.ids import derived_id
from shared.kit.schema import Entity, Id, Input, Model, Search
from shared.search.period import Period

MAX_ITEMS = 10_000
RETENTION = timedelta(days=90)  # of a job and all that belongs to it
JobStatus = Literal["queued", "running", "paused", "done", "cancelled", "failed"]
UNDER_WAY: tuple[JobStatus, ...] = ("queued", "running")
ENDED: tuple[JobStatus, ...] = ("done", "cancelled", "failed")
ItemStatus = Literal["done", "failed"]
Ids = Annotated[list[Id], Field(min_length=1, max_length=MAX_ITEMS, description="Of each document once.")]


class BatchFilter(Period):
    """Which documents of the operation's kind, as a search finds them; of several tags or states any one is enough."""

    q: Search = Field("", description="Words that all have to be there; empty: any.")
    tags: CommaList | None = Field(None, description="Separated by commas. null: any.")
    status: CommaList | None = Field(None, description="Separated by commas. null: any.")


def one_of(*names: str) -> Any:
    """The JSON schema of an object that has exactly one of these fields, within allOf for the sake of generators."""
    return {"allOf": [{"oneOf": [{"required": [name]} for name in names]}]}


class Chosen(Input):
    """A body of which exactly one field, of those in `chosen_by`, says what the job is done on."""

    chosen_by: ClassVar[tuple[str, ...]]


class Selection(Chosen):
    """What a job is done on: `ids`, or all that a search `filter` finds when the job is made."""

    model_config = ConfigDict(json_schema_extra=one_of("ids", "filter"))
    chosen_by: ClassVar[tuple[str, ...]] = ("ids", "filter")

    ids: Ids | SkipJsonSchema[None] = None
    filter: BatchFilter | SkipJsonSchema[None] = None


class Job(Entity):
    """`done` and `failed` grow while it is under way, and are what its items say once it has ended. With the status
    failed it could not go on, for the reason in `error`: its other items have not been tried."""

    operation: str
    options: dict[str, Any] = {}
    status: JobStatus = "queued"
    total: int
    done: int = 0
    failed: int = 0
    duplicates: int = 0
    retry_of: str | None = None
    error: str | None = None
    subject: str | None = None  # the document that it is about as a whole
    report: BacktestReport | None = None  # what its items come to together, where its operation sums that up
    started_at: datetime | None = None
    completed_at: datetime | None = None

    def stored(self) -> dict[str, Any]:
        """With its end: Firestore's TTL removes it."""
        return {**super().stored(), "expires_at": self.created_at + RETENTION}


class Piece(Entity):
    """Up to `pieces.MOST` items of a job that one lane does, in their order. Those before `at` are settled; `done` and
    `failed` count them: it is a shard of the job's progress."""

    job_id: str
    lane: int
    first: int  # the number of its first item in the job
    targets: bytes  # JSON: what each item is about
    origins: bytes = b""  # JSON: of a retry, the ids of the items that are tried again
    size: int = 0
    at: int = 0
    ahead: int = 0  # items before it, though not before `at`, may be settled already
    done: int = 0
    failed: int = 0
    open: bool = True
    retry_at: datetime | None = None
    tries: int = 0  # of the item at `at`, which could not be settled yet
    stalls: int = 0  # how often its worker died since it last got on
    expires_at: datetime

    @property
    def items(self) -> list[Any]:
        """What each item is for."""
        values: list[Any] = from_json(self.targets)
        return values

    @property
    def origin_of(self) -> list[str]:
        """Of a retry, the id of the item that each was first; else none."""
        ids: list[str] = from_json(self.origins) if self.origins else []
        return ids


class Lane(Entity):
    """One of the few places at which a user's jobs are done at once; its holder does its pieces one after the other."""

    swept = True

    holder: str | None = None
    until: datetime | None = None
    due_at: datetime | None = None  # when the sweep looks after it
    woken: int = 0  # how often there was new work for it
    ticket: str | None = None  # of the task that serves it next, where its last holder has sent one
    job: str | None = None  # that it did last: it is the turn of the one behind
    job_at: datetime | None = None  # when that was made
    piece: str | None = None  # that its holder is at


class Outcome(Entity):
    """The record of an item, made in the commit in which it took effect, or when it failed."""

    job_id: str
    number: int
    status: ItemStatus
    target: str | None = None
    result: dict[str, Any] = {}
    error: str | None = None
    code: str | None = None
    sent: bytes | None = Field(None, exclude=True)  # of one that failed: what it is for, for a retry
    origin: str | None = Field(None, exclude=True)
    expires_at: datetime | None = Field(None, exclude=True)

    @property
    def value(self) -> Any:
        """What the item is for."""
        return from_json(self.sent)[0] if self.sent else self.target

    def stored(self) -> dict[str, Any]:
        """With the fields that no client sees."""
        hidden = {"sent": self.sent, "origin": self.origin, "expires_at": self.expires_at}
        return {**super().stored(), **hidden}


def outcome_id(job_id: str, number: int) -> str:
    """The id of an item's record: it is made once."""
    return derived_id("batch item", job_id, str(number))


class SampledItem(Model):
    """An item that the job would have; `problem` says what would make it fail."""

    number: int
    target: str | None
    title: str | None
    problem: str | None


class BatchCost(Model):
    """The most that the items would take, all together."""

    reads: int
    writes: int
    provider_calls: int


class Plan(Model):
    """What a job would be; nothing is stored."""

    operation: str
    count: int
    duplicates: int
    sample: list[SampledItem]
    cost: BatchCost


class Started(Model):
    """The job that was made; or, of a dry run, the plan of the one that would be."""

    job: Job | None = None
    plan: Plan | None = None


class StartQuery(Input):
    dry_run: bool = Field(False, description="Answer what the job would be, with 200, and make none.")


class JobQuery(Input):
    status: JobStatus | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: str | None = None


class OutcomeQuery(Input):
    status: ItemStatus | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: str | None = None


class BatchRetry(Input):
    numbers: Annotated[list[int], Field(min_length=1, max_length=500)] | None = Field(
        None, description="The numbers of the items to try again. null: all that failed."
    )


def packed(values: list[Any]) -> bytes:
    """A list as JSON: one value of a document, which no index enters."""
    return to_json(values)
