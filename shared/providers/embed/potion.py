"""potion-base-8M: embeds a text as the mean of its word pieces' vectors. No key, no network, fast."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from shared.providers.embed.base import Purpose
from shared.providers.embed.wordpiece import WordPiece

_FILE = Path(__file__).with_name("potion_base_8m.npz")  # made by infra/models/potion.py
_MAX_CHARS = 20_000  # of a text: the rest hardly changes the mean
_PIECES_AT_ONCE = 512  # half a megabyte, which stays in a core's cache: a third faster than all at once


class Potion:
    """Embeds about 2,000 pages of text a second; loads the model on first use (0.2 s, 40 MB)."""

    name = "potion-base-8M-int8"
    dimensions = 256

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: tuple[WordPiece, Any, Any] | None = None

    def embed(self, texts: Sequence[str], purpose: Purpose = "document") -> Any:
        """Embed texts: a float32 row of length 1 for each; of length 0 where the text has no word of the vocabulary."""
        import numpy as np

        words, rows, scales = self._model()
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for group, pieces, starts in _batches(words, texts):
            weighted = rows[pieces].astype(np.float32) * scales[pieces, None]
            vectors[group] = np.add.reduceat(weighted, starts, axis=0)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / np.where(lengths > 0, lengths, 1)

    def _model(self) -> tuple[WordPiece, Any, Any]:
        with self._lock:
            if self._loaded is None:
                self._loaded = _read()
            return self._loaded


def _read() -> tuple[WordPiece, Any, Any]:
    """Load the tokenizer, the vectors as int8 and their scales."""
    import numpy as np

    with np.load(_FILE) as file:
        vocabulary = file["vocabulary"].tobytes().decode().split("\n")[:-1]
        return WordPiece({piece: number for number, piece in enumerate(vocabulary)}), file["rows"], file["scales"]


def _batches(words: WordPiece, texts: Sequence[str]) -> Iterator[tuple[list[int], list[int], list[int]]]:
    """Batches of texts that have pieces: the texts' positions, all their pieces, and where each text's pieces start."""
    group: list[int] = []
    pieces: list[int] = []
    starts: list[int] = []
    for position, text in enumerate(texts):
        if added := words.pieces(text[:_MAX_CHARS]):
            group.append(position)
            starts.append(len(pieces))
            pieces += added
        if len(pieces) >= _PIECES_AT_ONCE:
            yield group, pieces, starts
            group, pieces, starts = [], [], []
    if group:
        yield group, pieces, starts
