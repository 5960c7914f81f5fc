"""What may be asked of the search, and what it answers."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from shared.kit.schema import Input, Model, OneLine
from shared.kit.whitespace import comma_separated
from shared.search.kinds import KINDS
from shared.search.period import Period
from shared.search.results import How
from shared.search.text import fields, syntax

Mode = Literal["auto", "text", "semantic", "hybrid"]
MAX_LISTED = 50  # values of a filter
MAX_HITS = 50


def values(text: str | None) -> list[str]:
    """The values of a comma list, each once."""
    return list(dict.fromkeys(comma_separated(text or "")))


def _comma_list(text: str) -> str:
    if len(values(text)) > MAX_LISTED:
        raise ValueError(f"at most {MAX_LISTED} values, separated by commas")
    return text


def _known_kinds(text: str) -> str:
    if unknown := [name for name in values(text) if name not in KINDS]:
        raise ValueError(f"there is no kind {unknown[0]!r}; the kinds are {', '.join(KINDS)}")
    return text


CommaList = Annotated[str, StringConstraints(max_length=4_000), AfterValidator(_comma_list)]
Kinds = Annotated[CommaList, AfterValidator(_known_kinds)]


class SearchFilters(Period):
    """What is searched, beside the words. Of several values of a filter, any one is enough."""

    kinds: Kinds | None = Field(None, description=f"Of {', '.join(KINDS)}; separated by commas.")
    tags: CommaList | None = Field(None, description="Separated by commas.")
    status: CommaList | None = Field(None, description="Separated by commas; a log entry's is its level.")


class SearchQuery(SearchFilters):
    """`q` may be left out: then all that the filters leave is listed, the newest first."""

    q: Annotated[
        str,
        StringConstraints(max_length=syntax.MAX_LENGTH),
        Field(
            description='Words; "a phrase"; -not; field:word, where field is one of '
            f"{', '.join(fields.FIELDS)}; kind:, tag: and status: filter. The last word may be unfinished."
        ),
    ] = ""
    mode: Mode = Field("auto", description="auto: hybrid where the words say enough to have a meaning, else text.")
    limit: Annotated[int, Field(ge=1, le=MAX_HITS)] = 20
    cursor: str | None = None


class SavedRun(Input):
    limit: Annotated[int, Field(ge=1, le=MAX_HITS)] = 20
    cursor: str | None = None


class Count(Model):
    count: int


class Excerpt(Model):
    """`spans` are [start, end) in characters (Unicode code points) of `text`, where the words of the query stand. The
    text is plain: it is data, and to be escaped."""

    text: str
    spans: list[tuple[int, int]]


class WordMatch(Model):
    """Why a hit was found: a word or phrase of the query (null: its meaning), how the hit has it, as which words and in
    which fields."""

    word: str | None
    how: How
    words: list[str]
    fields: list[str]


class SearchHit(Model):
    """`part` is the number of the passage that matched best, 0 where the document is one. `at` is when it was made."""

    kind: str
    id: str
    part: int
    title: str
    snippet: Excerpt
    score: float
    matched: list[WordMatch]
    link: str | None
    status: str | None
    tags: list[str]
    at: datetime


class Facets(Model):
    """How many of all matching documents are of each kind, and have each tag and status; the most frequent first."""

    kinds: dict[str, int]
    tags: dict[str, int]
    status: dict[str, int]


class SearchAnswer(Model):
    """`mode` is the one that was used: text in place of hybrid where the embedding model did not answer."""

    hits: list[SearchHit]
    facets: Facets
    total: int
    next_cursor: str | None
    suggestions: list[str]
    ignored: list[str]
    mode: Literal["text", "semantic", "hybrid"]


SynonymWord = Annotated[str, StringConstraints(min_length=1, max_length=60), OneLine]


class SynonymsInput(Input):
    """Of a word, or of several in a row, the words that count as the same where it is looked for. It works one way:
    for both, name each with the other."""

    synonyms: Annotated[
        dict[SynonymWord, Annotated[list[SynonymWord], Field(min_length=1, max_length=10)]], Field(max_length=200)
    ]


class Synonyms(Model):
    """A user's synonyms, as they were sent."""

    synonyms: dict[str, list[str]]
