"""Whether the figures of a statement are the passage's with all that belongs to them: unit, bound, rate, period."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from shared.kit.patterns import lazy_pattern
from shared.verification import exclusive
from shared.verification.units import Unit, keys

_DATE = lazy_pattern(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}")
_MOVING = frozenset(("from", "to", "by", "since", "until", "before", "after"))


def _numbers(read: Sequence[Unit]) -> Iterator[tuple[int, Unit]]:
    return ((place, unit) for place, unit in enumerate(read) if unit.kind == "number")


def _by_number(read: Sequence[Unit], of: Callable[[Sequence[Unit], int], str]) -> dict[str, set[str]]:
    by_figure: dict[str, set[str]] = {}
    for place, unit in _numbers(read):
        if what := of(read, place):
            by_figure.setdefault(unit.key, set()).add(what)
    return by_figure


def measures_differ(claimed: Sequence[Unit], passage: Sequence[Unit]) -> bool:
    """The same figure of other units, with another bound, or moving another way."""
    for of in (_measure, _moving, _ordered):
        mine, theirs = _by_number(claimed, of), _by_number(passage, of)
        if any(key in theirs and not what <= theirs[key] for key, what in mine.items()):
            return True
    mine, theirs = _by_number(claimed, _bound), _by_number(passage, _bound)
    both = {unit.key for _, unit in _numbers(claimed)} & {unit.key for _, unit in _numbers(passage)}
    return any(mine.get(key) != theirs.get(key) for key in both) or _is_end_of_range(claimed, passage)


def _is_end_of_range(claimed: Sequence[Unit], passage: Sequence[Unit]) -> bool:
    numbers = {unit.key for _, unit in _numbers(claimed)}
    for place, unit in enumerate(passage):
        if unit.word == "between":
            ends = [other.key for _, other in _numbers(passage[place + 1 :])][:2]
            if len(numbers & {*ends}) == 1:
                return True
    return False


def rates_differ(claimed: Sequence[Unit], passage: Sequence[Unit]) -> bool:
    """A price for each robot and month, and for each month."""
    mine, numbers = keys(claimed), {unit.key for _, unit in _numbers(claimed)}
    for place, unit in enumerate(passage):
        if unit.word == "per" and {other.key for _, other in _numbers(passage[max(0, place - 3) : place])} & numbers:
            behind = [other.key for other in passage[place + 1 : place + 4]]
            counted = {behind[0], behind[2]} if behind[1:2] == ["and"] and len(behind) > 2 else {*behind[:1]}
            if not counted <= mine:
                return True
    return False


def _measure(read: Sequence[Unit], place: int) -> str:
    behind = [unit.key for unit in read[place + 1 : place + 3]]
    if behind[:1] == ["percentag"]:
        behind = behind[1:]
    return behind[0] if behind and behind[0] in exclusive.MEASURES else ""


def _moving(read: Sequence[Unit], place: int) -> str:
    word = read[place - 1].word if place else ""
    return word if word in _MOVING or (word == "in" and is_year(read[place])) else ""


def _ordered(read: Sequence[Unit], place: int) -> str:
    """The words that a year or a name of a period is counted by."""
    before = {unit.key for unit in read[max(0, place - 2) : place]}
    return ("fiscal" if before & {"fiscal", "fy"} else "calendar") if before and is_year(read[place]) else ""


def _bound(read: Sequence[Unit], place: int) -> str:
    before = [unit.word for unit in read[max(0, place - 2) : place]]
    if before == ["up", "to"] or set(before) & exclusive.UPPER:
        return "at most"
    return "at least" if set(before) & exclusive.LOWER or before[-1:] == ["than"] else ""


def is_counted_otherwise(claimed: Sequence[Unit], passage: Sequence[Unit]) -> bool:
    """The second half for the first, next year for this."""
    for of in (_ordinals, _periods):
        mine, theirs = of(claimed), of(passage)
        if any(what in theirs and not which & theirs[what] for what, which in mine.items()):
            return True
    return False


def _ordinals(read: Sequence[Unit]) -> dict[str, set[str]]:
    by_figure: dict[str, set[str]] = {}
    for place, unit in enumerate(read):
        if unit.key.endswith(".") or unit.word == "second":
            for other in (*read[place + 1 : place + 2], *read[max(0, place - 1) : place]):
                if not other.light and other.kind == "word":
                    by_figure.setdefault(other.key, set()).add("2." if unit.word == "second" else unit.key)
    return by_figure


def _periods(read: Sequence[Unit]) -> dict[str, set[str]]:
    by_figure: dict[str, set[str]] = {}
    for before, unit in pairwise(read):
        if unit.key in exclusive.PERIODS and before.word in exclusive.TIMES:
            by_figure.setdefault(unit.key, set()).add("last" if before.word == "previous" else before.word)
    return by_figure


def dates_agree(statement: str, passage: str) -> bool:
    mine, theirs = set(_DATE.findall(statement)), set(_DATE.findall(passage))
    return not (mine and theirs) or mine <= theirs


def is_year(unit: Unit) -> bool:
    return unit.kind == "number" and len(unit.key) == 4 and unit.key.startswith(("19", "20"))
