"""Compares the counts of each user with the documents, a collection a night, and mends what is off."""

from shared.domains.analytics import repair
from shared.runtime.workers import schedule_function

rollups_check = schedule_function("rollups_check", repair.sweep)
