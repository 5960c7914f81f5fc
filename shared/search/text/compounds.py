"""Takes what is written in one apart into the words that people look for it by.

A word that is made of several ("follow-up", "O'Brien", "ann@acme.io", "R&D", "node.js") gives itself in one, as a
`joined` word, and then its parts: it is found whole, by part, and however it is spelled. Writings without spaces
(Chinese, Japanese, Korean, Thai …) give pairs of neighbouring characters, and their last character by itself.
"""

import re
import unicodedata
from itertools import pairwise
from typing import NamedTuple

from shared.kit.patterns import lazy_pattern
from shared.search.text.folding import fold
from shared.search.text.phones import is_phone, numbers_of
from shared.search.text.scripts import CLUSTER, SPACELESS, is_spaceless

MAX_WORD = 64  # characters of a word that count: further ones tell no two words of people apart
_MOST_PARTS = 4  # of a compound with hyphens: a slug of ten words is no word
_MOST_DOTTED = 8  # of an address or a host


class Word(NamedTuple):
    """A word within what is written in one; its span is counted from there."""

    folded: str
    surface: str  # what it is the stem of: as written, with its diacritics
    start: int
    end: int
    joined: bool = False


_SIGNS = "'’ʼ＇.．@＠&+‐‑·_-"
_RUN = lazy_pattern(f"[{SPACELESS}]+|[^{SPACELESS}]+")
_SEGMENT = lazy_pattern(r"[^.．@＠]+")
_UNIT = lazy_pattern(r"[^&+‐‑·_-]+")
_PIECE = lazy_pattern(r"[^'’ʼ＇]+")
_INITIALS = lazy_pattern(r"[^\W\d_](?:\.[^\W\d_]){1,7}")
_HUMP = lazy_pattern("[A-Z][a-z]+|[a-z]{2,}|[A-Z]{2,}(?![a-z])")
_GROUPED = lazy_pattern(r"\d{1,3}(?:[.,'’]\d{3})+")
_DIGITS = lazy_pattern(r"\d+")
_BEGINS_PHONE = frozenset("+(0123456789")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_UMLAUT = lazy_pattern("[äöüøåÄÖÜØÅ]|[aouAOU]\u0308|[aA]\u030a")
_ELISIONS = frozenset(
    [
        "l",
        "d",
        "j",
        "m",
        "t",
        "s",
        "n",
        "c",
        "qu",
        "jusqu",
        "lorsqu",
        "puisqu",
        "quoiqu",
        "dell",
        "all",
        "nell",
        "sull",
        "dall",
        "quell",
        "un",
        "gl",
    ]
)  # before an apostrophe in French, Italian and Catalan
_CONTRACTED = frozenset(["s", "re", "ve", "ll", "d", "m"])  # behind it in English


def words_of(written: str) -> tuple[Word, ...]:
    """The words of something written without a space, by the start of their spans; a joined one before its parts."""
    if written[:1] in _BEGINS_PHONE and is_phone(written):
        return _of_phone(written)
    if written.isalnum() and written.isascii():
        return (_word(written, 0), *_humps(written, 0))
    if is_spaceless(written):
        words = [word for run in _RUN.finditer(written) for word in _of_run(run[0], run.start())]
    else:
        words = _spelled(written, 0) if written.isalnum() else _dotted(written, 0)
    return tuple(word for word in words if word.folded)  # a mark by itself is none


def _word(written: str, start: int, *, joined: bool = False) -> Word:
    surface = written[:MAX_WORD]
    return Word("".join(fold(surface)[:MAX_WORD].split()), surface, start, start + len(written), joined)


def _of_phone(written: str) -> tuple[Word, ...]:
    parts = [_word(digits[0], digits.start()) for digits in _DIGITS.finditer(written)]
    shown = {part.folded for part in parts}
    whole = [Word(number, number, 0, len(written), True) for number in numbers_of(fold(written)) if number not in shown]
    return (*whole, *parts)


def _of_run(run: str, start: int) -> list[Word]:
    """The words of a part that is in writings without spaces, or has none of them."""
    if is_spaceless(run):
        return _pairs(run, start)
    bare = run.lstrip(_SIGNS)
    return _dotted(bare.rstrip(_SIGNS.replace("+", "")), start + len(run) - len(bare)) if bare else []


def _pairs(run: str, start: int) -> list[Word]:
    """Pairs of neighbouring characters, with the marks on them; the last one, which begins no pair, as joined word."""
    clusters = list(CLUSTER.finditer(run))
    readings = [
        _of_span(first[0] + second[0], start + first.start(), start + second.end())
        for first, second in pairwise(clusters)
    ]
    last = clusters[-1]
    return [*readings, _of_span(last[0], start + last.start(), start + last.end(), joined=bool(readings))]


def _of_span(surface: str, start: int, end: int, *, joined: bool = False) -> Word:
    return Word("".join(fold(surface).split()), surface, start, end, joined)


def _dotted(written: str, start: int) -> list[Word]:
    """The words of an address, a host, a number, an abbreviation or a compound."""
    if written.lower() == ".net":
        return [_word(written, start)]
    if _GROUPED.fullmatch(written):
        digits = fold(re.sub(r"\D", "", written))[:MAX_WORD]
        return [Word(digits, digits, start, start + len(written))]
    bare = written.rstrip("+#")
    if bare.isalpha() and written[1:] in ("++", "#"):  # C++, C#, F#
        return [_word(written, start)]
    segments = list(_SEGMENT.finditer(bare))
    if _INITIALS.fullmatch(bare):  # U.S.A
        return [_of_span(bare.replace(".", ""), start, start + len(written))]
    parts = [word for segment in segments for word in _hyphened(segment[0], start + segment.start())]
    if parts and bare != written and written.endswith("++"):
        return [*_joined(written, start, start + len(written)), *parts]
    if not 1 < len(segments) <= _MOST_DOTTED:
        return parts
    whole = bare[4:] if bare[:4].lower() == "www." else bare
    if len(segments) == 2 and fold(segments[1][0]) == "js":  # node.js is nodejs
        whole = whole.replace(".", "")
    return [*_joined(whole, start, start + len(bare)), *parts]


def _hyphened(written: str, start: int) -> list[Word]:
    units = list(_UNIT.finditer(written))
    parts = [word for unit in units for word in _with_apostrophes(unit[0], start + unit.start())]
    if not 1 < len(units) <= _MOST_PARTS:
        return parts
    whole = "".join(word.surface for word in parts if not word.joined)
    return [*_joined(whole, start + units[0].start(), start + units[-1].end()), *parts]


def _with_apostrophes(written: str, start: int) -> list[Word]:
    pieces = list(_PIECE.finditer(written))
    while len(pieces) > 1 and pieces[-1][0].lower() in _CONTRACTED:  # Ann's, O'Brien's, they're
        pieces.pop()
    if len(pieces) == 2 and pieces[1][0].lower() == "t" and pieces[0][0][-1].lower() == "n":  # don't
        return [_word(pieces[0][0] + pieces[1][0], start)._replace(end=start + len(written))]
    parts = [word for piece in pieces for word in _spelled(piece[0], start + piece.start())]
    if not 1 < len(pieces) <= _MOST_PARTS:
        return parts
    if pieces[0][0].lower() in _ELISIONS and not pieces[1][0][0].isupper():  # l'entreprise, but L'Oréal
        return parts
    whole = "".join(piece[0] for piece in pieces)
    return [*_joined(whole, start + pieces[0].start(), start + pieces[-1].end()), *parts]


def _spelled(written: str, start: int) -> list[Word]:
    """The word, before it a name's spelling without umlauts (Müller is also Mueller), and after it its humps."""
    word = _word(written, start)
    spelling = spelled_out(written) if written[0].isupper() else ""
    before = _joined(spelling, start, start + len(written)) if spelling else []
    return [*before, word, *_humps(written, start)]


def _humps(written: str, start: int) -> list[Word]:
    """The words that capitals set apart in one, each besides it: HubSpot is found by "hub spot"."""
    if written[1:].islower() or written.isupper() or len(written) > MAX_WORD:
        return []
    humps = list(_HUMP.finditer(written))
    if not 1 < len(humps) <= _MOST_PARTS:
        return []
    return [_of_span(hump[0], start + hump.start(), start + hump.end(), joined=True) for hump in humps]


def spelled_out(word: str) -> str:
    """The word as people write it who have no key for ä, ö, ü, ø, å; empty for a word without."""
    if word.isascii() or not _UMLAUT.search(word):
        return ""
    return unicodedata.normalize("NFC", word[:MAX_WORD]).lower().translate(_UMLAUTS)


def _joined(surface: str, start: int, end: int) -> list[Word]:
    if len(surface) > MAX_WORD:
        return []
    return [_of_span(surface, start, end, joined=True)]
