"""Which words of the index a term of a query stands for: itself, its forms, what it begins, synonyms, misspellings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from shared.search.corpus import Corpus
from shared.search.packing import Array
from shared.search.results import How
from shared.search.segments import Segment
from shared.search.text.query import Term
from shared.search.text.tokens import stem, tokens

HOWS: tuple[How, ...] = ("exact", "spelling", "stem", "prefix", "synonym", "typo", "phrase", "meaning")
EXACT, SPELLING, STEM, PREFIX, SYNONYM, TYPO, PHRASE = range(7)
QUALITY = (1.0, 0.9, 0.9, 0.8, 0.8, 0.6, 1.0)  # what an occurrence counts that is met in each of these ways
MAX_TYPOS = 20  # words that a mistyped word may stand for: the nearest, then the most frequent
_ONE_EDIT, _TWO_EDITS = 5, 9  # letters from which a word may be mistyped once, and twice

Words = tuple[str, ...]
_NOTHING = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Expansion:
    """The words of one segment (ascending numbers) that a term stands for, how each is met, and what it counts."""

    words: Array
    hows: Array
    qualities: Array


@dataclass(frozen=True)
class Phrase:
    """Words that follow each other; the last may go on."""

    words: Words
    how: int
    prefix: bool = False


@dataclass(frozen=True)
class Expanded:
    """What a term stands for: words, by segment; phrases; and the spelling that it was corrected to."""

    by_segment: tuple[Expansion, ...]
    phrases: tuple[Phrase, ...]
    correction: str | None = None
    is_common: bool = False


def synonyms_of(synonyms: Mapping[str, Sequence[str]]) -> dict[Words, list[Words]]:
    """Synonyms by their folded words: what is spelled alike ("Auto", "auto") has those of each."""
    by_words: dict[Words, dict[Words, None]] = {}
    for term, others in synonyms.items():
        by_words.setdefault(_words(term), {}).update((words, None) for other in others if (words := _words(other)))
    return {words: [*others] for words, others in by_words.items() if words}


def _words(text: str) -> Words:
    return tuple(token.word for token in tokens(text, "") if not token.joined)


def expanded(corpus: Corpus, term: Term, synonyms: Sequence[Words], *, typos: bool) -> Expanded:
    """Expand a term. All words that begin with it count where it is a prefix: they are one run of the vocabulary, so
    their number does not matter. Typos are tried only where no live entry has the word: at most MAX_TYPOS."""
    phrases = [Phrase(words, SYNONYM) for words in synonyms if len(words) > 1]
    single = [words[0] for words in synonyms if len(words) == 1]
    if len(term.words) > 1:
        phrases.append(Phrase(term.words, PHRASE, term.prefix))
    segments = range(len(corpus.segments))
    has_forms = len(term.words) == 1 and not term.quoted
    stems = [] if not has_forms else sorted({term.stems(own)[0] for own in corpus.languages})
    synonym_stems = sorted({stem(word, own) for word in single for own in corpus.languages})
    by_segment = tuple(_expansion(segment, term, stems, single, synonym_stems) for segment in corpus.segments)
    if not has_forms or _is_live(corpus, by_segment):
        return Expanded(by_segment, tuple(phrases), None, has_forms and _is_common(corpus, term.words[0]))
    corrections = _corrections(corpus, term.words[0]) if typos else {}
    corrected = tuple(_corrected(corpus, position, corrections) for position in segments)
    return Expanded(corrected, tuple(phrases), next(iter(corrections), None))


def _is_live(corpus: Corpus, expansions: Sequence[Expansion]) -> bool:
    held = zip(corpus.segments, corpus.rows_live, expansions, strict=True)
    return any(segment.postings.live_counts(own.words, live).any() for segment, live, own in held)


def _expansion(
    segment: Segment, term: Term, stems: Sequence[str], synonyms: Sequence[str], synonym_stems: Sequence[str]
) -> Expansion:
    vocabulary = segment.vocabulary
    ways = [(SPELLING, vocabulary.with_surface(spelling)) for spelling in term.spellings]
    if term.spellings_prefix:
        ways += [(SPELLING, vocabulary.with_prefix(spelling)) for spelling in term.spellings]
    if len(term.words) == 1:
        ways.insert(0, (EXACT, vocabulary.with_surface(term.words[0])))
        ways += [(STEM, vocabulary.with_stem(own)) for own in stems]
        if term.prefix:
            ways.append((PREFIX, vocabulary.with_prefix(term.words[0])))
    ways += [(SYNONYM, vocabulary.with_surface(synonym)) for synonym in synonyms]
    ways += [(SYNONYM, vocabulary.with_stem(own)) for own in synonym_stems]
    return _joined([(how, QUALITY[how], words) for how, words in ways])


def _joined(ways: Sequence[tuple[int, float, Array]]) -> Expansion:
    """Each word once, met in the first way that reaches it."""
    ways = [way for way in ways if len(way[2])] or [(EXACT, 0.0, _NOTHING)]
    sizes = [len(words) for _, _, words in ways]
    words, firsts = np.unique(np.concatenate([words for *_, words in ways]).astype(np.int64), return_index=True)
    hows = np.repeat(np.array([how for how, *_ in ways], np.uint8), sizes)[firsts]
    return Expansion(words, hows, np.repeat([quality for _, quality, _ in ways], sizes)[firsts])


def _is_common(corpus: Corpus, word: str) -> bool:
    """Whether most of the word's occurrences are of a language in which it is common."""
    common, all_ = 0, 0
    for segment, live in zip(corpus.segments, corpus.rows_live, strict=True):
        words = segment.vocabulary.with_surface(word)
        counts = segment.postings.live_counts(words, live)
        all_ += int(counts.sum())
        common += int(counts[segment.vocabulary.is_common[words]].sum())
    return 2 * common > all_


def edits_allowed(word: str) -> int:
    """How many typos a word may have; none where it holds a digit or a sign, as numbers and addresses do."""
    if not word.isalpha():
        return 0
    return 0 if len(word) < _ONE_EDIT else 1 if len(word) < _TWO_EDITS else 2


def _corrections(corpus: Corpus, word: str) -> dict[str, int]:
    """The words in live entries that the word is a typo of, with the number of edits; the likeliest first."""
    if not (edits := edits_allowed(word)):
        return {}
    counts: dict[str, int] = {}
    distances: dict[str, int] = {}
    for segment, live in zip(corpus.segments, corpus.rows_live, strict=True):
        near = segment.vocabulary.near(word, edits)
        numbers = np.array([number for number, _ in near], np.int64)
        occurring = segment.postings.live_counts(numbers, live).tolist()
        for (number, distance), count in zip(near, occurring, strict=True):
            if count:
                surface = segment.vocabulary.surfaces[number]
                counts[surface] = counts.get(surface, 0) + count
                distances[surface] = distance
    likeliest = sorted(counts, key=lambda surface: (distances[surface], -counts[surface], surface))
    return {surface: distances[surface] for surface in likeliest[:MAX_TYPOS]}


def _corrected(corpus: Corpus, position: int, corrections: Mapping[str, int]) -> Expansion:
    vocabulary = corpus.segments[position].vocabulary
    ways = [(TYPO, QUALITY[TYPO] ** edits, vocabulary.with_surface(own)) for own, edits in corrections.items()]
    return _joined(ways)
