"""The inputs and reports of the requests that score prospects or upload analyses."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainValidator

from shared.domains.content.audience_profile import AudienceProfile
from shared.domains.prospects.models import AnyId, AnyRow, FitScore
from shared.domains.prospects.rows import RowResult
from shared.kit.schema import Id, Input, Model, Text

MAX_SCORED = 100  # prospects per request: a language model takes seconds for each
LIKELIHOODS = {"high": 0.85, "medium": 0.55, "low": 0.25}


class ScoreInput(Input):
    prospect_ids: Annotated[list[AnyId], Field(min_length=1, max_length=MAX_SCORED)]
    audience_profile: AudienceProfile | None = None


class ProspectScore(Model):
    prospect_id: str
    fit_score: float
    referral_capacity: Literal["high", "medium", "low"]
    signal_strength: float
    best_outreach_angle: str
    scoring_reasoning: str
    cached_insights: dict[str, Any]


class ScoreReport(Model):
    scored_count: int
    prospects: list[ProspectScore]
    errors: list[str]
    rows: list[RowResult]


def _parse_likelihood(value: Any) -> str | float:
    """Parses a label, or a number from 0 to 1 or a percentage, which becomes a share."""
    label = str(value).strip().lower()
    if label in LIKELIHOODS:
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
    fit_likelihood: Annotated[str | float, PlainValidator(_parse_likelihood, json_schema_input_type=str | float)]
    suggested_outreach_angle: Text
    reasoning: Annotated[list[Text], BeforeValidator(_as_list), Field(max_length=20)] = []
    confidence_score: FitScore | None = None


class UploadedRow(Input):
    prospect_id: Id
    analysis: UploadedAnalysis


class UploadInput(Input):
    results: Annotated[list[AnyRow], Field(min_length=1, max_length=MAX_SCORED)]


class UploadReport(Model):
    uploaded_count: int
    total_count: int
    errors: list[str]
    rows: list[RowResult]
