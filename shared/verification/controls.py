"""Statements whose answer is known: who takes one of them for supported is not believed about any other."""

from collections.abc import Iterator, Sequence

from shared.kit.patterns import lazy_pattern
from shared.kit.sentences import sentences

_FIGURE = lazy_pattern(r"\d+")
_EACH = 2  # of a kind
_FOREIGN = (
    "The company was sold to a competitor for $7.3 billion in 1987.",
    "The mayor of Valparaíso resigned after a dispute over a harbour tunnel.",
)


def false_controls(passages: Sequence[str]) -> list[tuple[str, str]]:
    """Statements that their passage does not support, each with it: with another figure, denied, or of another matter;
    at most two of each."""
    distinct = list(dict.fromkeys(passages))
    altered = list(_altered(distinct))[:_EACH]
    denied = [(f"It is not true that the following holds: {_first(one)}", one) for one in reversed(distinct)][:_EACH]
    return [*altered, *denied, *zip(_FOREIGN, distinct * _EACH, strict=False)]


def _altered(passages: Sequence[str]) -> Iterator[tuple[str, str]]:
    for passage in passages:
        for sentence in sentences(passage):
            figure = _FIGURE.search(sentence)
            if figure:
                other = str(3 * int(figure.group()[:18]) + 7)
                yield f"{sentence[: figure.start()]}{other}{sentence[figure.end() :]}", passage
                break


def _first(passage: str) -> str:
    return next(iter(sentences(passage)), passage)
