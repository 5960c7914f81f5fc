"""Scores prospects with the configured generator, and stores analyses that a person uploads."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, Literal

from shared.domains.content.analysis.models import (
    LIKELIHOODS,
    ProspectScore,
    ScoreInput,
    ScoreReport,
    UploadedAnalysis,
    UploadedRow,
    UploadInput,
    UploadReport,
)
from shared.domains.content.audience_profile import add_audience
from shared.domains.content.generators.base import Generator
from shared.domains.content.manual_prompts import AnalysisPrompt, build_analysis_prompt
from shared.domains.content.prospect_fit import Analysis
from shared.domains.content.service import configured_generator
from shared.domains.personas import service as personas
from shared.domains.personas.models import Persona
from shared.domains.prospects import bulk, rows
from shared.domains.prospects import service as prospects_service
from shared.domains.prospects.models import Prospect
from shared.domains.prospects.rows import Answers
from shared.errors import AppError
from shared.gcp.writes import Write

_WELL_CONNECTED = frozenset(["founder", "owner", "chief", "president", "ceo", "vp", "head", "director", "partner"])
_pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="analysis")


def build_prompt(uid: str, data: ScoreInput) -> AnalysisPrompt:
    """Builds the prompt that a person copies into a language model of their own: three reads."""
    answers = Answers(len(data.prospect_ids))
    prospects, unknown = rows.existing(uid, list(rows.places(data.prospect_ids, answers)))
    errors = [*answers.errors, *unknown.values()]
    return build_analysis_prompt(list(prospects.values()), personas.find_default(uid), data.audience_profile, errors)


def score_prospects(uid: str, data: ScoreInput) -> ScoreReport:
    """Analyzes the prospects and stores the analyses: three reads and a batch.

    A prospect that changed meanwhile keeps its fields and is reported. Raises AppError where the generator refuses
    every prospect.
    """
    answers = Answers(len(data.prospect_ids))
    indexes = rows.places(data.prospect_ids, answers)
    prospects, refusals = rows.existing(uid, list(indexes))
    persona = add_audience(uid, personas.find_default(uid), data.audience_profile)
    generator = configured_generator()
    outcomes = _analyze_each(generator, list(prospects.values()), persona)
    analyzed = [(prospect, analysis) for prospect, analysis in outcomes if isinstance(analysis, Analysis)]
    failures = {prospect.id: error for prospect, error in outcomes if isinstance(error, AppError)}
    if not analyzed:
        raise next(iter(failures.values()))
    refusals |= {id: f"{id}: {error.detail}" for id, error in failures.items()}
    refusals |= bulk.change_each(uid, [(p, changed_fields(p, analysis, generator.name)) for p, analysis in analyzed])
    scores = [_score(p, analysis, generator.name) for p, analysis in analyzed if p.id not in refusals]
    answers.settle(indexes, refusals)
    return ScoreReport(scored_count=len(scores), prospects=scores, errors=answers.errors, rows=answers.results())


def analyzer(uid: str, profile: dict[str, Any] | None) -> Callable[[str, Sequence[Write]], None]:
    """What analyzes one prospect after the other, by its id, with other writes in the commit that stores the analysis:
    two reads now, then a read and a commit each. A prospect that changes meanwhile is analyzed again.

    It raises NotFound, and AppError where the generator refuses.
    """
    persona = add_audience(uid, personas.find_default(uid), profile)
    generator = configured_generator()

    def analyze(id: str, beside: Sequence[Write]) -> None:
        def fields_of(current: Prospect) -> dict[str, Any]:
            return changed_fields(current, generator.analyze(current, persona), generator.name)

        prospects_service.change(uid, id, fields_of, beside=beside)

    return analyze


def upload_analyses(uid: str, data: UploadInput) -> UploadReport:
    """Stores the uploaded analyses, the first of each prospect: a read of all prospects and a batch."""
    answers = Answers(len(data.results))
    analyses: dict[str, UploadedAnalysis] = {}
    indexes: dict[str, list[int]] = {}
    for number, row in rows.checked(UploadedRow, data.results, "results", answers):
        if row.prospect_id in analyses:
            sentence = f"results.{number}.prospect_id: {row.prospect_id} has an analysis in an earlier row"
            answers.refuse(number, sentence, row.prospect_id)
        else:
            analyses[row.prospect_id] = row.analysis
            indexes[row.prospect_id] = [number]
    prospects, refusals = rows.existing(uid, list(analyses))
    refusals |= bulk.change_each(uid, [(p, _uploaded_fields(p, analyses[id])) for id, p in prospects.items()])
    answers.settle(indexes, refusals)
    return UploadReport(
        uploaded_count=len(analyses) - len(refusals),
        total_count=len(data.results),
        errors=answers.errors,
        rows=answers.results(),
    )


def changed_fields(prospect: Prospect, analysis: Analysis, generator: str) -> dict[str, Any]:
    """The fields of the prospect that an analysis changes, with their new values."""
    return {
        "analysis": {**analysis.model_dump(), "generator": generator},
        "fit_score": analysis.fit_score,
        "pain_points": analysis.pain_points,
        **_status(prospect),
        "last_action": "analyzed",
    }


def _analyze_each(
    generator: Generator, prospects: Sequence[Prospect], persona: Persona | None
) -> list[tuple[Prospect, Analysis | AppError]]:
    """Analyzes the prospects in parallel; each gets an analysis or the error of its refusal."""

    def analyze(prospect: Prospect) -> Analysis | AppError:
        try:
            return generator.analyze(prospect, persona)
        except AppError as error:
            return error

    futures = [_pool.submit(copy_context().run, analyze, prospect) for prospect in prospects]
    return [(prospect, future.result()) for prospect, future in zip(prospects, futures, strict=True)]


def _status(prospect: Prospect) -> dict[str, Any]:
    """The status `analyzed` for a new prospect; no change of any other, which may refuse to be contacted."""
    return {"status": "analyzed"} if prospect.status == "new" else {}


def _uploaded_fields(prospect: Prospect, uploaded: UploadedAnalysis) -> dict[str, Any]:
    likelihood = uploaded.fit_likelihood
    fit = likelihood if isinstance(likelihood, float) else LIKELIHOODS[likelihood]
    label = likelihood if isinstance(likelihood, str) else "high" if fit >= 0.7 else "medium" if fit >= 0.45 else "low"
    return {
        "analysis": {
            **uploaded.model_dump(exclude_none=True),
            "fit_likelihood": label,
            "fit_score": fit,
            "generator": "manual",
        },
        "fit_score": fit,
        **_status(prospect),
        "last_action": "analyzed",
    }


def _score(prospect: Prospect, analysis: Analysis, generator: str) -> ProspectScore:
    signals = [
        prospect.company,
        prospect.job_title,
        prospect.email,
        prospect.linkedin,
        prospect.website,
        prospect.summary or prospect.tags,
    ]
    return ProspectScore(
        prospect_id=prospect.id,
        fit_score=analysis.fit_score,
        referral_capacity=_referral_capacity(prospect),
        signal_strength=round(sum(map(bool, signals)) / len(signals), 2),
        best_outreach_angle=analysis.suggested_outreach_angle,
        scoring_reasoning=" ".join(analysis.reasoning),
        cached_insights={
            "summary": analysis.summary,
            "fit_likelihood": analysis.fit_likelihood,
            "pain_points": analysis.pain_points,
            "generator": generator,
        },
    )


def _referral_capacity(prospect: Prospect) -> Literal["high", "medium", "low"]:
    """The chance of referrals: high for a senior title with a LinkedIn profile, medium for either."""
    senior = any(word in _WELL_CONNECTED for word in (prospect.job_title or "").lower().replace(",", " ").split())
    return "high" if senior and prospect.linkedin else "medium" if senior or prospect.linkedin else "low"
