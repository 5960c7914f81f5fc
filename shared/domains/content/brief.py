"""The brief of a text: its kind, topic, reader, writer's persona, and the facts that the text may use."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

from shared.domains.content.phrasing import single_line
from shared.domains.personas.models import Persona
from shared.domains.prospects.models import Prospect
from shared.kit.patterns import lazy_pattern
from shared.kit.personal_names import is_no_value
from shared.kit.schema import Part
from shared.kit.text import shortened

MAX_VARIANTS = 5
_MAX_TOPIC = 120
# The fields of a prospect and of a persona that a language model gets to see.
_PROSPECT_FIELDS = {"name", "company", "job_title", "website", "linkedin", "tags", "summary", "analysis", "pain_points"}
_PERSONA_FIELDS = {
    "name",
    "outreach_tone",
    "industry_focus",
    "use_cases",
    "writing_style",
    "user_positioning",
    "brand_voice",
}
_REQUEST_TO_WRITE = lazy_pattern(
    r"^\s*(?:please\s+)?(?:write|draft|create|make|generate|compose|prepare)\b.{0,60}?\b(?:about|on|for|of)\s+",
    re.IGNORECASE,
)

Purpose = Literal["initial", "follow_up"]
Kind = Literal[
    "email",
    "cold_email",
    "follow_up",
    "linkedin_dm",
    "linkedin_post",
    "twitter",
    "blog",
    "video",
    "research",
    "micro_tool",
    "prd",
]


class Source(Part):
    """The origin of a fact: an item of the vault, or an insight of a research task."""

    kind: Literal["vault", "insight"]
    id: str
    title: str


@dataclass(frozen=True)
class Fact:
    """A sentence that a text may quote, the passage that contains the sentence, and their source."""

    text: str
    passage: str
    source: Source

    @property
    def quotation(self) -> str:
        """The fact in its own words, with the title of its source."""
        title = single_line(self.source.title)
        return f"In {f'“{title}”' if title else 'my research'} I read: “{single_line(self.text)}”"


@dataclass(frozen=True)
class Section:
    """A section that the user wrote for a document: the outline's heading and the lines under the heading."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Brief:
    """The order for one text, in one or more variants.

    `topic` names the subject; `instructions` say how to write, which only a language model can follow.
    `template_text` is a filled template: the text to write is then this template, completed.
    """

    kind: Kind
    topic: str = ""
    instructions: str = ""
    template_text: str = ""
    sections: tuple[Section, ...] = ()
    persona: Persona | None = None
    prospect: Prospect | None = None
    facts: tuple[Fact, ...] = ()
    purpose: Purpose = "initial"
    tone: str | None = None
    variants: int = 1

    @property
    def effective_tone(self) -> str:
        """The tone to write in: the requested one, else the persona's, else professional."""
        return (self.tone or (self.persona.outreach_tone if self.persona else "professional")).strip().lower()

    @property
    def effective_topic(self) -> str:
        """The topic, at most 120 characters; without a topic, the subject that the instructions ask to write about."""
        subject = _REQUEST_TO_WRITE.sub("", single_line(self.instructions)).split(". ")[0]
        return shortened((single_line(self.topic) or subject).rstrip("."), _MAX_TOPIC)

    def with_facts(self, facts: Sequence[Fact]) -> Self:
        """A copy of this brief with these facts."""
        return replace(self, facts=tuple(facts))


def visible_prospect(prospect: Prospect) -> dict[str, Any]:
    """The prospect's fields that a language model gets to see, without empty ones and such as `N/A`."""
    fields = prospect.model_dump(mode="json", include=_PROSPECT_FIELDS, exclude_none=True)
    return {name: value for name, value in fields.items() if not isinstance(value, str) or not is_no_value(value)}


def visible_persona(persona: Persona) -> dict[str, Any]:
    """The persona's fields that a language model gets to see."""
    return persona.model_dump(mode="json", include=_PERSONA_FIELDS)
