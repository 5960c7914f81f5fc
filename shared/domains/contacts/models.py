"""The rules that hold for every message to a contact."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from shared.kit.schema import Date, Input, TimeZone

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


class Pacing(Input):
    """What automations send is spread over these hours where the contact is, each message at a time of its own."""

    start: HourMinute = "09:00"
    end: HourMinute = "17:00"
    weekends: bool = False  # whether anything leaves on Saturday and Sunday

    @model_validator(mode="after")
    def _lasts_an_hour(self) -> Self:
        if minutes(self.end) - minutes(self.start) < 60:
            raise ValueError("the hours from start to end are at least one, on one day")
        return self


class ContactPolicy(Input):
    """At most `max_per_contact` messages to one address in `per_days`, and `daily_quota` in all a day (UTC).

    From `warm_up_since` on the quota begins with 20 a day and grows by a quarter each day. Where more than
    `max_bounce_rate` of the messages of two days bounced, or more than `max_complaint_rate` were reported as spam,
    nothing is sent for a day.
    """

    max_per_contact: Annotated[int, Field(ge=1, le=MAX_PER_CONTACT)] = 3
    per_days: Annotated[int, Field(ge=1, le=365)] = 7
    daily_quota: Annotated[int, Field(ge=1, le=100_000)] = 200
    quiet_hours: QuietHours | None = None
    time_zone: TimeZone = "UTC"  # of contacts whose own is not known
    pacing: Pacing | None = None
    warm_up_since: Date | None = None
    max_bounce_rate: Annotated[float, Field(gt=0, le=1)] = 0.1
    max_complaint_rate: Annotated[float, Field(gt=0, le=1)] = 0.005
    count_opens: bool = False  # whether opens and clicks are kept

    @model_validator(mode="after")
    def _automations_have_an_hour(self) -> Self:
        if self.pacing and self.quiet_hours and _awake(self.pacing, self.quiet_hours) < 60:
            raise ValueError("the hours of pacing that are not quiet hours are at least one; else nothing could leave")
        return self


class SendingPause(Input):
    """Why nothing is sent until a time; neither where sending is not paused."""

    until: datetime | None = None
    reason: str = ""
    judged_from: Date | None = None  # earlier days have led to a pause already


def _awake(pacing: Pacing, quiet: QuietHours) -> int:
    """How many minutes of a day's pacing are not quiet."""
    begins, ends = minutes(quiet.start), minutes(quiet.end)
    hours = range(minutes(pacing.start), minutes(pacing.end))
    if begins < ends:
        return sum(not begins <= minute < ends for minute in hours)
    return sum(ends <= minute < begins for minute in hours)


def minutes(clock: str) -> int:
    """The minutes from midnight to a time of day."""
    return 60 * int(clock[:2]) + int(clock[3:])
