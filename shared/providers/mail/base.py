"""The protocol of mail providers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a message."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """One message. All attempts share `key`, an idempotency key for providers that support one.

    `since` is the time of the first attempt, since providers remember a key only for a while. `token` is what the
    Message-ID and the reply address hold, so that whatever comes back names the message (addresses.py). `in_reply_to`
    and `references`, oldest first, are the Message-IDs of the thread that it continues.
    """

    key: str
    to: str
    to_name: str
    subject: str
    body: str
    unsubscribe_url: str | None = None
    since: datetime | None = None
    token: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class Sent:
    """The provider's receipt for a message that it accepted."""

    provider: str
    provider_id: str


class MailProvider(Protocol):
    name: str

    def send(self, mail: Mail) -> Sent:
        """Send a message. Raises TooManyRequests, Unavailable (worth a retry: it did not leave, or the key drops the
        repetition), ProviderError (final; Undeliverable where the address itself is refused) or Ambiguous where it may
        or may not have left."""
        ...


@runtime_checkable
class Traceable(MailProvider, Protocol):
    """A provider that can look up an earlier attempt; for any other, a person decides on an ambiguous one."""

    def find(self, key: str, *, since: datetime | None = None) -> Sent | None:
        """Look up an earlier attempt, first made at `since`; None means that it never left, or that sending again under
        its key does no harm.

        Raises Untraceable where the provider cannot tell, Unavailable where it may later.
        """
        ...
