"""Mail events: what came back for a message, as stored, and the inputs of their requests."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from shared.domains.prospects.models import ProspectStatus
from shared.kit.schema import Entity, Id, Input, Model, Part

EventKind = Literal[
    "delivered",
    "delayed",
    "bounced",
    "complained",
    "failed",
    "opened",
    "clicked",
    "reply",
    "auto_reply",
    "removal_request",
]
ANSWERS: frozenset[EventKind] = frozenset({"reply", "removal_request"})
MatchedBy = Literal["reference", "sender", "person"]
Decision = Literal["match", "confirm"]


class UnreadAttachment(Part):
    """An attachment that is no file of the vault, and why."""

    name: str
    reason: str


class MailEvent(Entity):
    """One thing that came back. Its id is derived from the provider's event or the mail itself: it is stored once."""

    kind: EventKind
    at: datetime  # when it happened, by whoever tells of it
    provider: str
    outreach_id: str | None = None  # None: nobody knows which message it is for
    prospect_id: str | None = None
    prospect_name: str | None = None
    prospect_was: ProspectStatus | None = None  # before a removal request changed its status
    matched_by: MatchedBy | None = None
    needs: Decision | None = None  # what a person has to decide
    address: str | None = None  # that the message went to, or the sender of what came unmatched
    permanent: bool = True  # of a bounce
    reason: str = ""  # of a bounce, or why it was taken for what it is
    machine: bool = False  # opened or clicked by a program
    link: str | None = None  # that was clicked
    sender: str | None = None
    sender_name: str = ""
    subject: str = ""
    text: str = ""  # what the sender wrote, without what is quoted
    text_is_cut: bool = False
    message_id: str | None = None
    away_until: str | None = None  # the last day on which the sender is away
    file_ids: list[str] = []
    unread_attachments: list[UnreadAttachment] = []


class InboxQuery(Input):
    kind: EventKind | None = None
    needs: Decision | None = None
    outreach_id: Id | None = None
    prospect_id: Id | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: str | None = None


class MatchInput(Input):
    outreach_id: Id


class Accepted(Model):
    """How many events were stored; known already; for no user, kept for operators; and of no concern."""

    stored: int = 0
    repeated: int = 0
    unmatched: int = 0
    ignored: int = 0

    def __add__(self, other: "Accepted") -> "Accepted":
        return Accepted(**{name: number + getattr(other, name) for name, number in self})
