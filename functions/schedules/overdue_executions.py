"""Sends overdue executions to the runners again; it never runs one itself."""

from shared.automations import sweeper
from shared.runtime.workers import schedule_function

overdue_executions = schedule_function("overdue_executions", sweeper.sweep)
