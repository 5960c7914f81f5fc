"""WordPiece as bert-base-uncased does it: a text as the numbers of its pieces."""

import unicodedata
from collections.abc import Mapping

_LONGEST_WORD = 100
_MAX_KEPT = 100_000  # words whose pieces are kept at hand
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
    """What becomes of each code point of a decomposed text, found out once: the table of `str.translate`."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _folded(chr(code))
        return folded


def _folded(char: str) -> str:
    """Lower case; nothing for marks and controls; a space for blanks; punctuation and ideographs stand alone."""
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
    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._vocabulary = vocabulary
        self._folding = _Folding()
        self._kept: dict[str, tuple[int, ...]] = {}

    def pieces(self, text: str) -> list[int]:
        """Without marks for begin and end; a word that is not all made of known pieces is left out."""
        found: list[int] = []
        for word in unicodedata.normalize("NFD", text).translate(self._folding).split():
            known = self._kept.get(word)
            found += self._of(word) if known is None else known
        return found

    def _of(self, word: str) -> tuple[int, ...]:
        pieces = self._split(word)
        if len(self._kept) < _MAX_KEPT:
            self._kept[word] = pieces
        return pieces

    def _split(self, word: str) -> tuple[int, ...]:
        """The longest known piece, then the longest that goes on from there, to the end."""
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
