"""Sends overdue deliveries to the workers again; it never delivers one itself."""

from shared.domains.webhooks import overdue
from shared.runtime.workers import schedule_function

overdue_deliveries = schedule_function("overdue_deliveries", overdue.sweep)
