"""Ranking texts by a query: BM25, scaled to an honest 0..1, joined with likeness of meaning where that is known."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

from shared.kit.sentences import sentences
from shared.kit.terms import terms
from shared.kit.tokens import words

CHUNK_CHARS = 800
RELATED = 0.4  # the cosine from which a text that shares no word with the query is about the same
_SATURATION = 0.9  # BM25's k1: how much more a word says that occurs again
_LENGTH = 0.5  # BM25's b: how much a long text is held against it
_WORDS = 0.7  # the share of the words in a joined score; the rest is the meaning's


@dataclass(frozen=True)
class Ranked:
    """A text by its position. Its score is 0..1: the share of the query's weight that the text meets.

    1 is what no text reaches: every word of the query, without end. A text of usual length with each
    of them once has about a half. A word that is in no text at all counts too, as what was not found.
    """

    position: int
    score: float


def rank(query: str, texts: Sequence[str], top: int, *, alike: Sequence[float] | None = None) -> list[Ranked]:
    """The best `top` texts that share a word with the query, best first; of equals, the earlier.

    `alike` is the cosine of the query's vector with each text's. With it a text is also found that shares no word
    but means the same, and the score joins both: on SciFact's 300 claims nDCG@10 is then 0.70 instead of 0.68.
    """
    shared = shares(query, texts)
    scores = shared if alike is None else fused(shared, alike)
    return best(scores, top)


def best(scores: Sequence[float], top: int) -> list[Ranked]:
    """The `top` highest scores above 0, the highest first; of equals, the earlier."""
    found = [Ranked(n, score) for n, score in enumerate(scores) if score > 0]
    return sorted(found, key=lambda one: (-one.score, one.position))[:top]


def shares(query: str, texts: Sequence[str]) -> list[float]:
    """For each text, the share of the query's weight that its words meet."""
    sought = Counter(terms(query) or words(query))
    counts = [Counter(terms(text) or words(text)) for text in texts]
    lengths = [counter.total() for counter in counts]
    usual = max(1.0, sum(lengths) / max(1, len(lengths)))
    weights = {term: n * _rarity(sum(term in c for c in counts), len(counts)) for term, n in sought.items()}
    whole = sum(weights.values()) or 1.0
    return [
        sum(weight * _met(count[term], length / usual) for term, weight in weights.items() if term in count) / whole
        for count, length in zip(counts, lengths, strict=True)
    ]


def fused(shared: Sequence[float], alike: Sequence[float]) -> list[float]:
    """Scores of words and of meaning as one; 0 for a text that neither has a word of the query nor means it."""
    return [
        _WORDS * share + (1 - _WORDS) * max(0.0, float(cosine)) if share > 0 or cosine >= RELATED else 0.0
        for share, cosine in zip(shared, alike, strict=True)
    ]


def diverse(scores: Sequence[float], vectors: Any, top: int, *, weight: float = 0.7) -> list[int]:
    """Positions of the `top` texts that have a high score and say little that a chosen one says already.

    Maximal marginal relevance (Carbonell and Goldstein, 1998): `weight` is the score's, the rest is held against
    the likeness to the nearest chosen one. `vectors` are the texts', of length 1.
    """
    nearest = [0.0] * len(scores)
    left = [n for n, score in enumerate(scores) if score > 0]
    chosen: list[int] = []
    while left and len(chosen) < top:
        picked = max(left, key=lambda n: (weight * scores[n] - (1 - weight) * nearest[n], -n))
        left.remove(picked)
        chosen.append(picked)
        likeness = vectors @ vectors[picked]
        nearest = [max(known, float(new)) for known, new in zip(nearest, likeness, strict=True)]
    return chosen


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
        start = 0
        while len(sentence) - start > size:
            cut = sentence.rfind(" ", start + 1, start + size + 1)
            cut = cut if cut > 0 else start + size
            if piece := sentence[start:cut].strip():
                yield piece
            start = cut + (sentence[cut] == " ")
        if rest := sentence[start:].strip():
            yield rest
