"""What is asked of the content service, and what a generator does. One of them is local, so no key is needed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal, Protocol, Self

from pydantic import BaseModel, Field

from shared.domains.personas import Persona
from shared.domains.prospects.models import Prospect
from shared.kit.schema import Part

# What a generator, or a person with a prompt, is told of a prospect and of a persona.
FACTS = {"name", "company", "job_title", "website", "linkedin", "tags", "summary", "analysis", "pain_points"}
VOICE = {"name", "outreach_tone", "industry_focus", "use_cases", "writing_style", "user_positioning", "brand_voice"}
MAX_VARIANTS = 5

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
Unit = Annotated[float, Field(ge=0, le=1)]


class Analysis(BaseModel):
    """How well a prospect fits, and why; every sentence rests on a field of the prospect."""

    summary: str
    fit_score: Unit
    fit_likelihood: Literal["high", "medium", "low"]
    suggested_outreach_angle: str
    reasoning: list[str]
    pain_points: list[str]


class Source(Part):
    """Where a text has a fact from: an item of the vault, or an insight of a research task."""

    kind: Literal["vault", "insight"]
    id: str
    title: str


@dataclass(frozen=True)
class Fact:
    """A sentence that may be quoted, and the passage that it stands in."""

    text: str
    passage: str
    source: Source


@dataclass(frozen=True)
class Brief:
    """What is to be written, for whom, in whose voice, and resting on what.

    `topic` is what it is about; `instructions` say how, which only a language model can follow.
    `text` is a filled template: the piece is this text, finished. `given` are sections of a document that the user
    has filled: their headings with their lines.
    """

    kind: Kind
    topic: str = ""
    instructions: str = ""
    text: str = ""
    given: tuple[tuple[str, tuple[str, ...]], ...] = ()
    persona: Persona | None = None
    prospect: Prospect | None = None
    knowledge: tuple[Fact, ...] = ()
    purpose: Purpose = "initial"
    tone: str | None = None
    variants: int = 1

    @property
    def voice(self) -> str:
        """The tone to write in: the one asked for, else the persona's."""
        return (self.tone or (self.persona.outreach_tone if self.persona else "professional")).strip().lower()

    def knowing(self, facts: tuple[Fact, ...]) -> Self:
        """The same brief, with what was found."""
        return replace(self, knowledge=facts)


class Draft(BaseModel):
    """One text as a generator writes it; `sources` are those of the facts that it uses."""

    text: str
    subject: str | None = None
    hashtags: list[str] = []
    sources: list[Source] = []


class Score(Part):
    value: Unit
    reason: str


class Scores(Part):
    """How far the text rests on what is known, and how well it suits its channel."""

    personalisation: Score
    length: Score
    readability: Score


class Piece(Draft):
    """A finished text: which variant it is, who wrote it, and how it scores."""

    variant: int
    tone: str
    generator: str
    scores: Scores


class Generator(Protocol):
    """Raises AppError when its provider refuses; no other generator steps in then."""

    name: str

    def analyze(self, prospect: Prospect, persona: Persona | None) -> Analysis: ...

    def write(self, brief: Brief) -> list[Draft]:
        """As many drafts as the brief wants variants, no two alike."""

    def stream(self, brief: Brief) -> Iterator[str | Draft]:
        """The first variant bit by bit, for someone who watches; then, once, the whole. A refusal comes at once."""

    def summarize(self, texts: Sequence[str], sentences: int) -> list[str]:
        """What the texts say, in at most that many sentences."""
