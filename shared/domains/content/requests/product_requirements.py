"""A product requirements document, from what its author knows of the product."""

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from shared.domains.content.requests import service as requests
from shared.domains.content.requests.service import Content, Topic, TopicInput, needed
from shared.domains.content.service import write
from shared.kit.schema import OneLine, Text
from shared.kit.whitespace import VISIBLE

Line = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=VISIBLE), OneLine]
Lines = Annotated[list[Line], Field(max_length=50)]
_FIRST = 3  # features that a first version begins with


class PrdInput(TopicInput):
    """A topic or instructions; or the product itself: its name, what it is, for whom, and what it does.

    `include_user_stories` asks for a story per user and feature, `include_mvp_scope` for a first version.
    """

    model_config = ConfigDict(
        json_schema_extra={"allOf": [{"anyOf": [needed("topic"), needed("instructions"), needed("product_name")]}]}
    )

    product_name: Topic = ""
    product_description: Text = ""
    target_users: Lines = []
    key_features: Lines = []
    include_mvp_scope: bool = False
    include_user_stories: bool = False


class Prd(Content):
    """`prd_content` is the best piece, in Markdown."""

    prd_content: str


def generate(uid: str, data: PrdInput) -> Prd:
    """Write the document. Raises as `requests.generate`; stores nothing."""
    brief = requests.brief_of(uid, "prd", data, topic=data.product_name, given=_sections(data))
    content = requests.content_of(brief, write(brief))
    best = next(piece for piece in content.pieces if piece.variant == content.best)
    return Prd(**dict(content), prd_content=best.text)


def _sections(data: PrdInput) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What the author has given, under the headings of the outline."""
    features = data.key_features
    stories = [f"- As {_with_article(user)}, I need: {feature}" for user in data.target_users for feature in features]
    scope = [f"- In: {feature}" for feature in features[:_FIRST]] + [f"- Later: {one}" for one in features[_FIRST:]]
    sections = {
        "Problem": [data.product_description] if data.product_description.strip() else [],
        "Users": [f"- {user}" for user in data.target_users],
        "Requirements": [f"{number}. {feature}" for number, feature in enumerate(features, start=1)],
        "User stories": stories if data.include_user_stories else [],
        "First version": scope if data.include_mvp_scope else [],
    }
    return tuple((heading, tuple(lines)) for heading, lines in sections.items() if lines)


def _with_article(user: str) -> str:
    """A plural needs no article: "teachers"; "a teacher", "an analyst"."""
    if user.lower().endswith("s") or user.lower().startswith(("a ", "an ", "the ")):
        return user
    return f"an {user}" if user[0].lower() in "aeiou" else f"a {user}"
