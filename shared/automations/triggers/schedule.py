"""Its time has come, by a rule in a time zone."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from shared.automations import schedule
from shared.automations.triggers.base import Trigger, TriggerConfig
from shared.kit.schema import TimeZone

Cron = Annotated[str, Field(max_length=100, examples=["0 8 * * MON"]), AfterValidator(schedule.checked)]


class Config(TriggerConfig):
    """`cron` in the wall time of `timezone`. `misfire` says what becomes of times that were missed: none of them,
    one run for the latest, or a run for each."""

    cron: Cron
    timezone: TimeZone = "UTC"
    misfire: Literal["skip", "run_once", "catch_up"] = "run_once"


TRIGGER = Trigger(name="schedule", title="At certain times", config=Config)
