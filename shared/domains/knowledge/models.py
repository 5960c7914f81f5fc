"""A question to the knowledge vault, and what answers it."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from shared.kit.schema import Input, Model, Trimmed
from shared.kit.whitespace import VISIBLE

QuestionText = Annotated[str, StringConstraints(min_length=1, max_length=2_000, pattern=VISIBLE), Trimmed]


class Question(Input):
    """What a user asks the vault."""

    query: QuestionText
    top_k: Annotated[int, Field(ge=1, le=50)] = 5


class KnowledgeSearch(Input):
    """A question in the form that the knowledge page sends."""

    search_query: QuestionText
    top_k: Annotated[int, Field(ge=1, le=50)] = 5


class Passage(Model):
    source_id: str
    chunk_index: int
    chunk: str
    similarity_score: float
    metadata: dict[str, Any]


class Results(Model):
    query: str
    results: list[Passage]


class AnswerSource(Model):
    id: str
    score: float
    data: dict[str, Any]


class Answer(Model):
    answer: str
    sources: list[AnswerSource]
