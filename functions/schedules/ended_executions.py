"""Removes runs that ended long ago, with their records."""

from shared.automations.operations import retention
from shared.runtime.workers import schedule_function

ended_executions = schedule_function("ended_executions", retention.sweep)
