"""What embedding models of vendors have in common: texts in batches, answers checked, vectors of length 1."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from shared.kit.vectors import unit
from shared.meter import Usage
from shared.providers import calls
from shared.providers.calls import Provider, Request
from shared.providers.embed.base import Purpose

Answer = dict[str, Any]
_MAX_CHARS = 6_000  # of a text: within 2,048 tokens, the least that the models take, in most languages
_BATCH_CHARS = 40_000  # of a request: within 20,000 tokens, the least that the vendors take


class RemoteEmbedder:
    """An embedding model behind HTTP. `request` makes the request for a batch, `read` takes its vectors from the answer
    in the order of the texts, `used` what it cost."""

    def __init__(
        self,
        provider: Provider,
        name: str,
        dimensions: int,
        *,
        most: int,
        request: Callable[[list[str], Purpose], Request],
        read: Callable[[Answer], list[list[float]]],
        used: Callable[[Answer], Usage],
    ) -> None:
        self.name, self.dimensions = f"{name}-{dimensions}", dimensions
        self._provider, self._most = provider, most
        self._request, self._read, self._used = request, read, used

    def embed(self, texts: Sequence[str], purpose: Purpose = "document") -> Any:
        """Embed texts, a call for each batch; a text without a word is a row of zeros, which nothing resembles."""
        import numpy as np

        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for positions, batch in self._batches(texts):
            vectors[positions] = self._embed(batch, purpose)
        return unit(vectors)

    def _embed(self, batch: list[str], purpose: Purpose) -> list[list[float]]:
        answer = calls.call(
            self._provider,
            self._request(batch, purpose),
            check=lambda answer: self._check(answer, len(batch)),
            used=self._used,
        )
        return self._read(answer)

    def _check(self, answer: Answer, count: int) -> None:
        """Raise ValueError for an answer that is not a vector of our size for each text."""
        rows = self._read(answer)
        if len(rows) != count or any(len(row) != self.dimensions for row in rows):
            raise ValueError("another number of vectors, or of another size, than was asked for")

    def _batches(self, texts: Sequence[str]) -> Iterator[tuple[list[int], list[str]]]:
        positions: list[int] = []
        batch: list[str] = []
        room = _BATCH_CHARS
        for position, text in enumerate(texts):
            short = text[:_MAX_CHARS].strip()
            if not short:
                continue
            if batch and (len(short) > room or len(batch) == self._most):
                yield positions, batch
                positions, batch, room = [], [], _BATCH_CHARS
            positions.append(position)
            batch.append(short)
            room -= len(short)
        if batch:
            yield positions, batch
