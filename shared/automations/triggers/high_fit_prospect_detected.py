"""A prospect's fit score rose to the threshold or above it."""

from shared.automations.triggers.base import Trigger, TriggerConfig
from shared.domains.changes import Change
from shared.domains.prospects.models import FitScore


class Config(TriggerConfig):
    threshold: FitScore = 0.8


def _crossed(change: Change, config: Config) -> bool:
    before = (change.before or {}).get("fit_score") or 0.0
    after = (change.after or {}).get("fit_score") or 0.0
    return bool(before < config.threshold <= after)


TRIGGER = Trigger(
    name="high_fit_prospect_detected",
    title="A prospect turns out to fit well",
    config=Config,
    collection="prospects",
    concerns=lambda change: not change.deleted and change.changed("fit_score"),
    fires=_crossed,
)
