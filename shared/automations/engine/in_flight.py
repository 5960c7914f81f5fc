"""The outside effect that a runner has in flight, which no document tells of yet."""

from dataclasses import dataclass

from shared.automations.actions.base import Effect
from shared.automations.engine.step import Attempted


@dataclass(frozen=True)
class Claiming:
    """An outside effect whose claim is in the commit under way. If that is refused, nothing was claimed."""

    tried: Attempted
    effect: Effect


@dataclass(frozen=True)
class Claimed:
    """An outside effect whose claim is stored: this runner alone may perform it, before its lease ends."""

    tried: Attempted
    effect: Effect


@dataclass(frozen=True)
class Performed:
    """An outside effect that was performed: this runner alone knows the outcome, and has to record it."""

    tried: Attempted
    effect: Effect


InFlight = Claiming | Claimed | Performed
