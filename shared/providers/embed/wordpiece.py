"""The WordPiece tokenizer of bert-base-uncased: a text as the numbers of its pieces."""

import unicodedata
from collections.abc import Mapping

_LONGEST_WORD = 100
_MAX_CACHED = 100_000  # words
_CJK = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B920, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)


class _Folding(dict[int, str]):
    """The table for `str.translate` that folds a decomposed text; computes each code point once."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _folded(chr(code))
        return folded


def _folded(char: str) -> str:
    """Fold a character: lower case; marks and controls go; punctuation and ideographs become words of their own."""
    category = unicodedata.category(char)
    if char in " \t\n\r":
        return " "
    if category in ("Mn", "Cc", "Cf", "Co") or char == "\ufffd":
        return ""
    if char.isspace():
        return " "
    ideograph = any(first <= ord(char) <= last for first, last in _CJK)
    symbol = ord(char) < 128 and not char.isalnum()
    return f" {char} " if ideograph or symbol or category[0] == "P" else char.lower()


class WordPiece:
    """A tokenizer with a vocabulary; caches the pieces of up to 100,000 words."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._vocabulary = vocabulary
        self._folding = _Folding()
        self._cache: dict[str, tuple[int, ...]] = {}

    def pieces(self, text: str) -> list[int]:
        """The pieces of a text, without begin and end marks; a word outside the vocabulary has none."""
        pieces: list[int] = []
        for word in unicodedata.normalize("NFD", text).translate(self._folding).split():
            cached = self._cache.get(word)
            pieces += self._of(word) if cached is None else cached
        return pieces

    def _of(self, word: str) -> tuple[int, ...]:
        pieces = self._split(word)
        if len(self._cache) < _MAX_CACHED:
            self._cache[word] = pieces
        return pieces

    def _split(self, word: str) -> tuple[int, ...]:
        """Split a word greedily into the longest pieces of the vocabulary; empty where it cannot be split."""
        pieces: list[int] = []
        start = 0
        while start < len(word) <= _LONGEST_WORD:
            mark = "##" if start else ""
            ends = range(len(word), start, -1)
            end = next((end for end in ends if mark + word[start:end] in self._vocabulary), None)
            if end is None:
                return ()
            pieces.append(self._vocabulary[mark + word[start:end]])
            start = end
        return tuple(pieces)
