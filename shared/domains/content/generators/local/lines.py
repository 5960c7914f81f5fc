"""Lines of a local text, and which of them are dropped so that the text keeps to the length of its format."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domains.content.brief import Fact, Source
from shared.domains.content.formats import Format


@dataclass(frozen=True)
class Line:
    """A line of a text. The higher its rank, the earlier the line is dropped from a text that is too long.

    A line of rank 0 always stays. A line that `joins` continues the paragraph before it.
    """

    text: str
    rank: int = 0
    fact: Fact | None = None
    joins: bool = False


def join_lines(lines: Sequence[Line]) -> str:
    """The text of the lines, each a paragraph of its own unless the line joins the one before."""
    return "".join((" " if line.joins else "\n\n" if n else "") + line.text for n, line in enumerate(lines))


def drop_to_fit(format: Format, lines: Sequence[Line]) -> list[Line]:
    """Drops lines until the text fits the format: those of the highest rank first, of equal ranks the last."""
    kept = list(lines)
    while format.measure(join_lines(kept)) > format.high:
        last = max(range(len(kept)), key=lambda n: (kept[n].rank, n))
        if kept[last].rank == 0:
            break
        del kept[last]
    return kept


def sources_of(lines: Sequence[Line]) -> list[Source]:
    """The sources of the facts that the lines quote."""
    return [line.fact.source for line in lines if line.fact]
