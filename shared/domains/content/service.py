"""The one place where texts are written: for templates, playbooks, outreach and content alike."""

from collections.abc import Iterator, Sequence

from pydantic import BaseModel

from shared.domains.content import scoring
from shared.domains.content.brief import Brief, Draft, Generator, Piece
from shared.domains.content.generators.local.generator import LocalGenerator
from shared.providers import llm


class Summary(BaseModel):
    summary: str
    sentences: list[str]
    generator: str


def generator() -> Generator:
    """A language model where a key is set, else the local one."""
    model = llm.configured()
    if model is None:
        return LocalGenerator()
    from shared.domains.content.generators.llm.generator import ModelGenerator

    return ModelGenerator(model)


def write(brief: Brief) -> list[Piece]:
    """The brief's variants in their order, each with its scores. Raises AppError when a provider refuses."""
    author = generator()
    return [_piece(brief, author.name, number, draft) for number, draft in enumerate(author.write(brief), start=1)]


def stream(brief: Brief) -> Iterator[str | Piece]:
    """The only variant bit by bit; then, once, the whole with its scores. Raises AppError as `write`, or midway."""
    author = generator()
    parts = author.stream(brief)
    return (part if isinstance(part, str) else _piece(brief, author.name, 1, part) for part in parts)


def best(pieces: Sequence[Piece]) -> Piece:
    """The one that scores highest over all; of equals, the first."""
    return max(pieces, key=lambda piece: (overall(piece), -piece.variant))


def overall(piece: Piece) -> float:
    """What counts most for a message: that it is about its reader; then, that it has the right length."""
    scores = piece.scores
    return 0.5 * scores.personalisation.value + 0.3 * scores.length.value + 0.2 * scores.readability.value


def summarize(texts: Sequence[str], sentences: int) -> Summary:
    """What the texts say, in few sentences. Raises AppError when a provider refuses."""
    author = generator()
    said = author.summarize(texts, sentences)
    return Summary(summary=" ".join(said), sentences=said, generator=author.name)


def _piece(brief: Brief, author: str, number: int, draft: Draft) -> Piece:
    return Piece(
        **draft.model_dump(),
        variant=number,
        tone=brief.voice,
        generator=author,
        scores=scoring.score(brief, draft.text),
    )
