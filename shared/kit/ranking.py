"""Ranking texts by the words they share with a query: BM25, scaled to an honest 0..1."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

from shared.kit.terms import sentences, terms
from shared.kit.tokens import words

CHUNK_CHARS = 800
_SATURATION = 0.9  # BM25's k1: how much more a word says that occurs again
_LENGTH = 0.5  # BM25's b: how much a long text is held against it


@dataclass(frozen=True)
class Ranked:
    """A text by its position. Its score is 0..1: the share of the query's weight that the text meets.

    1 is what no text reaches: every word of the query, without end. A text of usual length with each
    of them once has about a half. A word that is in no text at all counts too, as what was not found.
    """

    position: int
    score: float


def rank(query: str, texts: Sequence[str], top: int) -> list[Ranked]:
    """The best `top` texts that share a word with the query, best first; of equals, the earlier."""
    sought = set(terms(query) or words(query))
    counts = [Counter(terms(text) or words(text)) for text in texts]
    lengths = [counter.total() for counter in counts]
    usual = max(1.0, sum(lengths) / max(1, len(lengths)))
    weights = {term: _rarity(sum(term in c for c in counts), len(counts)) for term in sought}
    whole = sum(weights.values())
    scored = (
        Ranked(n, sum(weight * _met(counts[n][term], lengths[n] / usual) for term, weight in weights.items()) / whole)
        for n in range(len(counts))
        if whole
    )
    found = sorted((r for r in scored if r.score > 0), key=lambda r: (-r.score, r.position))
    return found[:top]


def key_sentences(text: str, top: int) -> list[str]:
    """The sentences that have most of what the whole text is about, in the text's order."""
    said = list(dict.fromkeys(sentences(text)))
    return [said[position] for position in sorted(one.position for one in rank(text, said, top))]


def _rarity(holders: int, texts: int) -> float:
    return log(1 + (texts - holders + 0.5) / (holders + 0.5))


def _met(count: int, relative_length: float) -> float:
    """0 for a word that is absent, towards 1 the more often it occurs."""
    return count / (count + _SATURATION * (1 - _LENGTH + _LENGTH * relative_length))


def chunks(text: str, size: int = CHUNK_CHARS) -> list[str]:
    """The text in pieces of whole sentences, none longer than `size` characters."""
    made: list[str] = []
    for piece in _pieces(text, size):
        if made and len(made[-1]) + 1 + len(piece) <= size:
            made[-1] += " " + piece
        else:
            made.append(piece)
    return made


def _pieces(text: str, size: int) -> Iterator[str]:
    """The sentences; one that is too long is cut between words, a word that is too long anywhere."""
    for sentence in sentences(text):
        rest = sentence
        while len(rest) > size:
            cut = rest.rfind(" ", 1, size + 1)
            cut = cut if cut > 0 else size
            yield rest[:cut].strip()
            rest = rest[cut:].strip()
        if rest:
            yield rest
