"""Sends overdue deliveries to the workers again; it never delivers one itself."""

import shared.automations.triggers  # noqa: F401 -- declares the documents in which webhooks are listed
from shared.domains.webhooks import overdue
from shared.runtime.workers import schedule_function

overdue_deliveries = schedule_function("overdue_deliveries", overdue.sweep)
