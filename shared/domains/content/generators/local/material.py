"""What the local generator may say: the brief's own facts, one line each, and nothing else."""

import re
from dataclasses import dataclass

from shared.domains.content import prospect_fit
from shared.domains.content.brief import Brief, Fact
from shared.kit import personal_names
from shared.kit.terms import terms
from shared.kit.text import shortened

_ASKED = re.compile(
    r"^\s*(?:please\s+)?(?:write|draft|create|make|generate|compose|prepare)\b.{0,60}?\b(?:about|on|for|of)\s+",
    re.IGNORECASE,
)
_MAX_TOPIC = 120


@dataclass(frozen=True)
class Known:
    """One line each, empty where nothing is known."""

    name: str
    company: str
    role: str
    topic: str
    focus: list[str]  # what persona and prospect have in common
    angles: list[str]
    pains: list[str]
    positioning: str
    uses: list[str]
    fields: list[str]  # the persona's industries
    facts: tuple[Fact, ...]

    @property
    def work(self) -> str:
        """`as Principal at Lake School`, as far as it is known."""
        parts = [f" as {self.role}" if self.role else "", f" at {self.company}" if self.company else ""]
        return "".join(parts)


def of(brief: Brief) -> Known:
    prospect, persona = brief.prospect, brief.persona
    topic = topic_of(brief)
    return Known(
        name=_person(prospect.name) if prospect else "",
        company=_value(prospect.company) if prospect else "",
        role=_value(prospect.job_title) if prospect else "",
        topic=topic,
        focus=prospect_fit.focus_matches(prospect, persona) if prospect else [],
        angles=_angles(brief, topic),
        pains=[line(pain) for pain in prospect.pain_points if line(pain)] if prospect else [],
        positioning=sentence(persona.user_positioning) if persona else "",
        uses=[line(use) for use in persona.use_cases[:3]] if persona else [],
        fields=[line(field) for field in persona.industry_focus[:2]] if persona else [],
        facts=brief.knowledge,
    )


def _person(name: str) -> str:
    """In the order in which it is spoken; empty for a mailbox's or a firm's."""
    person = personal_names.parse(name)
    return line(person.full) if person else ""


def _value(text: str | None) -> str:
    return "" if personal_names.is_no_value(text) else line(text)


def line(text: str | None) -> str:
    """On one line, otherwise as it is."""
    return " ".join((text or "").split())


def sentence(text: str | None) -> str:
    """On one line, with an end."""
    said = line(text)
    return said if not said or said[-1] in ".!?…" else f"{said}."


def listed(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""


def topic_of(brief: Brief) -> str:
    """The topic; where only instructions are given, what they ask to write about."""
    asked = line(brief.topic) or _ASKED.sub("", line(brief.instructions)).split(". ")[0]
    return shortened(asked.rstrip("."), _MAX_TOPIC)


def quote(fact: Fact) -> str:
    """The fact in its own words, with where it stands."""
    return f"In {_place(fact)} I read: “{line(fact.text)}”"


def _place(fact: Fact) -> str:
    title = line(fact.source.title)
    return f"“{title}”" if title else "my research"


def _angles(brief: Brief, topic: str) -> list[str]:
    """What could be talked about, the most specific first."""
    if brief.prospect is None:
        return [topic] if topic else []
    advised = line(str(brief.prospect.analysis.get("suggested_outreach_angle") or ""))
    rules = line(prospect_fit.angle(brief.prospect, prospect_fit.field_of(brief.prospect)))
    return list(dict.fromkeys(filter(None, [topic, advised.rstrip("."), rules])))


def related(angle: str, facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """The facts, those first that share a word with the angle."""
    wanted = set(terms(angle))
    return tuple(sorted(facts, key=lambda fact: not wanted & set(terms(fact.text))))
