"""Shows a user where a text has what they looked for: its best part, with the places of the words. Never HTML."""

from bisect import bisect_left
from collections.abc import Collection, Iterable
from typing import NamedTuple

from shared.kit.patterns import lazy_pattern
from shared.search.text.query import Query, Term
from shared.search.text.scripts import CLUSTER, is_mark, is_spaceless
from shared.search.text.tokens import Token, language_of, tokens

MAX_READ = 50_000  # characters of a text that are looked through
_SPACE = lazy_pattern(r"\s+")
_SEEN = lazy_pattern(r"\S")


class Snippet(NamedTuple):
    """A part of a text; where it is cut stands "…"."""

    text: str
    spans: list[tuple[int, int]]  # (first, end) of what was looked for, in code points of `text`; ascending, apart


def snippet(
    text: str, query: Query, length: int = 200, *, field: str | None = None, also: Collection[str] = ()
) -> Snippet:
    """The part of a text, of at most `length` characters, that has most of what a query looks for; else its beginning.

    White space becomes single spaces. Terms of another field than `field` do not count; `also` are folded words, and
    phrases of such, that count besides: what a misspelled one was taken for, synonyms.
    """
    read = text[:MAX_READ]
    terms = [term for term in query.wanted if term.field in (None, field or term.field)]
    phrases = [Term(words, quoted=True) for words in map(tuple, map(str.split, sorted(also))) if len(words) > 1]
    finds = _finds(read, [*terms, *phrases], also)
    start, end = _window(finds, len(read), length - 2)
    start, end = _at_words(read, start, end, finds)
    spans = _merged(
        (max(find.start, start), min(find.end, end)) for find in finds if find.start < end > start < find.end
    )
    return _shown(read, start, end, spans, is_cut=_SEEN.search(text, end) is not None)


class _Find(NamedTuple):
    start: int
    end: int
    term: int  # which of the terms it is


def _finds(text: str, terms: list[Term], also: Collection[str]) -> list[_Find]:
    """Where the terms stand in the text, by their start."""
    language = language_of(text)
    read = tokens(text, language)
    singles: dict[str, int] = dict.fromkeys(also, len(terms))
    stems: dict[str, int] = {}
    prefixes: list[tuple[str, int]] = []
    finds = []
    for number, term in enumerate(terms):
        singles |= dict.fromkeys(term.spellings, number)
        prefixes += [(spelling, number) for spelling in term.spellings if term.spellings_prefix]
        if len(term.words) > 1:
            finds += _phrases(read, term, number)
            continue
        singles[term.words[0]] = number
        if not term.quoted:
            stems[term.stems(language)[0]] = number
        if term.prefix:
            prefixes.append((term.words[0], number))
    beginnings = tuple(prefix for prefix, _ in prefixes)
    for token in read:
        number = singles.get(token.word, stems.get(token.stem, -1))
        if number < 0 and beginnings and token.word.startswith(beginnings):
            number = next(number for prefix, number in prefixes if token.word.startswith(prefix))
        if number >= 0:
            finds.append(_Find(token.start, _end(text, token, terms, number), number))
    return sorted(finds)


def _end(text: str, token: Token, terms: list[Term], number: int) -> int:
    """Where the find ends: of a pair of characters that begins with the one looked for, behind that one."""
    if number < len(terms) and is_spaceless(terms[number].words[0]) and terms[number].words[0] != token.word:
        character = CLUSTER.match(text, token.start)
        return character.end() if character else token.end
    return token.end


def _phrases(read: list[Token], term: Term, number: int) -> list[_Find]:
    sequence = [token for token in read if not token.joined]
    *firsts, last = term.words
    finds = []
    for place in range(len(sequence) - len(firsts)):
        if sequence[place].word == firsts[0] and [t.word for t in sequence[place : place + len(firsts)]] == firsts:
            final = sequence[place + len(firsts)]
            if final.word == last or (term.prefix and final.word.startswith(last)):
                finds.append(_Find(sequence[place].start, final.end, number))
    return finds


def _window(finds: list[_Find], size: int, length: int) -> tuple[int, int]:
    """The span of `length` characters with most different terms in it, then with most finds, then the first."""
    if size <= length + 2:
        return 0, size
    best, first, final = (0, 0), 0, 0
    counts: dict[int, int] = {}
    left = 0
    for right, find in enumerate(finds):
        counts[find.term] = counts.get(find.term, 0) + 1
        while finds[left].start < find.end - length and left < right:
            counts[finds[left].term] -= 1
            if not counts[finds[left].term]:
                del counts[finds[left].term]
            left += 1
        if (value := (len(counts), right - left)) > best:
            best, first, final = value, finds[left].start, find.end
    spare = max(0, length - (final - first))
    start = max(0, min(first - spare // 3, size - length)) if final else 0
    return start, min(start + length, size)


def _at_words(text: str, start: int, end: int, finds: list[_Find]) -> tuple[int, int]:
    """The span with its ends between two words, or at least between two characters as people see them."""
    firsts = [find.start for find in finds]
    place = bisect_left(firsts, start)
    first = finds[place].start if place < len(finds) else end
    if start and not text[start - 1].isspace():
        space = next((at for at in range(start, min(first, start + 30)) if text[at].isspace()), None)
        start = space + 1 if space is not None else start
    if end < len(text) and not text[end].isspace():
        last = max((find.end for find in finds if find.end <= end), default=start)
        space = next((at for at in range(end, max(last, end - 30) - 1, -1) if text[at].isspace()), None)
        end = space if space is not None else end
    return _character(text, start, 1), _character(text, end, -1)


def _character(text: str, place: int, step: int) -> int:
    """The next place in a direction that cuts no character off its marks, no emoji in two."""
    while 0 < place < len(text) and _is_within(text, place):
        place += step
    return place


def _is_within(text: str, place: int) -> bool:
    before, behind = text[place - 1], text[place]
    if is_mark(behind) or before == "\u200d" or (before, behind) == ("\r", "\n"):
        return True
    if not (_is_flag(before) and _is_flag(behind)):
        return False
    first = place - 1
    while first and _is_flag(text[first - 1]) and place - first < 200:
        first -= 1
    return (place - first) % 2 == 1


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1] and start < end:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return merged


def _shown(text: str, start: int, end: int, spans: list[tuple[int, int]], *, is_cut: bool) -> Snippet:
    """The part with single spaces and its spans moved along; "…" where it is cut."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    is_begun = _SEEN.search(text, 0, start) is not None
    pieces, place, removed = ["…" if is_begun else ""], start, start - is_begun
    moved: list[int] = []
    edges = iter([edge for span in spans for edge in span])
    edge = next(edges, None)
    for space in [*_SPACE.finditer(text, start, end), None]:
        until = space.end() if space else end
        while edge is not None and edge <= until:
            inner = space is not None and edge > space.start()
            moved.append((min(edge, space.start() + 1) if inner and space else edge) - removed)
            edge = next(edges, None)
        pieces.append(text[place : space.start()] + " " if space else text[place:end])
        if space:
            removed += until - space.start() - 1
        place = until
    pieces.append("…" if is_cut else "")
    return Snippet("".join(pieces), list(zip(moved[::2], moved[1::2], strict=True)))
