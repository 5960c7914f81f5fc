"""Whether the sources say what the statements say: every citation is looked up before anybody reads it."""

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

from shared.domains.research import claims
from shared.domains.research.guard import gives_orders, is_imperative, names_an_address
from shared.domains.research.models import Section, Statement
from shared.kit.sentences import sentences
from shared.kit.terms import terms
from shared.providers import embed

ADVICE: frozenset[Section] = frozenset({"suggested_outreach", "content_angles"})  # the rest are facts
_MAX_CHARS = 200_000  # of a source
_COVERED = 0.6  # the share of a statement's telling words that a passage must have to bear it by itself
_RELATED = 0.25  # and that a quoted passage must have; or
_LIKE = 0.5  # the cosine of the two
_SAME_SUBJECT = 0.5  # the cosine of two words that mean the same
_FEWEST_QUOTED = 3  # words


def verify(statements: Sequence[Statement], texts: Sequence[str]) -> list[Statement]:
    """The statements with those sources that bear them, and the passage of the first that does.

    A source bears a statement if it has its numbers and names, and a passage that says it: the statement's own
    `evidence`, found in the source's text, or one that shares most of its telling words. Where none does, a fact is
    left out, and advice is marked as not supported. What gives orders to its reader is left out in any case.
    """
    sources = [_Source(text) for text in texts]
    kept = (_checked(one, sources) for one in statements if not _is_an_order(one))
    return [statement for statement in kept if statement is not None]


def _is_an_order(statement: Statement) -> bool:
    """Advice may begin with a verb, since the user is told what to do; a fact may not."""
    if statement.section not in ADVICE and is_imperative(statement.text):
        return True
    return any(gives_orders(said) or names_an_address(said) for said in (statement.text, statement.evidence))


def _checked(statement: Statement, sources: Sequence["_Source"]) -> Statement | None:
    cited = [n for n in dict.fromkeys(statement.sources) if 0 <= n < len(sources)]
    borne = {n: passage for n in cited if (passage := sources[n].passage_for(statement))}
    if borne:
        first = next(iter(borne.values()))
        return statement.model_copy(update={"sources": list(borne), "evidence": first, "supported": True})
    if statement.section in ADVICE and statement.text.strip():
        return statement.model_copy(update={"sources": [], "evidence": "", "supported": False})
    return None


class _Source:
    """A text, taken apart once, when it is first asked."""

    def __init__(self, text: str) -> None:
        self._text = text[:_MAX_CHARS]

    @cached_property
    def _folded(self) -> str:
        return f" {claims.folded(self._text)} "

    @cached_property
    def _stems(self) -> set[str]:
        return claims.stems(self._text)

    @cached_property
    def _passages(self) -> list[tuple[str, set[str]]]:
        """Each sentence and each two that follow each other, with their telling words."""
        said = sentences(self._text)
        passages = [*said, *(f"{one} {other}" for one, other in pairwise(said))]
        return [(passage, set(terms(passage))) for passage in passages]

    def passage_for(self, statement: Statement) -> str | None:
        """What the source says that bears the statement, if anything."""
        if not all(claims.stems(name) <= self._stems for name in claims.names(statement.text)):
            return None
        quote = statement.evidence.strip()
        if self._has(quote) and _bears(quote, statement, _related(quote, statement.text)):
            return quote
        wanted = set(terms(statement.text))
        ranked = sorted(self._passages, key=lambda passage: -claims.covered(wanted, passage[1]))[:5]
        enough = (passage for passage, own in ranked if claims.covered(wanted, own) >= _COVERED)
        return next((passage for passage in enough if _bears(passage, statement, True)), None)

    def _has(self, quote: str) -> bool:
        plain = claims.folded(quote)
        return (len(plain.split()) >= _FEWEST_QUOTED or len(plain) >= 20) and f" {plain} " in self._folded


def _bears(passage: str, statement: Statement, related: bool) -> bool:
    """Whether a passage that is about the same has the statement's figures, does not deny it, and names its subject."""
    if not related or not claims.numbers(statement.text) <= claims.numbers_said(passage):
        return False
    if statement.section in ADVICE:
        return True
    return claims.denies(passage) == claims.denies(statement.text) and _speaks_of_its_subject(passage, statement.text)


def _related(quote: str, text: str) -> bool:
    if claims.coverage(text, quote) >= _RELATED:
        return True
    one, other = embed.configured().embed([text, quote])
    return float(one @ other) >= _LIKE


def _speaks_of_its_subject(passage: str, text: str) -> bool:
    """Whether the word that the statement begins with, which may be a name, or one of its meaning is in the passage."""
    first = claims.subject(text)
    if first is None or claims.stems(first) <= claims.stems(passage):
        return True
    word, *others = embed.configured().embed([first, *sorted(set(claims.folded(passage).split()))])
    return max(float(word @ other) for other in others) >= _SAME_SUBJECT
