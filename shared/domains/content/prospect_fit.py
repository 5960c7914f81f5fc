"""Rules that judge how well a prospect fits the persona's offer: no network, no language model."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from shared.domains.content import job_titles
from shared.domains.content.job_titles import Seniority
from shared.domains.personas.models import Persona
from shared.domains.prospects.models import Prospect
from shared.kit import firm_names, personal_names
from shared.kit.patterns import lazy_pattern
from shared.kit.schema import Model

_WEIGHTS: dict[Seniority, float] = {
    "decides alone": 0.30,
    "holds a budget": 0.25,
    "influences the decision": 0.15,
}


class Analysis(Model):
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
        "finance",
        lazy_pattern(
            r"\b(financ\w+|cfo|controller|controlling|accountants?|accounting|accounts payable|procurement|buchhalt)"
        ),
        ("seeing costs before they land", "closing the books on time"),
        "costs that can be foreseen",
    ),
    LineOfWork(
        "people",
        lazy_pattern(r"\b(people|talent|recruit\w*|hr\b|human resources|personal(?:leit|abteil|wesen)\w*)"),
        ("filling roles in time", "keeping good people"),
        "shorter time to hire",
    ),
    LineOfWork(
        "marketing",
        lazy_pattern(r"\b(marketing|brand|content|communications(?! engineer)|demand gen)"),
        ("showing which activity brings pipeline", "producing relevant content often enough"),
        "turning attention into conversations",
    ),
    LineOfWork(
        "sales",
        lazy_pattern(
            r"\b(sales\b|revenue|business development|account (?:exec|manag|direct|rep)|key account|growth|vertrieb)"
        ),
        ("finding enough qualified conversations", "keeping follow-ups from slipping"),
        "more first conversations from the same effort",
    ),
    LineOfWork(
        "technology",
        lazy_pattern(r"\b(engineer|technology|technical|cto\b|it\b|data|software|developer|information|entwickl)"),
        ("maintaining too many tools", "keeping delivery predictable"),
        "less upkeep for the same outcome",
    ),
    LineOfWork(
        "education",
        lazy_pattern(
            r"\b(superintendent|teacher|school|education|curriculum|dean\b|learning|academic|admissions|schul)"
        ),
        ("reaching every family and learner with few staff", "proving outcomes to funders"),
        "reaching more learners without more staff",
    ),
    LineOfWork(
        "operations",
        lazy_pattern(r"\b(operations|coo\b|supply|logistics|project|program)"),
        ("hand-offs that get lost", "processes that do not scale"),
        "fewer hand-offs that get lost",
    ),
)
_LEADERSHIP = LineOfWork(
    "leadership",
    lazy_pattern(r"\b(founder|owner|ceo|president|chief|director|head)"),
    ("too many priorities at once", "growth that depends on a few people"),
    "growth that does not depend on a few people",
)
_SCHOOL = lazy_pattern(
    r"school|academy|college|education|elementary|university|district|gymnasium|lycée|colegio|schule"
)
_PRIVATE_MAIL = lazy_pattern(r"@(gmail|yahoo|hotmail|outlook|icloud|aol|gmx|proton)\.")


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
    """The first line of work that matches the prospect's job title or tags.

    A principal is in education where the company or a tag says so: there are principals of firms, too.
    """
    title = job_titles.deciding(prospect.job_title)
    text = ", ".join([title, *prospect.tags]).lower()
    if re.search(r"\bprincipal\b", title) and _SCHOOL.search(f"{text} {prospect.company or ''}".lower()):
        text = f"education {text}"
    if work := next((work for work in _LINES_OF_WORK if work.pattern.search(text)), None):
        return work
    leads = job_titles.seniority(prospect.job_title) in ("decides alone", "holds a budget")
    return _LEADERSHIP if leads and _LEADERSHIP.pattern.search(text) else None


def suggest_angle(prospect: Prospect) -> str:
    """The subject to talk about: that of the prospect's line of work, else one that suits any company."""
    if work := line_of_work(prospect):
        return work.angle
    company = firm_names.spoken(prospect.company)
    return f"where {company} wants to go next" if company else "what matters to you this quarter"


def _reasons(prospect: Prospect, persona: Persona | None) -> Iterator[tuple[float, str]]:
    """Each reason for the fit, with its weight in the score."""
    company, title = firm_names.spoken(prospect.company), job_titles.spoken(prospect.job_title)
    if level := job_titles.seniority(prospect.job_title):
        yield _WEIGHTS[level], f"“{title or prospect.job_title}” usually {level}."
    if matches := matching_focus(prospect, persona):
        yield 0.25, f"Matches the persona's focus on {', '.join(matches)}."
    if company:
        yield 0.08, f"Works at {company}, so the message can be specific."
    if prospect.email:
        private = _PRIVATE_MAIL.search(prospect.email)
        yield ((0.02, "Can be reached, though at a private address.") if private else (0.1, "Can be reached at work."))
    if prospect.linkedin:
        yield 0.05, "Has a LinkedIn profile to refer to."


def _stems(text: str) -> set[str]:
    """The first six letters of each word of four or more, so that `education` matches `educational`."""
    return {word[:6] for word in re.findall(r"\w{4,}", text.lower())}


def _name_and_role(prospect: Prospect) -> str:
    role = ", ".join(filter(None, [job_titles.spoken(prospect.job_title), firm_names.spoken(prospect.company)]))
    name = personal_names.full_name(prospect.name)
    return f"{name} ({role})" if role else name
