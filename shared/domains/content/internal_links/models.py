"""The request for internal links, and the suggested links."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from shared.kit.schema import Input, LongText, Model, Name, OneLine, Url


def _nonempty(name: str) -> dict[str, Any]:
    return {"required": [name], "properties": {name: {"type": "string", "minLength": 1}}}


class Page(Input):
    title: Name
    url: Url


class LinkingInput(Input):
    """Links for one `text`, or between the articles of a website (`website_url`); one of the two is needed.

    For a text, `pages` are what may be linked to; without them, what the vault holds on its subject. Of a website,
    `num_articles` pages are read, from `section_path` on, at most `depth` links away.
    """

    model_config = ConfigDict(json_schema_extra={"allOf": [{"anyOf": [_nonempty("text"), _nonempty("website_url")]}]})

    text: LongText = ""
    pages: Annotated[list[Page], Field(max_length=200)] = []
    max_links: Annotated[int, Field(ge=1, le=50)] = 10
    website_url: Url = ""
    section_path: Annotated[str, StringConstraints(max_length=500), OneLine] = ""
    num_articles: Annotated[int, Field(ge=1, le=50)] = 10
    depth: Annotated[int, Field(ge=0, le=3)] = 2


class Link(Model):
    """`anchor` stands in `sentence` as it is; `coverage` is the share of the title's telling words in it."""

    anchor: str
    sentence: str
    title: str
    url: str
    coverage: float


class Opportunity(Model):
    """A link that an article could have: `anchor_text` stands in its sentence `context`."""

    source_article: str
    source_url: str | None
    target_article: str
    target_url: str
    anchor_text: str
    context: str
    relevance: float


class Linking(Model):
    """`considered` pages could be linked to; `notes` name pages of a website that were not read, and why."""

    links: list[Link]
    considered: int
    opportunities: list[Opportunity]
    total_opportunities: int
    notes: list[str]
