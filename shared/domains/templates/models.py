"""What a template is, and what may be sent about one."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, computed_field

from shared.domains.content.brief import MAX_VARIANTS
from shared.domains.content.pieces import Piece
from shared.domains.content.scoring import Scores
from shared.kit import placeholders
from shared.kit.schema import Entity, Id, Input, Metadata, Model, Name, Tag, Tags, Text, Update
from shared.kit.text import shortened
from shared.kit.whitespace import VISIBLE

FILLED = "template"  # the generator of a text that is a filled template and nothing more
_PREVIEW = 200
Category = Literal["linkedin_post", "email", "linkedin_dm", "follow_up", "video", "twitter", "blog", "cold_email"]
Content = Annotated[str, StringConstraints(min_length=1, max_length=50_000, pattern=VISIBLE)]
Variables = Annotated[dict[Name, Text], Field(max_length=100)]
OtherId = Annotated[str, StringConstraints(max_length=128)]


class TemplateInput(Input):
    name: Name
    category: Category
    content: Content
    description: Text = ""
    tags: Tags = []
    metadata: Metadata = {}


class TemplateUpdate(Update):
    name: Name | None = None
    category: Category | None = None
    content: Content | None = None
    description: Text | None = None
    tags: Tags | None = None
    metadata: Metadata | None = None


class Template(Entity):
    name: str
    category: Category
    content: str
    description: str = ""
    tags: list[str] = []
    is_favorite: bool = False
    usage_count: int = 0
    linked_vault_ids: list[str] = Field([], exclude=True)
    metadata: dict[str, Any] = {}

    @computed_field  # type: ignore[prop-decorator]
    @property
    def title(self) -> str:
        return self.name

    @computed_field  # type: ignore[prop-decorator]
    @property
    def favorited(self) -> bool:
        return self.is_favorite

    @computed_field  # type: ignore[prop-decorator]
    @property
    def content_preview(self) -> str:
        return shortened(self.content, _PREVIEW)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def variables(self) -> list[str]:
        return placeholders.names(self.content)


class TemplateQuery(Input):
    category: Category | None = None
    is_favorite: bool | None = None
    tag: Tag | None = None
    search: Name | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: str | None = None


class TemplateUse(Input):
    """How to fill a template, and with `generate` how to finish it. An empty id means none, as an unset field does."""

    variables: Variables = {}
    persona_id: OtherId | None = None
    prospect_id: OtherId | None = None
    generate: bool = False
    variants: Annotated[int, Field(ge=1, le=MAX_VARIANTS)] = 1
    vault_ids: Annotated[list[Id], Field(max_length=10)] = []
    use_knowledge: bool = True


class UsedTemplate(Model):
    """Without `generate` the text is the filled template alone, and the generator is `template`."""

    generated_content: str
    template_id: str
    template_name: str
    missing_variables: list[str]
    generator: str = FILLED
    scores: Scores | None = None
    variants: list[Piece] = []
