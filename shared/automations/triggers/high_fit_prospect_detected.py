"""A prospect's fit score rose to the threshold or above it."""

from typing import Annotated

from pydantic import Field

from shared.automations.triggers.base import Trigger, TriggerConfig
from shared.domains.changes import Change


class Config(TriggerConfig):
    threshold: Annotated[float, Field(ge=0, le=1)] = 0.8


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
