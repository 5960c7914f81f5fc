"""What we ask of an embedding model."""

from collections.abc import Sequence
from typing import Any, Protocol


class Embedder(Protocol):
    """`name` identifies model and version: vectors of different names are never compared."""

    name: str
    dimensions: int

    def embed(self, texts: Sequence[str]) -> Any:
        """A float32 array of shape (len(texts), dimensions), each row of length 1 (or 0 for an empty text)."""
        ...
