"""Takes a text apart into the words that a search finds it by. Takes time in proportion to the text."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from shared.kit.patterns import lazy_pattern
from shared.search.text.compounds import Word, words_of
from shared.search.text.folding import fold
from shared.search.text.languages import is_common, language_of
from shared.search.text.phones import PHONE
from shared.search.text.scripts import MARKS
from shared.search.text.stems import stem

__all__ = ["Token", "fold", "is_common", "language_of", "stem", "tokens", "written_words"]


class Token(NamedTuple):
    """A word of a text. Its span is that of the original text."""

    word: str  # folded: what is looked up
    stem: str  # folded: what all forms of the word have in common in the text's language
    start: int
    end: int
    # A second reading of words beside it: a compound written in one, before its parts; a spelling; the last character
    # of a run of pairs. It is found as any word, but has no place in the sequence that a phrase is compared with.
    joined: bool = False


_LETTER = f"[\\w{MARKS}]"
# What people write in one: letters and digits, with single signs between them.
_WRITTEN = lazy_pattern(
    rf"{PHONE}"
    r"|\d{1,3}(?:[,'’]\d{3}){1,6}(?!\w)"
    rf"|{_LETTER}+(?:['’ʼ＇.．@＠&+‐‑·-]{_LETTER}+)*(?:\+\+|\#)?"
    r"|(?<!\.)\.[Nn][Ee][Tt](?!\w)"
    r"|[\U0001f1e6-\U0001f1ff]{2}|[\u2600-\u27bf\U0001f300-\U0001f3fa\U0001f400-\U0001faff]"
)
_CACHED = 40  # characters: longer ones hardly come twice


def tokens(text: str, language: str) -> list[Token]:
    """The words of a text in its order; `language` as `language_of` tells it. Spans begin in ascending order."""
    collected: list[Token] = []
    for match in _WRITTEN.finditer(text):
        written, start = match[0], match.start()
        for word, stem_, first, end, joined in (_cached if len(written) <= _CACHED else _analysed)(written, language):
            collected.append(Token(word, stem_, start + first, start + end, joined))
    return collected


def written_words(text: str) -> Iterator[tuple[int, str, tuple[Word, ...]]]:
    """What a text has between spaces and signs: where it begins, as it stands there, and the words that it holds."""
    for match in _WRITTEN.finditer(text):
        yield match.start(), match[0], words_of(match[0])


def _analysed(written: str, language: str) -> tuple[tuple[str, str, int, int, bool], ...]:
    return tuple(
        (word.folded, stem(word.surface, language), word.start, word.end, word.joined) for word in words_of(written)
    )


_cached = lru_cache(maxsize=50_000)(_analysed)
