"""Content that a person orders: posts, articles, briefs; nothing is stored."""

from collections.abc import Generator
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.domains import personas
from shared.domains.content import knowledge
from shared.domains.content.brief import MAX_VARIANTS, Brief, Kind, Piece
from shared.domains.content.generators.local.generator import LocalGenerator
from shared.domains.content.generators.local.material import topic_of
from shared.domains.content.service import best, stream, write
from shared.domains.prospects import service as prospects
from shared.errors import Invalid
from shared.kit.schema import BlankIsNone, Id, Input, OneLine, Text
from shared.kit.whitespace import VISIBLE

Topic = Annotated[str, StringConstraints(max_length=500), OneLine]
Tone = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=VISIBLE), OneLine]


def needed(name: str) -> dict[str, Any]:
    """JSON schema: the field is there and not blank."""
    return {"required": [name], "properties": {name: {"type": "string", "pattern": r"\S"}}}


class TopicInput(Input):
    """What to write about (`topic`) and how (`instructions`, for a language model); one of them is needed."""

    # Within allOf, so that generated clients join the forms with the fields.
    model_config = ConfigDict(json_schema_extra={"allOf": [{"anyOf": [needed("topic"), needed("instructions")]}]})

    topic: Topic = ""
    instructions: Text = ""
    persona_id: Annotated[Id | None, BlankIsNone] = None  # else the default persona
    prospect_id: Annotated[Id | None, BlankIsNone] = None
    vault_ids: Annotated[list[Id], Field(max_length=10)] = []
    use_knowledge: bool = True
    variants: Annotated[int, Field(ge=1, le=MAX_VARIANTS)] = 1
    tone: Annotated[Tone | None, BlankIsNone] = None


class ContentInput(TopicInput):
    kind: Kind


class Content(BaseModel):
    """`best` is the variant that scores highest; `notes` say what a reader should know of how it was made."""

    kind: Kind
    topic: str
    generator: str
    best: int
    pieces: list[Piece]
    notes: list[str]


class Bit(BaseModel):
    """The next words of a text that is being written."""

    text: str


def generate(uid: str, kind: Kind, data: TopicInput) -> Content:
    """Writes nothing to the store: a read each for persona (two for the default) and prospect, then the search."""
    brief = brief_of(uid, kind, data)
    return content_of(brief, write(brief))


def watch(uid: str, kind: Kind, data: TopicInput) -> Generator[tuple[str, BaseModel], None, None]:
    """The same as events: `text` with the next words, and at the end the whole `content`. Raises as `generate`."""
    if data.variants != 1:
        raise Invalid.at("variants", "a text that is watched has one variant; ask for 1")
    brief = brief_of(uid, kind, data)
    parts = stream(brief)
    return (
        ("text", Bit(text=part)) if isinstance(part, str) else ("content", content_of(brief, [part])) for part in parts
    )


def brief_of(
    uid: str,
    kind: Kind,
    data: TopicInput,
    *,
    topic: str = "",
    given: tuple[tuple[str, tuple[str, ...]], ...] = (),
    facts: int = knowledge.MAX_FACTS,
) -> Brief:
    """What is to be written, with at most that many facts. `topic` stands in for one that the input lacks.

    Raises Invalid without any topic, NotFound for a persona, prospect or vault item that does not exist.
    """
    topic = data.topic or topic
    if not (topic or data.instructions.strip()):
        raise Invalid.at("topic", "give a topic, or instructions that name one")
    brief = Brief(
        kind=kind,
        topic=topic,
        instructions=data.instructions,
        given=given,
        persona=personas.get(uid, data.persona_id) if data.persona_id else personas.find_default(uid),
        prospect=prospects.get(uid, data.prospect_id) if data.prospect_id else None,
        tone=data.tone,
        variants=data.variants,
    )
    found = knowledge.gather(
        uid, knowledge.query_for(brief), vault_ids=data.vault_ids, search=data.use_knowledge, limit=facts
    )
    return brief.knowing(found.facts)


def content_of(brief: Brief, pieces: list[Piece]) -> Content:
    """The answer that holds the pieces of a brief."""
    return Content(
        kind=brief.kind,
        topic=topic_of(brief),
        generator=pieces[0].generator,
        best=best(pieces).variant,
        pieces=pieces,
        notes=_notes(brief, pieces[0].generator),
    )


def _notes(brief: Brief, generator: str) -> list[str]:
    notes = []
    if generator == LocalGenerator.name:
        notes.append("Written by the local generator from what is known; set LLM_API_KEY to have a model write it.")
        if brief.instructions:
            notes.append("The local generator takes the topic from the instructions and cannot follow the rest.")
    if not brief.knowledge:
        notes.append("Nothing in the vault or the insights was used: nothing was found, or nothing was looked for.")
    return notes
