"""Writes a product requirements document from the fields that describe the product."""

from pydantic import ConfigDict

from shared.domains.content.brief import Section
from shared.domains.content.requests.models import Content, Lines, Topic, TopicInput, required_text
from shared.domains.content.requests.service import build_brief, build_content
from shared.domains.content.service import write_pieces
from shared.kit.schema import Text

_FIRST_VERSION = 3  # the number of features in the first version


class PrdInput(TopicInput):
    """A topic or instructions; or the product itself: its name, what it is, for whom, and what it does.

    `include_user_stories` asks for a story per user and feature, `include_mvp_scope` for a first version.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [{"anyOf": [required_text(name) for name in ("topic", "instructions", "product_name")]}]
        }
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


def write_product_requirements(uid: str, data: PrdInput) -> Prd:
    """Writes the document. Raises as `requests.service.build_brief`, and AppError when the provider refuses."""
    brief = build_brief(uid, "prd", data, fallback_topic=data.product_name, sections=_sections(data))
    content = build_content(brief, write_pieces(brief))
    return Prd(**dict(content), prd_content=content.best_piece().text)


def _sections(data: PrdInput) -> list[Section]:
    """The sections that the input fills, under the headings of the outline."""
    features = data.key_features
    stories = [f"- As {_with_article(user)}, I need: {feature}" for user in data.target_users for feature in features]
    included = [f"- In: {feature}" for feature in features[:_FIRST_VERSION]]
    postponed = [f"- Later: {feature}" for feature in features[_FIRST_VERSION:]]
    sections = {
        "Problem": [data.product_description] if data.product_description.strip() else [],
        "Users": [f"- {user}" for user in data.target_users],
        "Requirements": [f"{number}. {feature}" for number, feature in enumerate(features, start=1)],
        "User stories": stories if data.include_user_stories else [],
        "First version": included + postponed if data.include_mvp_scope else [],
    }
    return [Section(heading, tuple(lines)) for heading, lines in sections.items() if lines]


def _with_article(user: str) -> str:
    """The user with an article: `a teacher`, `an analyst`; a plural such as `teachers` gets none."""
    if user.lower().endswith("s") or user.lower().startswith(("a ", "an ", "the ")):
        return user
    return f"an {user}" if user[0].lower() in "aeiou" else f"a {user}"
