"""Writes the text that a user requests; stores nothing."""

from collections.abc import Generator, Sequence

from pydantic import BaseModel

from shared.domains.content.brief import Brief, Kind, Section
from shared.domains.content.generators.local.generator import LocalGenerator
from shared.domains.content.knowledge import MAX_FACTS, find_knowledge, search_query
from shared.domains.content.pieces import Piece, best_piece
from shared.domains.content.requests.models import Content, TextChunk, TopicInput
from shared.domains.content.service import stream_piece, write_pieces
from shared.domains.personas import service as personas
from shared.domains.prospects import service as prospects
from shared.errors import Invalid


def write_content(uid: str, kind: Kind, data: TopicInput) -> Content:
    """Writes a text of this kind: a read of the prospect, one of the persona (two of the default), and the search."""
    brief = build_brief(uid, kind, data)
    return build_content(brief, write_pieces(brief))


def stream_content(uid: str, kind: Kind, data: TopicInput) -> Generator[tuple[str, BaseModel], None, None]:
    """Writes a text as events: `text` with the next words, at last `content` with the whole answer.

    Raises Invalid for more than one variant, and as `write_content`.
    """
    if data.variants != 1:
        raise Invalid.at("variants", "a text that is watched has one variant; ask for 1")
    brief = build_brief(uid, kind, data)
    parts = stream_piece(brief)
    return (
        ("text", TextChunk(text=part)) if isinstance(part, str) else ("content", build_content(brief, [part]))
        for part in parts
    )


def build_brief(
    uid: str,
    kind: Kind,
    data: TopicInput,
    *,
    fallback_topic: str = "",
    sections: Sequence[Section] = (),
    max_facts: int = MAX_FACTS,
) -> Brief:
    """Builds the brief of a request: reads persona and prospect, and finds at most `max_facts` facts.

    Raises Invalid without any topic, NotFound for a persona, prospect or vault item that does not exist.
    """
    topic = data.topic or fallback_topic
    if not (topic or data.instructions.strip()):
        raise Invalid.at("topic", "give a topic, or instructions that name one")
    brief = Brief(
        kind=kind,
        topic=topic,
        instructions=data.instructions,
        sections=tuple(sections),
        persona=personas.get(uid, data.persona_id) if data.persona_id else personas.find_default(uid),
        prospect=prospects.get(uid, data.prospect_id) if data.prospect_id else None,
        tone=data.tone,
        variants=data.variants,
    )
    query = search_query(brief)
    knowledge = find_knowledge(uid, query, vault_ids=data.vault_ids, search=data.use_knowledge, limit=max_facts)
    return brief.with_facts(knowledge.facts)


def build_content(brief: Brief, pieces: list[Piece]) -> Content:
    """Builds the answer to a request from the brief and its pieces."""
    return Content(
        kind=brief.kind,
        topic=brief.effective_topic,
        generator=pieces[0].generator,
        best=best_piece(pieces).variant,
        pieces=pieces,
        notes=_notes(brief, pieces[0].generator),
    )


def _notes(brief: Brief, generator: str) -> list[str]:
    notes = []
    if generator == LocalGenerator.name:
        notes.append("Written by the local generator from what is known; set LLM_API_KEY to have a model write it.")
        if brief.instructions:
            notes.append("The local generator takes the topic from the instructions and cannot follow the rest.")
    if not brief.facts:
        notes.append("Nothing in the vault or the insights was used: nothing was found, or nothing was looked for.")
    return notes
