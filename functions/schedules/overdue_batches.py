"""Sends lanes of batch jobs to the workers again that nobody has served in time."""

from shared.batch import overdue
from shared.runtime.workers import schedule_function

overdue_batches = schedule_function("overdue_batches", overdue.sweep)
