"""Whether a statement is a passage's sentence with a word exchanged, or with a clause that is not in the passage."""

from collections.abc import Iterator, Sequence

from shared.verification import lexicon
from shared.verification.units import Unit, keys, telling

_FEWEST = 4  # telling words of a copy
_COPIED = 0.6  # the share of its words from which a statement is a copy
_EXCHANGED = 2  # words in a row that stand in another's place, or between two that stand together
_STEM = 4  # letters


def is_changed_copy(claimed: Sequence[Unit], passage: Sequence[Unit], named: Sequence[Unit]) -> bool:
    """Whether the statement is the passage's sentence with a word exchanged, or with a clause that it does not have."""
    words, theirs = ([unit for unit in read if not unit.light] for read in (claimed, passage))
    held, beside = _words(passage), _words([*passage, *named])
    foreign = [unit.kind == "word" and not unit.turning and not _is_held(unit, beside) for unit in words]
    if foreign.count(False) >= max(_FEWEST, _COPIED * len(words)) and any(
        _is_exchanged(words, run, theirs) for run in _runs(foreign)
    ):
        return True
    kept = [clause for clause in _clauses(claimed) if all(_is_held(unit, held) for unit in clause)]
    added = [clause for clause in _clauses(claimed) if not any(_is_held(unit, held) for unit in clause)]
    return bool(added and any(len(clause) > 1 for clause in kept))


def _runs(foreign: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Where such words begin and end."""
    start = None
    for place, is_foreign in enumerate([*foreign, False]):
        if is_foreign and start is None:
            start = place
        elif not is_foreign and start is not None:
            yield start, place
            start = None


def _is_exchanged(words: Sequence[Unit], run: tuple[int, int], theirs: Sequence[Unit]) -> bool:
    """Whether what stands before and behind the run stands together in the passage, or but for as many words that
    tell something."""
    start, end = run
    if end - start > _EXCHANGED:
        return False
    before = words[start - 1].key if start else ""
    behind = words[end].key if end < len(words) else ""
    around = ["", *(unit.key for unit in theirs), ""]
    for place, key in enumerate(around[:-1]):
        for gap in range(1 + end - start):
            between = theirs[place : place + gap]
            if key == before and around[place + 1 + gap : place + 2 + gap] == [behind] and len(telling(between)) == gap:
                return True
    return False


def _words(read: Sequence[Unit]) -> set[str]:
    return {unit.word for unit in read} | keys(read)


def _is_held(unit: Unit, held: set[str]) -> bool:
    if unit.key in held or unit.word in held:
        return True
    return len(unit.word) > _STEM and any(word[:_STEM] == unit.word[:_STEM] for word in held)


def _clauses(read: Sequence[Unit]) -> list[list[Unit]]:
    clauses: list[list[Unit]] = [[]]
    for unit in read:
        if unit.opens or unit.word in ("and", "but"):
            clauses.append([])
        if telling([unit]) and unit.word not in lexicon.PRONOUNS | lexicon.BE.keys():
            clauses[-1].append(unit)
    return [clause for clause in clauses if clause]
