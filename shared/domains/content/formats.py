"""The format of each kind of text: its family, the length at which it reads best, and whether it has a subject."""

from dataclasses import dataclass
from typing import Literal

from shared.domains.content.brief import Kind


@dataclass(frozen=True)
class Format:
    """The recommended length is `low` to `high` units."""

    title: str
    family: Literal["message", "post", "document"]
    low: int
    high: int
    unit: Literal["words", "characters"] = "words"
    has_subject: bool = False

    def measure(self, text: str) -> int:
        """The length of the text in the format's unit."""
        return len(text) if self.unit == "characters" else len(text.split())

    @property
    def target_length(self) -> str:
        """The recommended length in words, such as `60 to 180 words`."""
        return f"{self.low} to {self.high:,} {self.unit}"


FORMATS: dict[Kind, Format] = {
    "email": Format("an email", "message", 60, 180, has_subject=True),
    "cold_email": Format("a first email to a stranger", "message", 50, 150, has_subject=True),
    "follow_up": Format("a follow-up email", "message", 40, 140, has_subject=True),
    "linkedin_dm": Format("a LinkedIn message", "message", 20, 80),
    "linkedin_post": Format("a LinkedIn post", "post", 40, 250),
    "twitter": Format("a short post", "post", 40, 280, "characters"),
    "blog": Format("a blog article", "document", 300, 2_000),
    "video": Format("a video script", "document", 80, 400),
    "research": Format("a research brief", "document", 80, 800),
    "micro_tool": Format("the description of a small tool", "document", 80, 1_200),
    "prd": Format("a product requirements document", "document", 150, 2_500),
}
