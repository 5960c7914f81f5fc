"""What a received mail is, once it was read."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Kind = Literal["reply", "auto_reply", "removal_request", "bounce", "complaint", "delivered", "delayed", "loop"]
MAX_TEXT = 50_000  # characters of what a person wrote


@dataclass(frozen=True)
class Attachment:
    """A file of a mail. Its name is safe as a file's name; its content is as it was sent, never opened."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Report:
    """What a bounce, a delay, a delivery or a complaint says of one recipient."""

    recipient: str | None
    permanent: bool  # the address itself takes no mail, now and later
    status: str | None  # RFC 3463, such as 5.1.1; without one the SMTP code
    reason: str


@dataclass(frozen=True)
class Received:
    """A mail as it was understood."""

    kind: Kind
    reason: str  # why it was taken for that, one line
    message_id: str | None
    references: tuple[str, ...]  # In-Reply-To, then References, newest first; before them the returned message's own
    recipients: tuple[str, ...]  # every address it was sent to, and those of a returned message
    sender: str | None
    sender_name: str
    subject: str
    sent_at: datetime | None
    text: str  # what the person wrote, without quoted text and signature
    cut: bool  # whether the text was longer than MAX_TEXT
    attachments: tuple[Attachment, ...]
    left_out: int  # how many further parts it has, of which none was read
    reports: tuple[Report, ...]
    away_until: date | None  # the last day of an absence, as the sender names it
