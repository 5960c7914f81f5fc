"""A text as the units that its meaning is made of: figures, names, words by their stems, and where clauses begin."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from shared.kit.patterns import lazy_pattern
from shared.kit.terms import stem
from shared.verification import lexicon, quantities

Kind = Literal["word", "number"]
_TOKEN = lazy_pattern(
    r"(?P<number>\d{1,40}(?:[.,’']\d{1,40}){0,12})(?P<ordinal>(?:st|nd|rd|th)\b)?"
    r"|(?P<word>(?:[^\W\d_]\.){2,8}|[^\W\d_]{1,80}(?:[’'][^\W\d_]{1,80}){0,3})|(?P<symbol>[$€£¥%])|(?P<mark>[^\w\s])"
)
_BREAKS = frozenset(',;:()[]–—“”"«»|')
_PAST_SUFFIX = "ed"


@dataclass(frozen=True)
class Unit:
    """`key` is the same for all spellings of a meaning; `opens` says that a mark or a relative word stands before."""

    key: str
    kind: Kind
    word: str
    start: int
    end: int
    name: bool = False
    opens: bool = False
    depth: int = 0  # within how many brackets
    past: bool = False
    passive: bool = False

    @property
    def light(self) -> bool:
        return self.kind == "word" and not self.name and self.word in lexicon.LIGHT

    @property
    def turning(self) -> bool:
        return self.kind == "word" and (self.key in lexicon.TURNING or self.word.endswith(("n't", "n’t")))


def units(text: str) -> list[Unit]:
    """The units of a text in their order; light words are among them."""
    return _with_voice(_with_phrases(list(_magnified(list(_read(text))))))


def _read(text: str) -> Iterator[Unit]:
    opens, depth, begins = True, 0, True
    pending: Unit | None = None  # a currency sign stands before its figure, and is read behind it
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if mark := match["mark"]:
            if mark == "-" and text[start - 1 : start].isalnum() and text[end : end + 1].isalnum():
                continue
            depth = max(0, depth + (mark in "([") - (mark in ")]"))
            opens = opens or mark in _BREAKS or mark in ".!?-…"
            begins = begins or mark in '.!?…:“"'
            continue
        if symbol := match["symbol"]:
            unit = Unit(stem(quantities.UNITS[symbol]), "word", symbol, start, end, depth=depth)
            if symbol == "%":
                yield unit
            else:
                pending = unit
            continue
        if match["number"]:
            yield _number(match, opens, depth)
            if pending:
                yield pending
                pending = None
        else:
            yield from _word(match, opens, depth, begins)
        opens, begins = False, False


def _number(match: re.Match[str], opens: bool, depth: int) -> Unit:
    value = quantities.value_of(match["number"]) or Decimal(0)
    key = quantities.key_of(value) + ("." if match["ordinal"] else "")
    return Unit(key, "number", match["number"], *match.span(), opens=opens, depth=depth)


def _word(match: re.Match[str], opens: bool, depth: int, begins: bool) -> Iterator[Unit]:
    raw = match["word"].replace("’", "'")
    lowered = raw.lower()
    start, end = match.span()
    name = raw[0].isupper() and not begins
    if lowered.endswith("n't") or lowered == "cannot":
        yield Unit("not", "word", "not", start, end, opens=opens, depth=depth)
        return
    base = re.sub(r"'s?$", "", lowered) if lowered != "it's" else "it"
    plain = base.replace(".", "") if "." in base else base
    if not name and plain in quantities.SPELLED and plain != "one":
        yield Unit(str(quantities.SPELLED[plain]), "number", plain, start, end, opens=opens, depth=depth)
    elif not name and plain in quantities.TENS:
        yield Unit(str(quantities.TENS[plain]), "number", plain, start, end, opens=opens, depth=depth)
    elif plain in quantities.ORDINALS and plain != "second":
        yield Unit(f"{quantities.ORDINALS[plain]}.", "number", plain, start, end, opens=opens, depth=depth)
    elif plain in lexicon.BE:
        yield Unit(lexicon.BE[plain], "word", plain, start, end, opens=opens, depth=depth)
    else:
        yield _by_stem(plain, Unit("", "word", plain, start, end, name, opens, depth))


def _by_stem(plain: str, unit: Unit) -> Unit:
    lemma = lexicon.PAST.get(plain)
    past = lemma is not None or (plain.endswith(_PAST_SUFFIX) and len(plain) > 4)
    key = stem(lemma or plain)
    return replace(unit, key=lexicon.SAME.get(key, key), past=past)


def _magnified(read: Sequence[Unit]) -> Iterator[Unit]:
    """Figures with the words that multiply them, or add to them, as one figure: 1.4 m, twenty two, nine hundred."""
    place = 0
    while place < len(read):
        unit = read[place]
        place += 1
        if unit.kind != "number" or unit.key.endswith("."):
            yield unit
            continue
        value, ends = Decimal(unit.key), unit.end
        currency: list[Unit] = []
        while place < len(read):
            after = read[place]
            if after.word in "$€£¥" and not currency:
                currency.append(after)
            elif after.word in quantities.MAGNITUDES and _multiplies(unit, after):
                value, ends = value * 10 ** quantities.MAGNITUDES[after.word], after.end
            elif after.kind == "number" and unit.word in quantities.TENS and after.word in quantities.SPELLED:
                value, ends = value + Decimal(after.key), after.end
            else:
                break
            place += 1
        yield replace(unit, key=quantities.key_of(value), end=ends)
        yield from currency


def _multiplies(figure: Unit, word: Unit) -> bool:
    return word.word not in quantities.ABBREVIATED or word.start - figure.end <= 1


def _with_phrases(read: Sequence[Unit]) -> list[Unit]:
    made: list[Unit] = []
    place = 0
    while place < len(read):
        for length in (3, 2):
            run = read[place : place + length]
            key = lexicon.PHRASES.get(tuple(unit.word for unit in run))
            if key:
                made.append(replace(run[0], key=key, end=run[-1].end, name=False))
                place += length
                break
        else:
            made.append(read[place])
            place += 1
    return made


def _with_voice(read: Sequence[Unit]) -> list[Unit]:
    """Marks the past forms that stand behind a form of be: what was done to somebody was not done by them."""
    made = list(read)
    for place, unit in enumerate(read):
        before = [other.word for other in read[max(0, place - 3) : place] if other.key not in ("not", "also")]
        if unit.past and any(word in lexicon.PASSIVE_AFTER for word in before[-2:]):
            made[place] = replace(unit, passive=True)
    return made


def keys(read: Sequence[Unit]) -> set[str]:
    """The keys of all units."""
    return {unit.key for unit in read}


def telling(read: Sequence[Unit]) -> list[Unit]:
    """The words that carry a meaning of their own, and turn nothing."""
    return [unit for unit in read if unit.kind == "word" and not unit.light and not unit.turning]
