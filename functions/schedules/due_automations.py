"""Starts the automations whose time has come."""

from shared.automations import due
from shared.runtime.workers import schedule_function

due_automations = schedule_function("due_automations", due.sweep)
