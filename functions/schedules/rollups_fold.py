"""Folds the counts of yesterday into those of their month."""

from shared.domains.analytics import folding
from shared.runtime.workers import schedule_function

rollups_fold = schedule_function("rollups_fold", folding.sweep)
