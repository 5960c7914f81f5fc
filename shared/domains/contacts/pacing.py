"""When a message of an automation may leave: at a time of its own within the contact's working hours. Pure.

The time follows from the message's id, so that nothing has to be kept, and many messages that are ready at once do not
leave at once.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.domains.contacts import quiet
from shared.domains.contacts.models import ContactPolicy, Pacing, QuietHours, minutes
from shared.kit import days

FIRST_DAY = 20  # messages on the first day of a warm-up
GROWTH = 1.25  # from one day of a warm-up to the next
_SHORTEST = timedelta(minutes=30)  # of a day's rest: what is ready later leaves the next day
_SATURDAY = 5


def leaves_at(
    pacing: Pacing, zone: str, key: str, ready: datetime, now: datetime, quiet_hours: QuietHours | None = None
) -> datetime:
    """The time for a message that is ready since `ready`, at the earliest now, in UTC; `key` names the message."""
    day = now.astimezone(ZoneInfo(zone)).date()
    while True:
        opens, closes = _hours(pacing, zone, day)
        opens = quiet.opens_at(quiet_hours, zone, opens)  # else all of these hours' messages leave when the night ends
        begins = max(opens, ready)
        if (pacing.weekends or day.weekday() < _SATURDAY) and closes > now and closes - begins >= _SHORTEST:
            slot = begins + days.spread(f"{key} {day}", closes - begins)
            return max(slot, now)
        day += timedelta(days=1)


def quota_on(policy: ContactPolicy, day: date) -> int:
    """How many messages may leave on a day (UTC), in all."""
    if policy.warm_up_since is None:
        return policy.daily_quota
    since = (day - date.fromisoformat(policy.warm_up_since)).days
    if since < 0:
        return min(FIRST_DAY, policy.daily_quota)
    grown = FIRST_DAY * GROWTH ** min(since, 60)
    return min(int(grown), policy.daily_quota)


def _hours(pacing: Pacing, zone: str, day: date) -> tuple[datetime, datetime]:
    begins = days.begins(day, zone)
    opens, closes = (begins + timedelta(minutes=minutes(clock)) for clock in (pacing.start, pacing.end))
    return opens.astimezone(UTC), closes.astimezone(UTC)
