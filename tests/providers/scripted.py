"""A language model that answers as it is told, in place of the configured one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from shared import settings
from tests.providers.fake import Provider, Reply, completion


class Scripted:
    """The n-th call gets the n-th of `answers`, later ones the last: JSON content, or a whole reply."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.provider = Provider(self._reply)

    def _reply(self, number: int) -> Reply:
        answer = self.answers[min(number, len(self.answers)) - 1]
        return answer if isinstance(answer, Reply) else completion(answer)

    @property
    def calls(self) -> int:
        return len(self.provider.requests)

    def messages(self, number: int = -1) -> list[dict[str, str]]:
        found: list[dict[str, str]] = self.provider.requests[number]["body"]["messages"]
        return found

    def asked(self, number: int = -1) -> str:
        return "\n".join(message["content"] for message in self.messages(number))


@contextmanager
def scripted() -> Iterator[Scripted]:
    """It is the configured model, called `m`, in the block; each attempt at a call is one request."""
    model = Scripted()
    with model.provider as provider:
        update = {"llm_api_key": "k", "llm_base_url": provider.url, "llm_model": "m", "provider_attempts": 1}
        replaced = settings.use(settings.current().model_copy(update=update))
        yield model
        settings.use(replaced)
