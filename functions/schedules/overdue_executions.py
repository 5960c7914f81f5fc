"""Sends overdue executions to the runners again; it never runs one itself."""

from shared.automations.operations import overdue
from shared.runtime.workers import schedule_function

overdue_executions = schedule_function("overdue_executions", overdue.sweep)
