"""What we ask of a mail provider."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Mail:
    """One message. `key` is the same for every attempt at sending it: providers that can, drop repetitions."""

    key: str
    to: str
    to_name: str
    subject: str
    body: str
    unsubscribe_url: str | None = None


@dataclass(frozen=True)
class Sent:
    """The provider took the message."""

    provider: str
    provider_id: str


class MailProvider(Protocol):
    name: str

    def send(self, mail: Mail) -> Sent:
        """Raises TooManyRequests, Unavailable (it did not leave: worth a retry), ProviderError (final) or
        Ambiguous where nobody can tell whether it left."""
        ...

    def find(self, key: str) -> Sent | None:
        """What became of an earlier attempt: None says that it provably never left.

        Raises Ambiguous where the provider cannot tell.
        """
        ...
