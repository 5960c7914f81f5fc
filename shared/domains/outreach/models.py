"""What a message to a prospect is, and what may be sent about one."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from shared.domains.content.audience import AudienceProfile
from shared.kit.schema import Entity, Id, Input, Text

OutreachStatus = Literal["draft", "approved", "sending", "sent", "replied", "failed"]
OutreachKind = Literal["initial", "follow_up"]
Channel = Literal["email", "linkedin"]
Tone = Literal["professional", "friendly", "casual", "formal"]
Subject = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Body = Annotated[str, StringConstraints(min_length=1, max_length=10_000)]


class OutreachInput(Input):
    prospect_id: Id
    subject: Subject
    body: Body
    tone: Tone = "professional"
    channel: Channel = "email"
    kind: OutreachKind = "initial"


class OutreachUpdate(Input):
    subject: Subject | None = None
    body: Body | None = None
    tone: Tone | None = None
    channel: Channel | None = None
    kind: OutreachKind | None = None
    status: Literal["draft", "approved"] | None = None  # the others follow from sending and from replies


class GenerateInput(Input):
    prospect_id: Id
    kind: OutreachKind = "initial"
    tone: Tone | None = None  # else the default persona's
    channel: Channel = "email"


class ReplyInput(Input):
    message: Text | None = None


class PromptInput(Input):
    prospect_id: Id
    audience_profile: AudienceProfile | None = None
    preferred_tone: Tone = "professional"
    include_social: bool = True


class Outreach(Entity):
    prospect_id: str
    prospect_name: str
    company: str | None = None
    channel: Channel = "email"
    kind: OutreachKind = "initial"
    tone: str
    subject: str
    body: str
    status: OutreachStatus = "draft"
    persona_id: str | None = None
    generator: str  # which generator wrote it: a reader can tell a person from a template from a model
    sends: int = 0  # how often a person asked to send it
    sent_at: datetime | None = None
    error: str | None = None  # why it did not leave
    replied_at: datetime | None = None
    reply: str | None = None
    linked_vault_ids: list[str] = []
    metadata: dict[str, Any] = {}


class OutreachQuery(Input):
    prospect_id: str | None = None
    status: OutreachStatus | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: str | None = None
