"""A prospect's fit score rose to the threshold or above it."""

from shared.automations.triggers.base import Trigger, TriggerConfig
from shared.domains.changes import Change
from shared.domains.prospects.models import FitScore


class Config(TriggerConfig):
    threshold: FitScore = 0.8


def _scores(change: Change) -> tuple[float, float]:
    before, after = ((fields or {}).get("fit_score") or 0.0 for fields in (change.before, change.after))
    return before, after


def _rose(change: Change) -> bool:
    before, after = _scores(change)
    return before < after


def _crossed(change: Change, config: Config) -> bool:
    before, after = _scores(change)
    return before < config.threshold <= after


TRIGGER = Trigger(
    name="high_fit_prospect_detected",
    title="A prospect turns out to fit well",
    config=Config,
    collection="prospects",
    concerns=_rose,
    fires=_crossed,
)
