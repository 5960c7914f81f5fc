"""When a message may leave: the contact's own night and weekend are quiet. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.domains.contacts.models import QuietHours

_SATURDAY = 5


def opens_at(hours: QuietHours | None, zone: str, now: datetime) -> datetime:
    """The first moment from `now` on that is not quiet, in UTC."""
    at = now
    while hours and (end := _quiet_until(hours, at.astimezone(ZoneInfo(zone)))):
        at = end.astimezone(UTC)
    return at


def next_day(zone: str, now: datetime) -> datetime:
    """When the next day begins there, in UTC."""
    return _at(now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1), time.min, zone)


def _quiet_until(hours: QuietHours, local: datetime) -> datetime | None:
    """When the quiet time ends that `local` is in; None outside of one."""
    zone = str(local.tzinfo)
    if hours.weekends and local.weekday() >= _SATURDAY:
        return _at(local.date() + timedelta(days=7 - local.weekday()), time.min, zone)
    start, end = time.fromisoformat(hours.start), time.fromisoformat(hours.end)
    clock = local.time()
    if start < end:
        return _at(local.date(), end, zone) if start <= clock < end else None
    if clock >= start:
        return _at(local.date() + timedelta(days=1), end, zone)
    return _at(local.date(), end, zone) if clock < end else None


def _at(day: date, clock: time, zone: str) -> datetime:
    """A local time in UTC; one that the change to summer time leaves out is the moment after the gap."""
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)
