"""What a prospect is, and what may be sent about one."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    PlainValidator,
    RootModel,
    StringConstraints,
    TypeAdapter,
    WithJsonSchema,
    computed_field,
)

from shared.kit.mailboxes import Email
from shared.kit.schema import (
    BlankIsNone,
    Entity,
    Id,
    Input,
    LongText,
    Name,
    OneLine,
    Search,
    Tags,
    Text,
    TimeZone,
    Update,
    Url,
)

ProspectStatus = Literal[
    "new",
    "analyzed",
    "contacted",
    "follow_up_needed",
    "replied",
    "meeting_booked",
    "converted",
    "not_interested",
    "unsubscribed",
    "do_not_contact",
    "bounced",
    "complained",
]
# Who has one of these is not written to: setting it puts the address on the suppression list in the same commit.
REFUSALS: frozenset[ProspectStatus] = frozenset(
    ["not_interested", "unsubscribed", "do_not_contact", "bounced", "complained"]
)
SortField = Literal["fit_score", "company", "updated_at", "created_at"]
Direction = Literal["asc", "desc"]
ApprovalStatus = Literal["pending", "approved", "rejected"]


def _percentage(value: Any) -> Any:
    """Above 1, up to 100, it is taken as a percentage."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 1 < value <= 100:
        return value / 100
    return value


FitScore = Annotated[
    float, Field(strict=True, ge=0, le=1, json_schema_extra={"maximum": 100}), BeforeValidator(_percentage)
]
Line = Annotated[str, StringConstraints(max_length=200), OneLine]
# Rows of a batch are checked one by one, after the batch itself.
AnyRow = Annotated[Any, WithJsonSchema({"type": "object", "additionalProperties": True})]
AnyId = Annotated[Any, WithJsonSchema(TypeAdapter(Id).json_schema())]
MAX_BATCH = 500
MAX_CREATED = 5_000  # of one request: about as many as its 2 MiB hold


class ProspectInput(Input):
    name: Name
    company: Annotated[Name | None, BlankIsNone] = None
    job_title: Annotated[Name | None, BlankIsNone] = None
    email: Annotated[Email | None, BlankIsNone] = None
    phone: Annotated[Name | None, BlankIsNone] = None
    website: Annotated[Url | None, BlankIsNone] = None
    linkedin: Annotated[Url | None, BlankIsNone] = None
    fit_score: Annotated[FitScore | None, BlankIsNone] = None
    status: ProspectStatus = "new"
    tags: Tags = []
    summary: Annotated[Text | None, BlankIsNone] = None
    source_url: Annotated[Url | None, BlankIsNone] = None
    time_zone: Annotated[TimeZone | None, BlankIsNone] = None


class ProspectBatch(Input):
    """Many at once; each row is checked on its own, so a bad one does not stop the others."""

    prospects: Annotated[list[AnyRow], Field(min_length=1, max_length=MAX_CREATED)]


def _one_or_many(value: Any) -> ProspectInput | ProspectBatch:
    many = isinstance(value, dict) and "prospects" in value
    return ProspectBatch.model_validate(value) if many else ProspectInput.model_validate(value)


OneOrMany = Annotated[
    ProspectInput | ProspectBatch,
    PlainValidator(_one_or_many, json_schema_input_type=ProspectInput | ProspectBatch),
]


class ProspectsInput(RootModel[OneOrMany]):
    """One prospect, or `prospects`."""


class ProspectUpdate(Update):
    """Any subset; an empty text removes what was there."""

    name: Name | None = None
    company: Line | None = None
    job_title: Line | None = None
    email: Annotated[Email | None, BlankIsNone] = None
    phone: Line | None = None
    website: Url | None = None
    linkedin: Url | None = None
    fit_score: FitScore | None = None
    status: ProspectStatus | None = None
    approval_status: ApprovalStatus | None = None
    tags: Tags | None = None
    summary: Text | None = None
    source_url: Url | None = None
    time_zone: Annotated[TimeZone | None, BlankIsNone] = None


class DiscoverInput(Input):
    company_name: Line | None = None
    industry: Line | None = None
    location: Line | None = None
    job_titles: Annotated[list[Name], Field(max_length=10)] = []
    max_results: Annotated[int, Field(ge=1, le=MAX_BATCH)] = 50


class ApproveInput(Input):
    prospect_ids: Annotated[list[AnyId], Field(min_length=1, max_length=MAX_BATCH)]
    approval_status: Literal["approved", "rejected"]


class Prospect(Entity):
    name: str
    company: str | None = None
    job_title: str | None = None
    email: str | None = None
    phone: str | None = None
    website: str | None = None
    linkedin: str | None = None
    fit_score: float = 0.0
    status: ProspectStatus = "new"
    approval_status: ApprovalStatus = "pending"
    tags: list[str] = []
    last_action: str | None = None
    summary: LongText | None = None
    analysis: dict[str, Any] = {}
    pain_points: list[str] = []
    source_url: str | None = None
    time_zone: str | None = None  # where the person is: quiet hours are theirs
    replied_at: datetime | None = None  # when the latest answer came
    away_until: datetime | None = None  # by an automatic answer: automations write no earlier

    @property
    def refuses(self) -> bool:
        """Whether the status says no to any message."""
        return self.status in REFUSALS

    @property
    def refusal(self) -> str:
        """The reason on the suppression list."""
        return f"The prospect {self.name} is {self.status.replace('_', ' ')}."

    @computed_field  # type: ignore[prop-decorator]
    @property
    def prospect_id(self) -> str:
        return self.id


class ProspectQuery(Input):
    status: ProspectStatus | None = None
    search: Search | None = None
    sort_by: SortField = "created_at"
    sort_order: Direction | None = None  # a to z, else the highest and the latest first
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: str | None = None
