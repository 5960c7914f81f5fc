"""What a persona is, and what may be sent about one."""

from typing import Annotated, Any

from pydantic import Field

from shared.kit.schema import Also, Entity, Input, Metadata, Name, Tag, Tags, Text, Update
from shared.kit.whitespace import comma_separated

# Also as one text: "education, health".
Topics = Annotated[Tags, Also(comma_separated, {"type": "string", "maxLength": 60})]


class PersonaInput(Input):
    name: Name
    outreach_tone: Tag = "professional"
    industry_focus: Topics = []
    use_cases: Topics = []
    writing_style: Text = "clear and concise"
    user_positioning: Text = ""
    brand_voice: Text = ""
    metadata: Metadata = {}


class PersonaUpdate(Update):
    name: Name | None = None
    outreach_tone: Tag | None = None
    industry_focus: Topics | None = None
    use_cases: Topics | None = None
    writing_style: Text | None = None
    user_positioning: Text | None = None
    brand_voice: Text | None = None
    metadata: Metadata | None = None


class PersonaQuery(Input):
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: str | None = None


class Persona(Entity):
    name: str
    outreach_tone: str
    industry_focus: list[str]
    use_cases: list[str]
    writing_style: str
    user_positioning: str
    brand_voice: str
    metadata: dict[str, Any] = {}
    is_default: bool = False

    path_fields = Entity.path_fields | {"is_default"}
