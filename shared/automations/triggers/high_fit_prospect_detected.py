"""Fires when a prospect's fit score rises to the threshold or above it."""

from math import isfinite

from shared.automations.triggers.base import Trigger, TriggerConfig
from shared.automations.triggers.past import changed
from shared.domains.prospects.models import FitScore
from shared.store.changes import Change


class Config(TriggerConfig):
    threshold: FitScore = 0.8


def _scores(change: Change) -> tuple[float, float]:
    """The scores before and after a change; 0 for none, or for a stored value that is no number."""
    before, after = (_number((fields or {}).get("fit_score")) for fields in (change.before, change.after))
    return before, after


def _number(value: object) -> float:
    return value if isinstance(value, int | float) and isfinite(value) else 0.0


def _rose(change: Change) -> bool:
    before, after = _scores(change)
    return before < after


def _crossed(change: Change, config: Config) -> bool:
    before, after = _scores(change)
    return before < config.threshold <= after


TRIGGER = Trigger(
    name="high_fit_prospect_detected",
    aliases=("high_fit",),
    title="A prospect turns out to fit well",
    config=Config,
    collection="prospects",
    concerns=_rose,
    fires=_crossed,
    past=changed("prospect", "prospect_id", "fit_score", created="New prospect"),
)
