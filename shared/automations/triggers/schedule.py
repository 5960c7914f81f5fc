"""Fires at the times of a cron rule in a time zone."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from shared.automations.definitions.cron import GRACE, checked
from shared.automations.triggers.base import Trigger, TriggerConfig
from shared.kit.schema import TimeZone

Cron = Annotated[str, Field(max_length=100, examples=["0 8 * * MON"]), AfterValidator(checked)]


class Config(TriggerConfig):
    """`cron` in the wall time of `timezone`. Each minute the schedule is looked at. A time counts as missed if it is
    more than `grace_seconds` (60 to 86,400) late by then, or if a later one is due as well. `misfire` says what becomes
    of times that were missed: none of them (`skip`), one run for the latest (`run_once`), or a run for each of the
    latest hundred (`catch_up`)."""

    cron: Cron
    timezone: TimeZone = "UTC"
    misfire: Literal["skip", "run_once", "catch_up"] = "run_once"
    grace_seconds: Annotated[int, Field(ge=60, le=86_400)] = round(GRACE.total_seconds())


TRIGGER = Trigger(name="schedule", title="At certain times", config=Config)
