"""A source's text with the places of its words and sentences, so that a quote of it is verbatim and can be found."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from shared.kit.patterns import lazy_pattern
from shared.kit.sentences import sentences
from shared.kit.terms import terms

_WORD = lazy_pattern(r"\w+")
_CLOSES = lazy_pattern(r"[.!?…。！？]*[\"'”’»)\]]*")  # noqa: RUF001
_BULLET = lazy_pattern(r"^(?:[-*•‣▪–—·#>]+|\d{1,2}[.)])\s+")
_POINTS_BACK = lazy_pattern(
    r"(?:(?:and|but|so|also|yet|however|meanwhile),?\s+)?(?:(?:at|for|in|with|by|of|to|from|on|under|after)\s+)?"
    r"(?:(?:it|they|he|she|them|its|their|his|her|both|these|those|such)\b|"
    r"(?:this|that)\b(?!\s+(?:year|month|week|quarter|summer|winter|spring|autumn|fall|morning|afternoon)\b))",
    re.IGNORECASE,
)
_FEWEST_WORDS, _FEWEST_CHARS = 3, 20  # of a quote
_FEWEST_IDEOGRAPHS = 6


@dataclass(frozen=True)
class Quote:
    """A verbatim part of a text, that begins at `start`; `before` is the sentence before it."""

    text: str
    start: int
    before: str = ""


class Source:
    """A text, taken apart once, when it is first asked."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _words(self) -> tuple[list[str], list[tuple[int, int]]]:
        matches = [(_plain(word.group()), word.span()) for word in _WORD.finditer(self.text)]
        return [word for word, _ in matches], [span for _, span in matches]

    @cached_property
    def _joined(self) -> str:
        return f" {' '.join(self._words[0])} "

    @cached_property
    def _starts(self) -> dict[int, int]:
        """The number of the word that begins at each place of the joined text."""
        starts, place = {}, 1
        for number, word in enumerate(self._words[0]):
            starts[place] = number
            place += len(word) + 1
        return starts

    @cached_property
    def quotes(self) -> list[Quote]:
        """Its sentences, each with its place."""
        return list(self._sentences())

    @cached_property
    def _terms(self) -> list[set[str]]:
        return [set(terms(quote.text)) for quote in self.quotes]

    def _sentences(self) -> Iterator[Quote]:
        place, before = 0, ""
        for sentence in sentences(self.text):
            start = self.text.find(sentence, place)
            if start < 0:
                continue
            place = start + len(sentence)
            text = _BULLET.sub("", sentence)
            if text:
                yield Quote(text, place - len(text), before)
                before = text

    def find(self, quote: str) -> Quote | None:
        """The quote as the text has it, whatever its blanks, case and marks; None where the text has no such words."""
        sought = [_plain(word) for word in _WORD.findall(quote)]
        joined = " ".join(sought)
        if not (len(sought) >= _FEWEST_WORDS or len(joined) >= _FEWEST_CHARS or _ideographs(joined)):
            return None
        at = self._joined.find(f" {joined} ")
        if at < 0:
            return None
        spans = self._words[1]
        first = self._starts[at + 1]
        start, end = spans[first][0], spans[first + len(sought) - 1][1]
        end = _CLOSES.match(self.text, end).end()  # type: ignore[union-attr]
        return Quote(self.text[start:end], start, self._before(start))

    def _before(self, start: int) -> str:
        return next((quote.before for quote in self.quotes if quote.start + len(quote.text) > start), "")

    def nearest(self, statement: str, most: int) -> list[tuple[Quote, float]]:
        """The sentences that share most of the statement's telling words, best first, each with that share."""
        wanted = set(terms(statement))
        if not wanted:
            return []
        pairs = zip(self.quotes, self._terms, strict=True)
        shares = [(quote, len(wanted & telling) / len(wanted)) for quote, telling in pairs]
        return sorted((pair for pair in shares if pair[1] > 0), key=lambda pair: -pair[1])[:most]


def whole_sentences(source: Source, quote: Quote) -> Quote:
    """The sentences that the quote is a part of: what stands beside it in them may turn it."""
    end = quote.start + len(quote.text)
    within: Sequence[Quote] = [
        sentence
        for sentence in source.quotes
        if sentence.start < end and sentence.start + len(sentence.text) > quote.start
    ]
    if not within:
        return quote
    start, last = within[0].start, within[-1]
    return Quote(source.text[start : last.start + len(last.text)], start, within[0].before)


def neighbours(source: Source, quote: Quote) -> Iterator[Quote]:
    """The quote's sentences together with the one before or behind them, where the paragraph has one."""
    whole = whole_sentences(source, quote)
    end = whole.start + len(whole.text)
    for sentence in source.quotes:
        start, last = min(sentence.start, whole.start), max(sentence.start + len(sentence.text), end)
        between = source.text[sentence.start + len(sentence.text) : whole.start] or source.text[end : sentence.start]
        if between.isspace() and "\n" not in between:
            yield Quote(
                source.text[start:last], start, sentence.before if sentence.start < whole.start else whole.before
            )


def with_referent(source: Source, quote: Quote) -> Quote:
    """The quote with the sentence before it, where its first words point to that (`At that price, …`)."""
    if not _POINTS_BACK.match(quote.text):
        return quote
    return next((pair for pair in neighbours(source, quote) if pair.start < quote.start), quote)


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).lower()


def _ideographs(text: str) -> bool:
    return sum("\u3040" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7af" for char in text) >= _FEWEST_IDEOGRAPHS
