"""Playbooks: as the library publishes them, as a user sees and has used them, and a user's runs."""

from datetime import UTC, datetime
from inspect import cleandoc
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, computed_field

from shared.domains.content.brief import Source
from shared.kit import placeholders
from shared.kit.schema import BlankIsNone, Entity, Id, Input, Metadata, Model, Name, Part, Trimmed
from shared.kit.whitespace import VISIBLE

PUBLISHED = datetime(2026, 1, 1, tzinfo=UTC)


class Prompt(Part):
    model_config = ConfigDict(frozen=True)

    id: str
    title: str
    prompt: Annotated[str, AfterValidator(cleandoc)]


class LibraryPlaybook(Part):
    """A playbook of the library, equal for all users."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    description: str
    category: str
    icon: str
    tags: tuple[str, ...]
    prompts: tuple[Prompt, ...]
    created_at: datetime = PUBLISHED
    updated_at: datetime = PUBLISHED


class PlaybookUse(Entity):
    """A user's favourite mark and use count of a playbook.

    A merge that counts a use may create the document, so every field has a default.
    """

    created_at: datetime = PUBLISHED
    updated_at: datetime = PUBLISHED
    is_favorite: bool = False
    usage_count: int = 0


class Playbook(Entity):
    """A library playbook with a user's favourite mark and use count; built for answers, never stored."""

    name: str
    description: str
    category: str
    icon: str
    tags: tuple[str, ...]
    prompts: tuple[Prompt, ...]
    is_favorite: bool = False
    usage_count: int = 0
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
    def variables(self) -> list[str]:
        """The placeholders of all prompts, `input` among them."""
        return placeholders.names_in_braces("\n".join(prompt.prompt for prompt in self.prompts))


class PlaybookQuery(Input):
    is_favorite: bool | None = None
    category: Name | None = None
    search: Name | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: str | None = None


class PlaybookInput(Input):
    """What to work on. A line `name: value`, or a string in the metadata, fills the placeholder of that name.

    Persona and prospect fill what is left open; `use_knowledge` looks in the vault and the insights for more.
    """

    input: Annotated[str, StringConstraints(min_length=1, max_length=5_000, pattern=VISIBLE), Trimmed]
    metadata: Metadata = {}
    persona_id: Annotated[Id | None, BlankIsNone] = None
    prospect_id: Annotated[Id | None, BlankIsNone] = None
    vault_ids: Annotated[list[Id], Field(max_length=10)] = []
    use_knowledge: bool = False


class PlaybookRun(Entity):
    playbook_id: str
    playbook_name: str
    input: str
    output: str
    generator: str
    complete: bool = True  # false where a language model refused a later step; the output says why
    missing_variables: list[str] = []
    sources: list[Source] = []
    persona_id: str | None = None
    prospect_id: str | None = None
    metadata: dict[str, Any] = {}

    @computed_field  # type: ignore[prop-decorator]
    @property
    def executed_at(self) -> datetime:
        return self.created_at


class RunAnswer(Model):
    execution_id: str
    output: str
    playbook_id: str
    playbook_name: str
    generator: str
    complete: bool
    missing_variables: list[str]
    sources: list[Source]


class RunsQuery(Input):
    limit: Annotated[int, Field(ge=1, le=500)] = 50
    cursor: str | None = None
