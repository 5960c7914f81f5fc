"""Announces follow-ups whose day has come; their document events start the automations."""

from shared.domains import calendar
from shared.runtime.workers import schedule_function

follow_ups_due = schedule_function("follow_ups_due", calendar.announce_due)
