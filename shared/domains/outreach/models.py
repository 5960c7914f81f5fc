"""Outreach messages: as stored, and the inputs and answers of their requests."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, computed_field, field_serializer

from shared.domains.content.audience_profile import AudienceProfile
from shared.domains.content.brief import MAX_VARIANTS, Purpose, Source
from shared.domains.content.readiness.checks import check_message, names_of_recipient
from shared.domains.content.readiness.findings import Finding
from shared.domains.content.scoring import Scores, unfit
from shared.kit.schema import BlankIsNone, Entity, Id, Input, OneLine, Part, Text, Update
from shared.kit.whitespace import VISIBLE

OutreachStatus = Literal["draft", "approved", "sending", "sent", "replied", "failed"]
OutreachKind = Purpose
Channel = Literal["email", "linkedin"]
Delivery = Literal["delayed", "delivered", "bounced", "complained"]
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
    delivery: Delivery | None = None  # the worst that is known of it
    delivery_reason: str | None = None  # of a bounce or a delay
    delivered_at: datetime | None = None
    bounced_at: datetime | None = None
    complained_at: datetime | None = None
    opens: int = 0  # by people, where the contact policy has them counted
    clicks: int = 0
    machine_opens: int = 0  # by programs that look at every message
    mail_token: str | None = Field(None, exclude=True)  # names the message in its Message-ID and its reply address
    in_reply_to: str | None = Field(None, exclude=True)  # the Message-ID that it answers or follows
    references: list[str] = Field([], exclude=True)  # of its thread, the first message first
    reply_message_id: str | None = Field(None, exclude=True)  # of the latest answer
    linked_vault_ids: list[str] = []
    metadata: dict[str, Any] = {}
    send_as_is: bool = False  # a person has accepted its findings
    unsupported_words: list[str] = []  # of its author, a language model, which nothing that it was given bears out

    @property
    def has_arrived_unrecorded(self) -> bool:
        """Whether it has left though nobody has recorded that: something came back for it."""
        return self.mail_token is not None and self.sent_at is None and bool(self.delivered_at or self.replied_at)

    @property
    def needs_approval(self) -> bool:
        """Whether it still has such words, and no person has approved it."""
        text = " ".join(f"{self.subject}\n{self.body}".split())
        accepted = self.status == "approved" or self.send_as_is
        return not accepted and any(words in text for words in self.unsupported_words)

    @field_serializer("scores", when_used="json")
    def _shown_scores(self, scores: Scores | None) -> Scores | None:
        """The scores as they are shown: those of a text that is not fit to leave are 0, whoever wrote it."""
        findings = self.findings
        return unfit([finding.message for finding in findings]) if findings else scores

    @computed_field  # type: ignore[prop-decorator]
    @property
    def findings(self) -> list[Finding]:
        """The defects that keep the message from being sent."""
        return check_message(self.subject, self.body, self.prospect_name, names_of_recipient(self.company))


class EmailVariant(Part):
    variant: int
    subject: str
    body: str
    scores: Scores
    sources: list[Source]
    unsupported_words: list[str] = []


class SocialPost(Part):
    variant: int
    caption: str
    hashtags: list[str]
    scores: Scores
    unsupported_words: list[str] = []


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
