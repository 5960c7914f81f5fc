"""Analyses of prospects: scored by the generator, or brought back by a person from a model of their own."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, PlainValidator

from shared.domains import personas
from shared.domains.content import audience_profile, manual_prompts
from shared.domains.content.audience_profile import AudienceProfile
from shared.domains.content.manual_prompts import AnalysisPrompt
from shared.domains.content.prospect_fit import Analysis
from shared.domains.content.service import configured_generator
from shared.domains.prospects import bulk, rows
from shared.domains.prospects.models import AnyId, AnyRow, FitScore, Prospect
from shared.domains.prospects.rows import Answers, RowResult
from shared.errors import AppError
from shared.kit.schema import Id, Input, Text

MAX_SCORED = 100  # of one request: a language model takes seconds each
_LIKELIHOODS = {"high": 0.85, "medium": 0.55, "low": 0.25}
_parallel = ThreadPoolExecutor(max_workers=8, thread_name_prefix="analysis")


class ScoreInput(Input):
    prospect_ids: Annotated[list[AnyId], Field(min_length=1, max_length=MAX_SCORED)]
    audience_profile: AudienceProfile | None = None


class ProspectScore(BaseModel):
    prospect_id: str
    fit_score: float
    referral_capacity: Literal["high", "medium", "low"]
    signal_strength: float
    best_outreach_angle: str
    scoring_reasoning: str
    cached_insights: dict[str, Any]


class ScoreReport(BaseModel):
    scored_count: int
    prospects: list[ProspectScore]
    errors: list[str]
    rows: list[RowResult]


def _likelihood(value: Any) -> str | float:
    """A word, or a number from 0 to 1 or to 100."""
    label = str(value).strip().lower()
    if label in _LIKELIHOODS:
        return label
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1.0
    number = number / 100 if 1 < number <= 100 else number
    if not 0 <= number <= 1:
        raise ValueError("must be high, medium, low, or a number from 0 to 1 or a percentage")
    return number


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class UploadedAnalysis(Input):
    summary: Text
    fit_likelihood: Annotated[str | float, PlainValidator(_likelihood, json_schema_input_type=str | float)]
    suggested_outreach_angle: Text
    reasoning: Annotated[list[Text], BeforeValidator(_as_list), Field(max_length=20)] = []
    confidence_score: FitScore | None = None


class UploadedRow(Input):
    prospect_id: Id
    analysis: UploadedAnalysis


class UploadInput(Input):
    results: Annotated[list[AnyRow], Field(min_length=1, max_length=MAX_SCORED)]


class UploadReport(BaseModel):
    uploaded_count: int
    total_count: int
    errors: list[str]
    rows: list[RowResult]


def prompt(uid: str, data: ScoreInput) -> AnalysisPrompt:
    """Three reads: the prospects at once, the pointer, the default persona."""
    answers = Answers(len(data.prospect_ids))
    found, unknown = rows.existing(uid, list(rows.places(data.prospect_ids, answers)))
    errors = [*answers.errors, *unknown.values()]
    return manual_prompts.build_analysis_prompt(
        list(found.values()), personas.find_default(uid), data.audience_profile, errors
    )


def score(uid: str, data: ScoreInput) -> ScoreReport:
    """Three reads and one batch. A prospect that changed meanwhile is left as it is and named."""
    answers = Answers(len(data.prospect_ids))
    indexes = rows.places(data.prospect_ids, answers)
    found, refusals = rows.existing(uid, list(indexes))
    persona = audience_profile.add_audience(uid, personas.find_default(uid), data.audience_profile)
    author = configured_generator()

    def analyze(prospect: Prospect) -> Analysis | AppError:
        try:
            return author.analyze(prospect, persona)
        except AppError as error:
            return error

    prospects = list(found.values())
    waiting = [_parallel.submit(copy_context().run, analyze, prospect) for prospect in prospects]
    outcomes = [(prospect, future.result()) for prospect, future in zip(prospects, waiting, strict=True)]
    good = [(prospect, analysis) for prospect, analysis in outcomes if isinstance(analysis, Analysis)]
    failures = {prospect.id: error for prospect, error in outcomes if isinstance(error, AppError)}
    if not good:
        raise next(iter(failures.values()))
    refusals |= {id: f"{id}: {error.detail}" for id, error in failures.items()}
    refusals |= bulk.change_each(uid, [(p, fields(p, analysis, author.name)) for p, analysis in good])
    scores = [_score(p, analysis, author.name) for p, analysis in good if p.id not in refusals]
    answers.settle(indexes, refusals)
    return ScoreReport(scored_count=len(scores), prospects=scores, errors=answers.errors, rows=answers.results())


def upload(uid: str, data: UploadInput) -> UploadReport:
    """One read of all and one batch."""
    answers = Answers(len(data.results))
    good = rows.checked(UploadedRow, data.results, "results", answers)
    by_id: dict[str, UploadedAnalysis] = {}
    indexes: dict[str, list[int]] = {}
    for number, row in good:
        if row.prospect_id in by_id:
            sentence = f"results.{number}.prospect_id: {row.prospect_id} has an analysis in an earlier row"
            answers.refuse(number, sentence, row.prospect_id)
        else:
            by_id[row.prospect_id] = row.analysis
            indexes[row.prospect_id] = [number]
    found, refusals = rows.existing(uid, list(by_id))
    refusals |= bulk.change_each(uid, [(p, _uploaded_fields(p, by_id[id])) for id, p in found.items()])
    answers.settle(indexes, refusals)
    return UploadReport(
        uploaded_count=len(by_id) - len(refusals),
        total_count=len(data.results),
        errors=answers.errors,
        rows=answers.results(),
    )


def fields(prospect: Prospect, analysis: Analysis, author: str) -> dict[str, Any]:
    """What an analysis changes in its prospect."""
    return {
        "analysis": {**analysis.model_dump(), "generator": author},
        "fit_score": analysis.fit_score,
        "pain_points": analysis.pain_points,
        **_status(prospect),
        "last_action": "analyzed",
    }


def _status(prospect: Prospect) -> dict[str, Any]:
    """Only a change is written: a status that says no stays as it is, with what belongs to it."""
    return {"status": "analyzed"} if prospect.status == "new" else {}


def _uploaded_fields(prospect: Prospect, given: UploadedAnalysis) -> dict[str, Any]:
    likelihood = given.fit_likelihood
    fit = likelihood if isinstance(likelihood, float) else _LIKELIHOODS[likelihood]
    label = likelihood if isinstance(likelihood, str) else "high" if fit >= 0.7 else "medium" if fit >= 0.45 else "low"
    return {
        "analysis": {
            **given.model_dump(exclude_none=True),
            "fit_likelihood": label,
            "fit_score": fit,
            "generator": "manual",
        },
        "fit_score": fit,
        **_status(prospect),
        "last_action": "analyzed",
    }


def _score(prospect: Prospect, analysis: Analysis, author: str) -> ProspectScore:
    known = [
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
        signal_strength=round(sum(map(bool, known)) / len(known), 2),
        best_outreach_angle=analysis.suggested_outreach_angle,
        scoring_reasoning=" ".join(analysis.reasoning),
        cached_insights={
            "summary": analysis.summary,
            "fit_likelihood": analysis.fit_likelihood,
            "pain_points": analysis.pain_points,
            "generator": author,
        },
    )


_WELL_CONNECTED = frozenset(["founder", "owner", "chief", "president", "ceo", "vp", "head", "director", "partner"])


def _referral_capacity(prospect: Prospect) -> Literal["high", "medium", "low"]:
    """How many others this person could lead to: by rank, and by a network we know of."""
    senior = any(word in _WELL_CONNECTED for word in (prospect.job_title or "").lower().replace(",", " ").split())
    return "high" if senior and prospect.linkedin else "medium" if senior or prospect.linkedin else "low"
