"""The input and the answer that all requests for a text share."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from shared.domains.content.brief import MAX_VARIANTS, Kind
from shared.domains.content.pieces import Piece
from shared.kit.schema import BlankIsNone, Id, Input, Model, OneLine, Text
from shared.kit.whitespace import VISIBLE

Topic = Annotated[str, StringConstraints(max_length=500), OneLine]
Tone = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=VISIBLE), OneLine]
Line = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=VISIBLE), OneLine]
Lines = Annotated[list[Line], Field(max_length=50)]


def required_text(name: str) -> dict[str, Any]:
    """The JSON schema of an object that has the named field, and not blank."""
    return {"required": [name], "properties": {name: {"type": "string", "pattern": r"\S"}}}


class TopicInput(Input):
    """What to write about (`topic`) and how (`instructions`, for a language model); one of them is needed."""

    # Within allOf, so that generated clients join the forms with the fields.
    model_config = ConfigDict(
        json_schema_extra={"allOf": [{"anyOf": [required_text("topic"), required_text("instructions")]}]}
    )

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


class Content(Model):
    """`best` is the variant with the highest overall score; `notes` tell a reader how the text was written."""

    kind: Kind
    topic: str
    generator: str
    best: int
    pieces: list[Piece]
    notes: list[str]

    def best_piece(self) -> Piece:
        """The piece with the highest overall score."""
        return next(piece for piece in self.pieces if piece.variant == self.best)


class TextChunk(Model):
    """The next words of a text that the generator is writing."""

    text: str
