"""Finds anchors: the words of a text that name the subject of another page. Pure functions."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared.domains.content.internal_links.models import Link
from shared.kit.sentences import sentences
from shared.kit.terms import is_telling, stem, terms

_MAX_WORDS = 6  # of an anchor
_MIN_COVERAGE = 0.5  # of a title's terms; fewer may be chance


@dataclass(frozen=True)
class Target:
    """A page that a text may link to."""

    title: str
    url: str


@dataclass(frozen=True)
class _Sentence:
    text: str
    words: tuple[re.Match[str], ...]
    stems: tuple[str, ...]


def find_links(text: str, targets: Sequence[Target]) -> list[Link]:
    """Finds for each target the anchor that covers most of its title, at least half; the best covered come first."""
    parsed = [_parse(sentence) for sentence in sentences(text)]
    links = filter(None, (_best_link(parsed, target) for target in targets))
    return sorted(links, key=lambda link: -link.coverage)


def _best_link(text: Sequence[_Sentence], target: Target) -> Link | None:
    """The text's first anchor with the highest coverage of the target's title."""
    wanted = set(terms(target.title))
    best: Link | None = None
    for sentence in text if wanted else ():
        if len(wanted.intersection(sentence.stems)) < _MIN_COVERAGE * len(wanted):
            continue
        for anchor, matched in _anchors(sentence, wanted):
            coverage = round(matched / len(wanted), 3)
            if coverage >= _MIN_COVERAGE and (best is None or coverage > best.coverage):
                best = Link(
                    anchor=anchor, sentence=sentence.text, title=target.title, url=target.url, coverage=coverage
                )
    return best


def _parse(sentence: str) -> _Sentence:
    words = tuple(re.finditer(r"\w+", sentence))
    return _Sentence(sentence, words, tuple(stem(word.group().lower()) for word in words))


def _anchors(sentence: _Sentence, wanted: set[str]) -> Iterator[tuple[str, int]]:
    """Yields runs of at most six words that begin and end with a term of the title and contain no other term.

    With each run comes the number of different terms of the title in it.
    """
    for start, first in enumerate(sentence.stems):
        if first not in wanted:
            continue
        matched: set[str] = set()
        for end in range(start, min(start + _MAX_WORDS, len(sentence.words))):
            if sentence.stems[end] in wanted:
                matched.add(sentence.stems[end])
                yield sentence.text[sentence.words[start].start() : sentence.words[end].end()], len(matched)
            elif is_telling(sentence.words[end].group().lower()):
                break
