"""Whether a quote says all that a statement says: unit by unit, in the quote's order, with nothing that turns it."""

from collections.abc import Sequence
from itertools import product

from shared.kit.sentences import sentences
from shared.kit.word_table import table
from shared.verification import lexicon
from shared.verification.units import Unit, units

_PREPOSITIONS = table("in on at during after before since by for within")


def says(quote: str, statement: str, before: str = "") -> bool:
    """Whether the quote says all that the statement says; `before` is what stands before the quote in its source.

    Each sentence of the statement has to be in one sentence of the quote. In another language than English, whose
    turning words are not known, only the quote's own words are accepted.
    """
    stated = sentences(quote)
    claims = sentences(statement)
    if not stated or not claims:
        return False
    contexts = [before, *stated]
    return all(
        any(_sentence_says(one, claim, context) for one, context in zip(stated, contexts, strict=False))
        for claim in claims
    )


def is_english(text: str) -> bool:
    """Whether the text has words that English alone has, as many as its sentences do, and none of its neighbours'."""
    read = units(text)
    english = sum(unit.word in _ENGLISH for unit in read)
    plain = all(unit.name or (unit.word.isascii() and unit.word not in _OTHER) for unit in read)
    return bool(read) and plain and english >= max(1, len(read) // 10)


_ENGLISH = table(
    "the of and to is are were that with for by from its has have had not will at you your we our us it be this they "
    "who which could would can when if"
)
_OTHER = table(
    "der das und ist nicht ein eine einen den dem mit von sich auf le la les des du est et une dans pour pas que el "
    "los las por una del il di che een het van niet og zu "
)


def is_of_another_language(text: str) -> bool:
    """Whether the text has more words of other languages than of English."""
    read = [unit.word for unit in units(text) if not unit.name]
    return sum(word in _OTHER for word in read) > sum(word in _ENGLISH for word in read)


def _sentence_says(quote: str, claim: str, before: str) -> bool:
    stated, claimed = units(quote), units(claim)
    if [(unit.key, unit.word) for unit in stated] == [(unit.key, unit.word) for unit in claimed]:
        return True
    if not is_english(quote) or is_of_another_language(claim):
        return False
    claimed = _with_referent(claimed, stated, before)
    return any(_aligned(one, other) for one, other in product(_turns(stated), _turns(claimed)))


def _turns(read: list[Unit]) -> list[list[Unit]]:
    """The units as they stand, and with what the sentence begins with, up to its comma, behind it: In May, they met."""
    if read and read[0].word in _PREPOSITIONS:
        end = next((n for n, unit in enumerate(read[1:9], start=1) if unit.opens), 0)
        if end:
            return [read, [*read[end:], *read[:end]]]
    return [read]


def _with_referent(claimed: list[Unit], stated: list[Unit], before: str) -> list[Unit]:
    """The claim with the quote's first words in place of the name that they stand for: that of the sentence before."""
    subject = [unit for unit in stated if not unit.light][:1]
    if not subject or subject[0].word not in lexicon.PRONOUNS | lexicon.REFERENTS:
        return claimed
    earlier = sentences(before)[-1:]
    named = _first_name(units(earlier[0])) if earlier else []
    mine = [unit for unit in claimed if not unit.light][: len(named)]
    if not named or [unit.key for unit in mine[:1]] != named[:1]:
        return claimed
    count = sum(unit.key in named for unit in mine)
    rest = claimed[claimed.index(mine[count - 1]) + 1 :]
    return [subject[0], *rest]


def _first_name(read: Sequence[Unit]) -> list[str]:
    """The name that a sentence begins with, if it does."""
    run: list[str] = []
    for place, unit in enumerate([one for one in read if one.word != "the"]):
        if not (unit.name or place == 0) or unit.word in lexicon.PRONOUNS or unit.turning:
            break
        run.append(unit.key)
    return run


def _aligned(stated: Sequence[Unit], claimed: Sequence[Unit]) -> bool:
    """Whether the claim's units are in the quote in the same order, and what is left out between turns nothing."""
    wanted = [unit for unit in claimed if not unit.light]
    if not wanted:
        return False
    starts = [n for n, unit in enumerate(stated) if _same(unit, wanted[0]) and _begins(stated, n)]
    return any(_follows(stated, start, wanted) for start in starts)


def _same(one: Unit, other: Unit) -> bool:
    return (one.key, one.kind, one.past, one.passive) == (other.key, other.kind, other.past, other.passive)


def _begins(stated: Sequence[Unit], place: int) -> bool:
    """Whether a clause begins there: nothing but light words stand between it and the clause's mark."""
    while not stated[place].opens:
        if place == 0:
            return True
        place -= 1
        if not stated[place].light and stated[place].word not in lexicon.ASSERTING:
            return False
    return not any(unit.key in lexicon.CONDITIONS | lexicon.REPORTING or unit.key == "not" for unit in stated[:place])


def _follows(stated: Sequence[Unit], start: int, wanted: Sequence[Unit]) -> bool:
    place = start
    for number, unit in enumerate(wanted):
        position = next((n for n in range(place, len(stated)) if _same(stated[n], unit)), None)
        if position is None:
            return False
        between = [other for other in stated[place:position] if not other.light]
        after_figure = number > 0 and wanted[number - 1].kind == "number"
        if between and (after_figure or not _may_be_left_out(stated[place:position], between, stated[position])):
            return False
        place = position + 1
    return _ends(stated, place)


def _may_be_left_out(run: Sequence[Unit], between: Sequence[Unit], following: Unit) -> bool:
    """An adverb, or what is set off by marks on both sides and is no entry of a list; nothing that turns the rest."""
    if any(unit.turning for unit in between):
        return False
    rest = list(run)
    while rest and rest[-1].word.endswith("ly"):
        following = rest.pop()
    if not rest or all(unit.light for unit in rest):
        return True
    return rest[0].opens and following.opens and not any(unit.word in ("and", "or") for unit in rest)


def _ends(stated: Sequence[Unit], place: int) -> bool:
    """Whether what follows the last matched unit leaves it as it is: another phrase, and no condition."""
    rest = stated[place:]
    if any(unit.key in lexicon.CONDITIONS | lexicon.REPORTING | lexicon.UNDOING for unit in rest):
        return False
    if not rest or rest[0].opens or rest[0].word in lexicon.ASSERTING - {"and", "as"}:
        return True
    if rest[0].word in ("and", "or") or stated[place - 1].turning:
        return False
    return rest[0].light or (rest[0].turning and rest[0].word in _PREPOSITIONS)
