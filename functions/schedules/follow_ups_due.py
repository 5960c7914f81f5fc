"""Announces follow-ups whose day has come; their document events start the automations."""

from shared.domains import calendar
from shared.runtime.workers import schedule_function


def announce() -> dict[str, int]:
    return {"announced": calendar.announce_due(limit=500)}


follow_ups_due = schedule_function("follow_ups_due", announce)
