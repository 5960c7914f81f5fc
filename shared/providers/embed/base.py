"""The protocol of embedding models."""

from collections.abc import Sequence
from typing import Any, Literal, Protocol

Purpose = Literal["document", "query"]


class Embedder(Protocol):
    """An embedding model. `name` identifies model, version and size; never compare vectors of different names."""

    name: str
    dimensions: int

    def embed(self, texts: Sequence[str], purpose: Purpose = "document") -> Any:
        """Embed texts: a float32 array of shape (len(texts), dimensions), rows of length 1 (or 0).

        Some models embed a query otherwise than the documents that it is to find. Raises AppError where a vendor
        refuses or does not answer.
        """
        ...
