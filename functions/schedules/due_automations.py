"""Starts the automations whose time has come."""

from shared.automations.starts import schedules
from shared.runtime.workers import schedule_function

due_automations = schedule_function("due_automations", schedules.sweep)
