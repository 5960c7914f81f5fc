"""Days of the calendar as people have them: each zone's own, whatever its clocks do. Pure but for the time of day."""

from datetime import UTC, date, datetime, time, timedelta
from zlib import crc32
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LATEST = timedelta(hours=12)  # after midnight UTC a day has begun everywhere: in the last zone, UTC-12


def today(zone: str, now: datetime) -> date:
    """The date in a zone; in UTC where the zone is unknown."""
    return now.astimezone(_zone(zone)).date()


def begins(day: date, zone: str, at: time = time.min) -> datetime:
    """When a day begins in a zone, or it is a time of that day, in UTC. Where the clocks leave it out, after the gap;
    where they have it twice, the first time."""
    return datetime.combine(day, at, _zone(zone)).astimezone(UTC)


def local(at: datetime, zone: str) -> datetime:
    """A moment by the clock of a zone."""
    return at.astimezone(_zone(zone))


def spread(id: str, over: timedelta) -> timedelta:
    """A wait below `over` in whole seconds, always the same for an id, so that not all of a day is due at once."""
    return timedelta(seconds=crc32(id.encode()) % int(over.total_seconds()))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
