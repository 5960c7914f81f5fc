"""The protocol of those who call us about mail, and what they tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from shared.errors import PayloadTooLarge

MAX_MESSAGE = 25 * 2**20  # bytes of one message with its attachments, as most mail servers take it
MAX_BODY = MAX_MESSAGE * 4 // 3 + 2**20  # of a call: such a message in base64, within JSON

Kind = Literal["sent", "delivered", "delayed", "bounced", "complained", "opened", "clicked", "failed"]


@dataclass(frozen=True)
class DeliveryReport:
    """What became of a message. `id` is the provider's of the event: a repetition has the same.

    `permanent`: a bounce says that nothing will ever be delivered to the address. `machine`: a program opened or
    followed it, no person.
    """

    id: str
    kind: Kind
    at: datetime
    token: str | None
    provider_id: str | None
    recipient: str | None
    permanent: bool = True
    reason: str = ""
    machine: bool = False
    link: str | None = None


@dataclass(frozen=True)
class InboundMail:
    """A whole message (RFC 5322) that came in. `recipients` are those of its envelope, as far as the caller names them.

    `id`: a repetition of the same message has the same.
    """

    id: str
    raw: bytes
    recipients: tuple[str, ...] = ()


class MailHook(Protocol):
    def receive(self, raw: bytes, headers: Mapping[str, str]) -> Sequence[DeliveryReport | InboundMail]:
        """What a call tells; empty for what concerns nobody here.

        Raises NotFound where its secret is not set, Unauthenticated, Invalid, UnsupportedMediaType, PayloadTooLarge;
        Unavailable or ProviderError where a message that it names cannot be fetched.
        """
        ...


def check_size(raw: bytes) -> None:
    """Raises PayloadTooLarge for the body of a call that is larger than any message makes it."""
    if len(raw) > MAX_BODY:
        raise PayloadTooLarge(f"The body must not exceed {MAX_BODY:,} bytes; leave large attachments out.")
