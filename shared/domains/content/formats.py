"""The forms that a text can have, and the length at which each reads best."""

from dataclasses import dataclass
from typing import Literal

from shared.domains.content.brief import Kind


@dataclass(frozen=True)
class Form:
    """`low` to `high` of the unit is the length to aim at."""

    title: str
    family: Literal["message", "post", "document"]
    low: int
    high: int
    unit: Literal["words", "characters"] = "words"
    has_subject: bool = False

    def length(self, text: str) -> int:
        return len(text) if self.unit == "characters" else len(text.split())

    @property
    def target(self) -> str:
        return f"{self.low} to {self.high:,} {self.unit}"


FORMS: dict[Kind, Form] = {
    "email": Form("an email", "message", 60, 180, has_subject=True),
    "cold_email": Form("a first email to a stranger", "message", 50, 150, has_subject=True),
    "follow_up": Form("a follow-up email", "message", 40, 140, has_subject=True),
    "linkedin_dm": Form("a LinkedIn message", "message", 20, 80),
    "linkedin_post": Form("a LinkedIn post", "post", 40, 250),
    "twitter": Form("a short post", "post", 40, 280, "characters"),
    "blog": Form("a blog article", "document", 300, 2_000),
    "video": Form("a video script", "document", 80, 400),
    "research": Form("a research brief", "document", 80, 800),
    "micro_tool": Form("the description of a small tool", "document", 80, 1_200),
    "prd": Form("a product requirements document", "document", 150, 2_500),
}
