"""Finds what two sources say of the same thing and cannot both be right about."""

from collections.abc import Iterator, Sequence

from shared.domains.research.guard import is_harmful, visible
from shared.domains.research.models import Contradiction, Statement
from shared.verification.opposition import oppose
from shared.verification.quotes import Source

MAX_CONTRADICTIONS = 10
_MAX_CHARS = 200_000  # of a source
_NEAREST = 3  # sentences of each source, for each statement


def find_contradictions(statements: Sequence[Statement], texts: Sequence[str]) -> list[Contradiction]:
    """The sentences that contradict a statement's quote, beside that quote, each pair once; at most ten. Pure."""
    sources = [Source(visible(text[:_MAX_CHARS])) for text in texts]
    pairs: dict[frozenset[str], Contradiction] = {}
    for statement in statements:
        for number, sentence in _against(statement, sources):
            quotes = [" ".join(text.split()) for text in (statement.evidence, sentence)]
            pair = Contradiction(texts=quotes, sources=[statement.sources[0], number])
            pairs.setdefault(frozenset(quotes), pair)
    return list(pairs.values())[:MAX_CONTRADICTIONS]


def _against(statement: Statement, sources: Sequence[Source]) -> Iterator[tuple[int, str]]:
    """The sentences of other sources that cannot be right if the statement's quote is, each with its source."""
    if not (statement.evidence and statement.sources):
        return
    for number, source in enumerate(sources):
        if number in statement.sources:
            continue
        for quote, _ in source.nearest(statement.evidence, _NEAREST):
            if oppose(statement.evidence, quote.text) and not is_harmful(quote.text):
                yield number, quote.text
