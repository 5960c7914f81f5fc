"""The material of a local text: the brief's own fields, each on a single line, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domains.content import job_titles, prospect_fit
from shared.domains.content.brief import Brief, Fact
from shared.domains.content.generators.local.language import Language, detect
from shared.domains.content.generators.local.reader import Background, Pain, find_background, own_pains
from shared.domains.content.phrasing import as_sentence, single_line
from shared.domains.content.prospect_fit import LineOfWork
from shared.kit import firm_names, personal_names
from shared.kit.terms import terms


@dataclass(frozen=True)
class Material:
    """The values that a local text may use; an unknown value is empty."""

    name: str
    company: str
    role: str
    assists: bool  # the role is an assistant's, a trainee's or the like
    topic: str
    focus: list[str]  # the persona's interests that match the prospect
    angles: list[str]  # subjects to talk about, the most specific first
    pains: list[str]
    own_pains: list[Pain]  # the prospect's own, as the reader can be told
    background: Background | None
    work: LineOfWork | None
    positioning: str
    uses: list[str]
    industries: list[str]
    facts: tuple[Fact, ...]

    def angle_for(self, variant: int) -> str:
        """The angle of the variant, each angle in turn; empty where there is none."""
        return self.angles[(variant - 1) % len(self.angles)] if self.angles else ""

    def facts_on_topic_first(self) -> list[Fact]:
        """The facts, those first that share a term with the topic."""
        wanted = set(terms(self.topic))
        return sorted(self.facts, key=lambda fact: not wanted & set(terms(fact.text)))


def collect_material(brief: Brief, language: Language = "english") -> Material:
    """Collects the values that a local text of this brief, in this language, may use."""
    prospect, persona = brief.prospect, brief.persona
    return Material(
        name=_person_name(prospect.name) if prospect else "",
        company=firm_names.spoken(prospect.company) if prospect else "",
        role=job_titles.spoken(prospect.job_title) if prospect else "",
        assists=prospect is not None and job_titles.is_subordinate(prospect.job_title),
        topic=brief.effective_topic,
        focus=prospect_fit.matching_focus(prospect, persona) if prospect else [],
        angles=_angles(brief, language),
        pains=_nonblank(prospect.pain_points) if prospect else [],
        own_pains=list(own_pains(prospect, language)) if prospect else [],
        background=find_background(prospect, language) if prospect else None,
        work=prospect_fit.line_of_work(prospect) if prospect else None,
        positioning=as_sentence(persona.user_positioning) if persona else "",
        uses=[single_line(use) for use in persona.use_cases[:3]] if persona else [],
        industries=[single_line(industry) for industry in persona.industry_focus[:2]] if persona else [],
        facts=brief.facts,
    )


def _person_name(name: str) -> str:
    """The name in the order in which it is spoken; empty for the name of a mailbox or a firm."""
    person = personal_names.parse(name)
    return single_line(person.full) if person else ""


def _nonblank(texts: Sequence[str]) -> list[str]:
    return [line for line in map(single_line, texts) if not personal_names.is_no_value(line)]


def _angles(brief: Brief, language: Language) -> list[str]:
    """The subjects to talk about: the topic, the angle of the prospect's analysis, the angle of the fit rules."""
    topic = brief.effective_topic
    if brief.prospect is None:
        return [topic] if topic else []
    analyzed = single_line(str(brief.prospect.analysis.get("suggested_outreach_angle") or ""))
    analyzed = analyzed if detect([analyzed]) in (None, language) else ""
    is_known = prospect_fit.line_of_work(brief.prospect) or firm_names.spoken(brief.prospect.company)
    by_rules = single_line(prospect_fit.suggest_angle(brief.prospect)) if is_known else ""
    return list(dict.fromkeys(filter(None, [topic, analyzed.rstrip("."), by_rules])))
