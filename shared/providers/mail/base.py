"""What we ask of a mail provider."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable


@dataclass(frozen=True)
class Mail:
    """One message. `key` is the same for every attempt at sending it: providers that can, drop repetitions.

    `since` is when it was first tried, if it was: no provider remembers a key for ever.
    """

    key: str
    to: str
    to_name: str
    subject: str
    body: str
    unsubscribe_url: str | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class Sent:
    """The provider took the message."""

    provider: str
    provider_id: str


class MailProvider(Protocol):
    name: str

    def send(self, mail: Mail) -> Sent:
        """Raises TooManyRequests, Unavailable (worth a retry: it did not leave, or a repetition under its key is
        dropped), ProviderError (final) or Ambiguous where nobody can tell whether it left."""
        ...


@runtime_checkable
class Traceable(MailProvider, Protocol):
    """A provider that can be asked what became of a message. Of any other, a person is asked at once."""

    def find(self, key: str, *, since: datetime | None = None) -> Sent | None:
        """What became of an earlier attempt, first made at `since`: None says that it never left, or that
        sending it again under its key does no harm.

        Raises Untraceable where the provider will never tell, Unavailable where it may later.
        """
        ...
