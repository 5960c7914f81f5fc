"""The protocol of embedding models."""

from collections.abc import Sequence
from typing import Any, Protocol


class Embedder(Protocol):
    """An embedding model. `name` identifies model and version; never compare vectors of different names."""

    name: str
    dimensions: int

    def embed(self, texts: Sequence[str]) -> Any:
        """Embed texts: a float32 array of shape (len(texts), dimensions), rows of length 1 (or 0)."""
        ...
