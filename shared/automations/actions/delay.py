"""Wait, at no cost, for some seconds or until a time."""

from datetime import timedelta
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, model_validator

from shared.automations.actions.action import Action
from shared.automations.actions.base import Done, Outcome, StepContext, Wait
from shared.kit import clock
from shared.kit.schema import Input, Instant


def _one(given: str, empty: str) -> dict[str, Any]:
    return {"required": [given], "properties": {given: {"not": {"type": "null"}}, empty: {"type": "null"}}}


class Config(Input):
    model_config = ConfigDict(json_schema_extra={"oneOf": [_one("seconds", "until"), _one("until", "seconds")]})

    seconds: Annotated[float, Field(ge=0, le=366 * 86_400)] | None = None
    until: Instant | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.seconds is None) == (self.until is None):
            raise ValueError("give either seconds or until")
        return self


def run(context: StepContext, config: Config) -> Outcome:
    now = clock.now()
    until = config.until or now + timedelta(seconds=config.seconds or 0)
    if until <= now:
        return Done("Nothing to wait for.")
    return Wait(until, f"Waits until {until:%Y-%m-%d %H:%M:%S} UTC.")


ACTION = Action(name="delay", title="Wait", config=Config, run=run, light=True, short_form={"seconds": 86_400})
