"""Groups of texts about the same thing, and what each is about. Pure and deterministic.

Average-link agglomeration of TF-IDF vectors: two groups become one as long as their texts are, on
average, alike enough. The order of the texts decides nothing but ties.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import combinations, pairwise
from math import log, sqrt

from shared.kit.sentences import sentences
from shared.kit.terms import is_telling, stem
from shared.kit.tokens import words

ALIKE = 0.08  # the average cosine from which groups are one
_KEYWORDS = 8
Vector = dict[str, float]
Phrase = tuple[str, ...]  # one folded word, or two that stand side by side


@dataclass(frozen=True)
class Cluster:
    """Positions of the texts, and their most characteristic phrases, the best first."""

    members: list[int]
    phrases: list[str]


def cluster(texts: Sequence[str], alike: float = ALIKE) -> list[Cluster]:
    """Each text is in exactly one cluster; the largest first, then the one whose text comes first."""
    found = [_phrases(text) for text in texts]
    spread = Counter(phrase for counts in found for phrase in counts)
    groups = _agglomerate([_vector(counts, spread, len(texts)) for counts in found], alike)
    surfaces = _surfaces(texts)
    return [Cluster(group, _characteristic(group, found, spread, surfaces)) for group in groups]


def key_phrases(texts: Sequence[str], top: int) -> list[str]:
    """What the texts as one group are about: phrases that many of them have, the longer before its parts."""
    found = [_phrases(text) for text in texts]
    spread = Counter(phrase for counts in found for phrase in counts)
    score = {phrase: held * (1.5 if len(phrase) == 2 else 1.0) for phrase, held in spread.items()}
    return _distinct(score, _surfaces(texts), top)


def _phrases(text: str) -> Counter[Phrase]:
    """How often each telling word, and each pair of neighbours, occurs; pairs do not cross a sentence's end."""
    counts: Counter[Phrase] = Counter()
    for sentence in sentences(text):
        folded = [stem(word) if is_telling(word) and not word.isdigit() else "" for word in words(sentence)]
        counts.update((word,) for word in folded if word)
        counts.update((a, b) for a, b in pairwise(folded) if a and b)
    return counts


def _vector(counts: Counter[Phrase], spread: Counter[Phrase], texts: int) -> Vector:
    """TF-IDF over single words, of length 1."""
    weights = {
        phrase[0]: (1 + log(count)) * log(1 + texts / spread[phrase])
        for phrase, count in counts.items()
        if len(phrase) == 1
    }
    length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {term: weight / length for term, weight in weights.items()}


def _agglomerate(vectors: Sequence[Vector], alike: float) -> list[list[int]]:
    """Join the two most alike groups until none are alike enough; a few hundred texts take about a second."""
    groups = {n: [n] for n in range(len(vectors))}
    rows: dict[int, dict[int, float]] = {n: {} for n in groups}
    for (a, one), (b, other) in combinations(enumerate(vectors), 2):
        if likeness := _cosine(one, other):
            rows[a][b] = rows[b][a] = likeness
    queue = [(-value, a, b) for a, row in rows.items() for b, value in row.items() if a < b and value >= alike]
    heapify(queue)
    while queue:
        value, a, b = heappop(queue)
        if a not in groups or b not in groups or rows[a].get(b) != -value:
            continue  # one of them has grown since
        for neighbour, average in _join(groups, rows, a, b).items():
            if average >= alike:
                heappush(queue, (-average, min(a, neighbour), max(a, neighbour)))
    return sorted((sorted(group) for group in groups.values()), key=lambda group: (-len(group), group[0]))


def _join(groups: dict[int, list[int]], rows: dict[int, dict[int, float]], a: int, b: int) -> dict[int, float]:
    """Make `b` part of `a`; answers how alike `a` now is to the others."""
    size, more = len(groups[a]), len(groups[b])
    old, row = rows.pop(a), rows.pop(b)
    groups[a] += groups.pop(b)
    others = (old.keys() | row.keys()) - {a, b}
    rows[a] = {o: (size * old.get(o, 0.0) + more * row.get(o, 0.0)) / (size + more) for o in others}
    for other, average in rows[a].items():
        rows[other].pop(b, None)
        rows[other][a] = average
    return rows[a]


def _cosine(one: Vector, other: Vector) -> float:
    small, large = (one, other) if len(one) < len(other) else (other, one)
    return sum(weight * large[term] for term, weight in small.items() if term in large)


def _characteristic(
    group: list[int], found: Sequence[Counter[Phrase]], spread: Counter[Phrase], surfaces: dict[Phrase, str]
) -> list[str]:
    """Phrases that many of the group's texts have and few others; a word within a chosen phrase is not repeated."""
    holders = Counter(phrase for n in group for phrase in found[n])
    score = {
        phrase: held / len(group) * log(1 + len(found) / spread[phrase]) * (1.5 if len(phrase) == 2 else 1.0)
        for phrase, held in holders.items()
        if held > 1 or len(group) == 1
    }
    return _distinct(score, surfaces, _KEYWORDS)


def _distinct(score: dict[Phrase, float], surfaces: dict[Phrase, str], top: int) -> list[str]:
    """The best phrases as they are written, none with a word of a better one."""
    chosen: list[Phrase] = []
    for phrase in sorted(score, key=lambda p: (-score[p], p)):
        if not any(set(phrase) & set(other) for other in chosen):
            chosen.append(phrase)
        if len(chosen) == top:
            break
    return [surfaces.get(phrase, " ".join(phrase)) for phrase in chosen]


def _surfaces(texts: Sequence[str]) -> dict[Phrase, str]:
    """How each phrase is most often written; a sentence's first word is capital anyway and says less."""
    written: dict[Phrase, Counter[str]] = {}
    for sentence in (sentence for text in texts for sentence in sentences(text)):
        plain = re.findall(r"\w+", sentence)
        for size in (1, 2):
            for start in range(len(plain) - size + 1):
                part = plain[start : start + size]
                phrase = tuple(stem(word.lower()) for word in part)
                written.setdefault(phrase, Counter())[" ".join(part)] += 2 if start else 1
    return {phrase: min(forms, key=lambda form: (-forms[form], form)) for phrase, forms in written.items()}
