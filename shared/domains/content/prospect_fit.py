"""Rules that judge how well a prospect fits the persona's offer: no network, no language model."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from shared.domains.personas.models import Persona
from shared.domains.prospects.models import Prospect

_SENIORITY = (
    (re.compile(r"\b(founder|owner|ceo|cto|coo|cfo|cmo|cro|chief|president)\b"), 0.30, "decides alone"),
    (re.compile(r"\b(vp|vice president|head|director|principal|superintendent|dean)\b"), 0.25, "holds a budget"),
    (re.compile(r"\b(manager|lead|senior)\b"), 0.15, "influences the decision"),
)


class Analysis(BaseModel):
    """The fit of a prospect and the reasons for it; every sentence rests on a field of the prospect."""

    summary: str
    fit_score: Annotated[float, Field(ge=0, le=1)]
    fit_likelihood: Literal["high", "medium", "low"]
    suggested_outreach_angle: str
    reasoning: list[str]
    pain_points: list[str]


@dataclass(frozen=True)
class LineOfWork:
    """A line of work: the pattern of its job titles, its common pain points, and the angle of a message to it."""

    name: str
    pattern: re.Pattern[str]
    pains: tuple[str, str]
    angle: str


_LINES_OF_WORK = (
    LineOfWork(
        "sales",
        re.compile(r"\b(sales|revenue|business development|account|growth)"),
        ("finding enough qualified conversations", "keeping follow-ups from slipping"),
        "more first conversations from the same effort",
    ),
    LineOfWork(
        "marketing",
        re.compile(r"\b(marketing|brand|content|communications|demand)"),
        ("showing which activity brings pipeline", "producing relevant content often enough"),
        "turning attention into conversations",
    ),
    LineOfWork(
        "technology",
        re.compile(r"\b(engineer|technology|technical|cto|it\b|data|software|developer|information)"),
        ("maintaining too many tools", "keeping delivery predictable"),
        "less upkeep for the same outcome",
    ),
    LineOfWork(
        "education",
        re.compile(
            r"\b(principal|superintendent|teacher|school|education|curriculum|dean|learning|academic|admissions)"
        ),
        ("reaching every family and learner with few staff", "proving outcomes to funders"),
        "reaching more learners without more staff",
    ),
    LineOfWork(
        "people",
        re.compile(r"\b(people|talent|recruit|hr\b|human resources)"),
        ("filling roles in time", "keeping good people"),
        "shorter time to hire",
    ),
    LineOfWork(
        "finance",
        re.compile(r"\b(finance|cfo|controller|account(ant|ing)|procurement)"),
        ("seeing costs before they land", "closing the books on time"),
        "costs that can be foreseen",
    ),
    LineOfWork(
        "operations",
        re.compile(r"\b(operations|coo|supply|logistics|project|program)"),
        ("hand-offs that get lost", "processes that do not scale"),
        "fewer hand-offs that get lost",
    ),
)
_LEADERSHIP = LineOfWork(
    "leadership",
    re.compile(r"\b(founder|owner|ceo|president|chief|director|head)"),
    ("too many priorities at once", "growth that depends on a few people"),
    "growth that does not depend on a few people",
)
_PRIVATE_MAIL = re.compile(r"@(gmail|yahoo|hotmail|outlook|icloud|aol|gmx|proton)\.")


def analyze(prospect: Prospect, persona: Persona | None) -> Analysis:
    """Scores the prospect: 0.25, and what each of its filled fields adds."""
    reasons = list(_reasons(prospect, persona))
    score = round(min(1.0, max(0.0, 0.25 + sum(weight for weight, _ in reasons))), 2)
    likelihood: Literal["high", "medium", "low"] = "high" if score >= 0.7 else "medium" if score >= 0.45 else "low"
    work = line_of_work(prospect)
    return Analysis(
        summary=f"{_name_and_role(prospect)}: a {likelihood} fit at {round(100 * score)} %.",
        fit_score=score,
        fit_likelihood=likelihood,
        suggested_outreach_angle=suggest_angle(prospect),
        reasoning=[reason for _, reason in reasons] or ["Nothing but a name is known, so the score is the base value."],
        pain_points=[f"Common in {work.name} roles: {pain}" for pain in work.pains] if work else [],
    )


def matching_focus(prospect: Prospect, persona: Persona | None) -> list[str]:
    """The persona's industries and use cases that share a word stem with the prospect's fields."""
    if persona is None:
        return []
    stems = _stems(" ".join(filter(None, [prospect.company, prospect.job_title, prospect.summary, *prospect.tags])))
    return [focus for focus in [*persona.industry_focus, *persona.use_cases] if _stems(focus) & stems]


def line_of_work(prospect: Prospect) -> LineOfWork | None:
    """The first line of work that matches the prospect's job title or tags."""
    text = " ".join(filter(None, [prospect.job_title, *prospect.tags])).lower()
    return next((work for work in (*_LINES_OF_WORK, _LEADERSHIP) if work.pattern.search(text)), None)


def suggest_angle(prospect: Prospect) -> str:
    """The subject to talk about: that of the prospect's line of work, else one that suits any company."""
    if work := line_of_work(prospect):
        return work.angle
    return f"where {prospect.company} wants to go next" if prospect.company else "what matters to you this quarter"


def _reasons(prospect: Prospect, persona: Persona | None) -> Iterator[tuple[float, str]]:
    """Each reason for the fit, with its weight in the score."""
    title = (prospect.job_title or "").lower()
    for pattern, weight, meaning in _SENIORITY:
        if pattern.search(title):
            yield weight, f"“{prospect.job_title}” usually {meaning}."
            break
    if matches := matching_focus(prospect, persona):
        yield 0.25, f"Matches the persona's focus on {', '.join(matches)}."
    if prospect.company:
        yield 0.08, f"Works at {prospect.company}, so the message can be specific."
    if prospect.email:
        private = _PRIVATE_MAIL.search(prospect.email)
        yield ((0.02, "Can be reached, though at a private address.") if private else (0.1, "Can be reached at work."))
    if prospect.linkedin:
        yield 0.05, "Has a LinkedIn profile to refer to."


def _stems(text: str) -> set[str]:
    """The first six letters of each word of four or more, so that `education` matches `educational`."""
    return {word[:6] for word in re.findall(r"\w{4,}", text.lower())}


def _name_and_role(prospect: Prospect) -> str:
    role = ", ".join(filter(None, [prospect.job_title, prospect.company]))
    return f"{prospect.name} ({role})" if role else prospect.name
