"""The rules that hold for every message to a contact."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from shared.kit.schema import Input, TimeZone

MAX_PER_CONTACT = 50

HourMinute = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class QuietHours(Input):
    """Nothing leaves from `start` to `end` o'clock where the contact is; `start` may be later than `end`."""

    start: HourMinute = "20:00"
    end: HourMinute = "08:00"
    weekends: bool = False  # whether Saturday and Sunday are quiet as a whole

    @model_validator(mode="after")
    def _some_time_is_left(self) -> Self:
        if self.start == self.end:
            raise ValueError("start and end are the same, so nothing could ever leave; leave quiet_hours out instead")
        return self


class ContactPolicy(Input):
    """At most `max_per_contact` messages to one address in `per_days`, and `daily_quota` in all a day (UTC)."""

    max_per_contact: Annotated[int, Field(ge=1, le=MAX_PER_CONTACT)] = 3
    per_days: Annotated[int, Field(ge=1, le=365)] = 7
    daily_quota: Annotated[int, Field(ge=1, le=100_000)] = 200
    quiet_hours: QuietHours | None = None
    time_zone: TimeZone = "UTC"  # of contacts whose own is not known
