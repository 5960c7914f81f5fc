"""The protocol of language models."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from pydantic import BaseModel

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True)
class Message:
    role: Literal["system", "user", "assistant"]
    content: str


class LanguageModel(Protocol):
    """A language model. Each method raises TooManyRequests, Unavailable (both worth a retry), ProviderError (final), or
    Ambiguous where a paid answer was lost."""

    name: str

    def structured(self, messages: Sequence[Message], answer: type[T]) -> T:
        """The model's answer as `answer`, after one repair round if it does not fit."""
        ...

    def complete(self, messages: Sequence[Message]) -> str:
        """The model's answer as text."""
        ...

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """Stream the model's answer piece by piece. Raises a refusal before the first piece."""
        ...
