"""Prospects, personas and facts to write about."""

from typing import Any

from shared.domains.content.brief import Fact, Source
from shared.domains.personas.models import Persona
from shared.domains.prospects.models import Prospect
from shared.kit import clock


def prospect(**fields: Any) -> Prospect:
    now = clock.now()
    return Prospect(id="p", user_id="u", created_at=now, updated_at=now, **({"name": "Ann Lee"} | fields))


def persona(**fields: Any) -> Persona:
    now = clock.now()
    defaults: dict[str, Any] = {
        "name": "Nora",
        "outreach_tone": "friendly",
        "industry_focus": ["education"],
        "use_cases": [],
        "writing_style": "clear",
        "user_positioning": "We help schools",
        "brand_voice": "",
    }
    return Persona(id="n", user_id="u", created_at=now, updated_at=now, **(defaults | fields))


def fact(text: str, title: str = "Tutor survey", id: str = "v1") -> Fact:
    return Fact(text=text, passage=text, source=Source(kind="vault", id=id, title=title))
