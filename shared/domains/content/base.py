"""What a generator of content does. One of them is local, so the product works without any key."""

from typing import Literal, Protocol

from pydantic import BaseModel, Field

from shared.domains.outreach.models import OutreachKind
from shared.domains.personas import Persona
from shared.domains.prospects.models import Prospect

# What a generator, or a person with a prompt, is told of a prospect and of a persona.
FACTS = {"name", "company", "job_title", "website", "linkedin", "tags", "summary", "analysis", "pain_points"}
VOICE = {"name", "outreach_tone", "industry_focus", "use_cases", "writing_style", "user_positioning", "brand_voice"}


class Analysis(BaseModel):
    """How well a prospect fits, and why; every sentence rests on a field of the prospect."""

    summary: str
    fit_score: float = Field(ge=0, le=1)
    fit_likelihood: Literal["high", "medium", "low"]
    suggested_outreach_angle: str
    reasoning: list[str]
    pain_points: list[str]


class Draft(BaseModel):
    subject: str = Field(min_length=1, max_length=200)
    body: str = Field(min_length=1, max_length=10_000)
    tone: str


class Generator(Protocol):
    name: str

    def analyze(self, prospect: Prospect, persona: Persona | None) -> Analysis: ...

    def draft(self, prospect: Prospect, persona: Persona | None, kind: OutreachKind, tone: str | None = None) -> Draft:
        """A message in the persona's voice, or in another tone. Raises AppError when the provider refuses."""
        ...
