"""The protocol of a generator, and the draft that a generator writes."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from shared.domains.content.brief import Brief, Source
from shared.domains.content.prospect_fit import Analysis
from shared.domains.personas.models import Persona
from shared.domains.prospects.models import Prospect
from shared.kit.schema import Model


class Draft(Model):
    """A text as a generator writes it; `sources` are those of the facts that the text uses."""

    text: str
    subject: str | None = None
    hashtags: list[str] = []
    sources: list[Source] = []


class Generator(Protocol):
    """A generator raises AppError when its provider refuses; no other generator stands in then."""

    name: str

    def analyze(self, prospect: Prospect, persona: Persona | None) -> Analysis:
        """Judges how well the prospect fits the persona's offer."""

    def write(self, brief: Brief) -> list[Draft]:
        """Writes as many drafts as the brief wants variants, no two alike."""

    def stream(self, brief: Brief) -> Iterator[str | Draft]:
        """Yields the first variant's words as they are written, then the whole draft; raises a refusal at once."""

    def summarize(self, texts: Sequence[str], sentences: int) -> list[str]:
        """Summarizes the texts in at most `sentences` sentences."""
