"""What a passage says otherwise than a statement, as far as rules can tell: then nobody is believed who takes the
statement for supported. A true statement may be caught as well; its source's words take its place."""

from collections.abc import Sequence

from shared.verification import exclusive, lexicon
from shared.verification.copies import is_changed_copy
from shared.verification.figures import dates_agree, is_counted_otherwise, measures_differ, rates_differ
from shared.verification.roles import has_another_subject, is_of_another, is_turned
from shared.verification.units import Unit, keys, telling, units

_WINDOW = 3  # telling words behind one that denies
_BEFORE_SAYS = 6  # units


def conflicts(statement: str, passage: str, beside: Sequence[str] = ()) -> bool:
    """Whether the passage says something else than the statement. `beside`: texts that what the passage refers to is
    named in."""
    claimed, stated = units(statement), units(passage)
    named = [unit for text in beside for unit in units(text)]
    return (
        any(rule(claimed, stated) for rule in _RULES)
        or not dates_agree(statement, passage)
        or has_another_subject(claimed, stated, named)
        or is_changed_copy(claimed, stated, named)
    )


def _excludes(claimed: Sequence[Unit], passage: Sequence[Unit]) -> bool:
    """Rose and fell, net and gross, May and June."""
    mine, theirs = keys(claimed), keys(passage)
    for kinds in exclusive.EXCLUSIVE:
        one = {n for n, kind in enumerate(kinds) if kind & mine}
        other = {n for n, kind in enumerate(kinds) if kind & theirs}
        if one and other and not one & other:
            return True
    return False


def _is_denied(claimed: Sequence[Unit], passage: Sequence[Unit]) -> bool:
    """Whether one of them denies what the other says."""
    return _denies_what(claimed, passage) or _denies_what(passage, claimed)


def _denies_what(one: Sequence[Unit], other: Sequence[Unit]) -> bool:
    if (exclusive.DENIALS | exclusive.PREVENTING) & keys(other) or any(unit.word.startswith("un") for unit in other):
        return False
    held = keys(telling(other))
    for place, unit in enumerate(one):
        if unit.key in exclusive.DENIALS:
            behind = [after.key for after in telling(one[place + 1 :])][:_WINDOW]
            if behind and len(held & {*behind}) >= min(2, len(behind)):
                return True
    return False


def _is_surer(claimed: Sequence[Unit], passage: Sequence[Unit]) -> bool:
    """Planned, and done; claimed by somebody, and so."""
    mine = keys(claimed)
    if mine & exclusive.HEDGES:
        return False
    for place, unit in enumerate(passage):
        behind = telling(passage[place + 1 :])[:1]
        if unit.key in exclusive.HEDGING and not unit.name and behind and behind[0].key in mine:
            return True
    return _leaves_out_speaker(claimed, passage)


def _leaves_out_speaker(claimed: Sequence[Unit], passage: Sequence[Unit]) -> bool:
    if keys(claimed) & lexicon.REPORTING:
        return False
    places = [place for place, unit in enumerate(passage) if unit.key in lexicon.REPORTING and not unit.passive]
    speakers = {unit.key for place in places for unit in _speaker(passage, place)}
    return bool(places) and not speakers & keys(claimed)


def _speaker(passage: Sequence[Unit], place: int) -> list[Unit]:
    """Whose word it is: what stands before `says`, or behind `according to`."""
    if passage[place].word != "according":
        before = passage[max(0, place - _BEFORE_SAYS) : place]
        return [unit for unit in before if unit.name or (unit is passage[0] and not unit.light)]
    end = next((n for n in range(place + 1, len(passage)) if passage[n].opens), len(passage))
    return [unit for unit in passage[place + 1 : end] if unit.name]


def _is_wider(claimed: Sequence[Unit], passage: Sequence[Unit]) -> bool:
    """All for some, or what is said of some as if it were of all."""
    mine, theirs = keys(claimed), keys(passage)
    if any(kind & mine and not kind & theirs for kind in exclusive.WHOLE):
        return True
    if mine & exclusive.PARTS or "3." in mine or "percent" in mine:
        return False
    for place, unit in enumerate(passage):
        if unit.key in exclusive.PARTS:
            behind = telling(passage[place + 1 : place + 6])[:1]
            if behind and behind[0].key in mine:
                return True
    return False


def _leaves_out_end(claimed: Sequence[Unit], passage: Sequence[Unit]) -> bool:
    """What is excepted, or was undone afterwards, and is not mentioned."""
    return bool(keys(passage) & lexicon.UNDOING) and not keys(claimed) & (lexicon.UNDOING | exclusive.DENIALS)


_RULES = (
    _excludes,
    _is_denied,
    _is_surer,
    _is_wider,
    _leaves_out_end,
    measures_differ,
    rates_differ,
    is_counted_otherwise,
    is_turned,
    is_of_another,
)
