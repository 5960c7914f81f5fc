"""What a backtest is asked, what it says of one event, and what of all together."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from shared.automations.operations.rehearsed import Held
from shared.domains.content.readiness.findings import Finding
from shared.kit import clock
from shared.kit.fields import Fields
from shared.kit.schema import Input, Instant, Model, Part

_AHEAD = timedelta(minutes=5)  # of a client's clock
Reason = Literal["filter", "settings", "unjudged", "loop", "gone", "reentry", "debounced"]
Rule = Literal["reentry", "debounced", "rate", "daily_steps", "daily_mails", "per_contact", "daily_quota"]


class BacktestInput(Input):
    """A time that has passed; both ends belong to it."""

    since: Annotated[Instant, Field(alias="from", description="The first moment.")]
    until: Annotated[Instant | None, Field(alias="to", description="The last moment. null: now.")] = None

    @field_validator("until")
    @classmethod
    def _has_passed(cls, until: datetime | None, info: ValidationInfo) -> datetime | None:
        if until and until > clock.now() + _AHEAD:
            raise ValueError("lies in the future; a backtest is of a time that has passed")
        if until and "since" in info.data and info.data["since"] >= until:
            raise ValueError("must be after from")
        return until


class RehearsedMessage(Part):
    """A text as it would have left; with `findings` it would have been refused for them."""

    step: str
    channel: str
    recipient: str
    at: datetime
    preview: Fields
    findings: list[Finding] = []


class OtherRuns(Part):
    """Real runs of another automation for the same person, in the same time."""

    automation_id: str
    name: str
    runs: int


class JudgedEvent(Part):
    """What one event would have come to. Without a match `reason` and `why` say what was against it; else the rest says
    what the run would have been."""

    at: datetime
    subject: str | None = None
    matched: bool
    reason: Reason | None = None
    why: str | None = None
    entered_at: datetime | None = None  # when the contact had entered the automation before that time
    status: str | None = None
    error: str | None = None
    step: str | None = None  # that failed
    action: str | None = None
    code: str | None = None  # of its error
    steps: int = 0
    commits: int = 0
    writes: int = 0
    provider_calls: int = 0
    messages: list[RehearsedMessage] = []
    unlisted_messages: int = 0  # beyond those that have room in an item's record
    held: list[Held] = []
    others: list[OtherRuns] = []


class Unmatched(Model):
    """Events that start nothing, for one reason; `why` is the sentence of one of them."""

    reason: Reason
    why: str
    events: int


class StepFailure(Model):
    """Runs that fail at one step for one kind of reason; `error` is the sentence of one of them."""

    step: str
    action: str
    code: str
    error: str
    runs: int


class HeldBack(Model):
    """What a rule would have kept back or put off, how often and for how long at the most; `why` is the sentence of one
    time. `rule` is a limit of the automation or its user, a rule of the contact policy, or `step`."""

    rule: str
    why: str
    times: int
    longest_seconds: float | None


class Overlap(Model):
    """Another automation that has run for the same people in the same time."""

    automation_id: str
    name: str
    people: int
    runs: int


class BacktestCost(Model):
    """The most that the runs would have taken, all together."""

    steps: int
    commits: int
    writes: int
    messages: int
    provider_calls: int


class Earlier(Model):
    """The latest backtest of the same automation before this one, and its numbers."""

    job_id: str
    since: datetime
    until: datetime
    events: int
    matched: int
    messages: int
    refused: int
    failed: int


class BacktestReport(Model):
    automation_id: str
    name: str
    since: datetime
    until: datetime
    events: int
    matched: int
    unmatched: list[Unmatched]
    statuses: dict[str, int]
    failures: list[StepFailure]
    messages: int
    refused: int
    samples: list[RehearsedMessage]
    held_back: list[HeldBack]
    overlap: list[Overlap]
    cost: BacktestCost
    unjudged_limits: list[str]
    unfinished_items: int
    earlier: Earlier | None
