"""Writes, streams, scores and summarizes texts with the configured generator, for every domain alike."""

from collections.abc import Iterator, Sequence

from shared.domains.content import grounding, scoring
from shared.domains.content.brief import Brief
from shared.domains.content.generators.base import Draft, Generator
from shared.domains.content.pieces import Piece
from shared.kit.schema import Model
from shared.providers import llm


class Summary(Model):
    summary: str
    sentences: list[str]
    generator: str


def configured_generator() -> Generator:
    """The language model's generator where the settings name a model, else the local generator."""
    model = llm.configured()
    if model is None:
        from shared.domains.content.generators.local.generator import LocalGenerator

        return LocalGenerator()
    from shared.domains.content.generators.llm.generator import LlmGenerator

    return LlmGenerator(model)


def write_pieces(brief: Brief) -> list[Piece]:
    """Writes the brief's variants, in order, and scores each. Raises AppError when the provider refuses."""
    generator = configured_generator()
    return _scored(brief, generator.name, generator.write(brief))


def stream_piece(brief: Brief) -> Iterator[str | Piece]:
    """Streams the brief's only variant as the generator writes it, then yields the scored piece.

    Raises AppError when the provider refuses, at once or midway.
    """
    generator = configured_generator()
    parts = generator.stream(brief)
    return (part if isinstance(part, str) else _scored(brief, generator.name, [part])[0] for part in parts)


def summarize(texts: Sequence[str], sentences: int) -> Summary:
    """Summarizes the texts in at most `sentences` sentences. Raises AppError when the provider refuses."""
    generator = configured_generator()
    summary = generator.summarize(texts, sentences)
    return Summary(summary=" ".join(summary), sentences=summary, generator=generator.name)


def _scored(brief: Brief, generator: str, drafts: Sequence[Draft]) -> list[Piece]:
    """The drafts as pieces. The local generator writes nothing that it was not given; a model may."""
    is_model = generator.startswith("llm:")
    unsupported = grounding.find_unsupported(brief, drafts) if is_model else [[] for _ in drafts]
    pairs = enumerate(zip(drafts, unsupported, strict=True), start=1)
    return [_piece(brief, generator, number, draft, words) for number, (draft, words) in pairs]


def _piece(brief: Brief, generator: str, number: int, draft: Draft, unsupported: list[str]) -> Piece:
    return Piece(
        **draft.model_dump(),
        variant=number,
        tone=brief.effective_tone,
        generator=generator,
        scores=grounding.lowered(scoring.score(brief, draft.text, draft.subject), unsupported),
        unsupported_words=unsupported,
    )
