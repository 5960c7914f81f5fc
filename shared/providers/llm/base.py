"""What we ask of a language model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from pydantic import BaseModel

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True)
class Message:
    role: Literal["system", "user", "assistant"]
    content: str


class LanguageModel(Protocol):
    name: str

    def structured(self, messages: Sequence[Message], answer: type[T]) -> T:
        """The model's answer as `answer`, after one repair round if it does not fit.

        Raises TooManyRequests, Unavailable (both worth a retry) or ProviderError (final).
        """
        ...
