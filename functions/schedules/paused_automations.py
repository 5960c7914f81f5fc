"""Resumes automations whose pause ended with the day."""

from shared.automations.operations import pauses
from shared.runtime.workers import schedule_function

paused_automations = schedule_function("paused_automations", pauses.sweep)
