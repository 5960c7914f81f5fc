"""Outreach messages: as stored, and the inputs and answers of their requests."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, computed_field

from shared.domains.content.audience_profile import AudienceProfile
from shared.domains.content.brief import MAX_VARIANTS, Purpose, Source
from shared.domains.content.readiness.checks import check_message
from shared.domains.content.readiness.findings import Finding
from shared.domains.content.scoring import Scores
from shared.kit.schema import BlankIsNone, Entity, Id, Input, OneLine, Part, Text, Update
from shared.kit.whitespace import VISIBLE

OutreachStatus = Literal["draft", "approved", "sending", "sent", "replied", "failed"]
OutreachKind = Purpose
Channel = Literal["email", "linkedin"]
Tone = Literal["professional", "friendly", "casual", "formal"]
Subject = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=VISIBLE), OneLine]
Body = Annotated[str, StringConstraints(min_length=1, max_length=10_000, pattern=VISIBLE)]


class OutreachInput(Input):
    prospect_id: Id
    subject: Subject
    body: Body
    tone: Tone = "professional"
    channel: Channel = "email"
    kind: OutreachKind = "initial"


class OutreachUpdate(Update):
    subject: Subject | None = None
    body: Body | None = None
    tone: Tone | None = None
    channel: Channel | None = None
    kind: OutreachKind | None = None
    status: Literal["draft", "approved"] | None = None  # sending and replies set the others
    send_as_is: bool | None = None  # send in spite of the findings; a change of the text resets it


class DraftOptions(Input):
    """The options of a draft. An empty id means none, as an unset form field does."""

    kind: OutreachKind = "initial"
    tone: Tone | None = None  # else the default persona's
    channel: Channel = "email"
    variants: Annotated[int, Field(ge=1, le=MAX_VARIANTS)] = 1
    template_id: Annotated[Id | None, BlankIsNone] = None
    use_knowledge: bool = True  # search the vault and the insights for facts


class GenerateInput(DraftOptions):
    """`vault_ids` names the items to use instead of a search; they and the message are linked."""

    prospect_id: Id
    vault_ids: Annotated[list[Id], Field(max_length=10)] = []
    include_social: bool = False


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
    generator: str  # the author: `person`, the local generator or a language model
    sends: int = 0  # the number of times that a person asked to send the message
    sent_at: datetime | None = None
    error: str | None = None  # the reason why sending failed
    unsubscribe_token: str | None = Field(None, exclude=True)
    variant: int | None = None  # the number of the variant
    template_id: str | None = None
    scores: Scores | None = None
    sources: list[Source] = []  # of the facts that the message uses
    replied_at: datetime | None = None
    reply: str | None = None
    linked_vault_ids: list[str] = []
    metadata: dict[str, Any] = {}
    send_as_is: bool = False  # a person has accepted its findings

    @computed_field  # type: ignore[prop-decorator]
    @property
    def findings(self) -> list[Finding]:
        """The defects that keep the message from being sent."""
        return check_message(self.subject, self.body, self.prospect_name, (self.company or "").split())


class EmailVariant(Part):
    variant: int
    subject: str
    body: str
    scores: Scores
    sources: list[Source]


class SocialPost(Part):
    variant: int
    caption: str
    hashtags: list[str]
    scores: Scores


class Generated(Part):
    """The stored draft is the variant that scores best."""

    outreach: Outreach
    emails: list[EmailVariant]
    social_posts: list[SocialPost]
    missing_variables: list[str]


class OutreachQuery(Input):
    prospect_id: str | None = None
    status: OutreachStatus | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: str | None = None
