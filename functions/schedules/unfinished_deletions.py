"""Goes on with the deletion of accounts until it is verified that nothing is left."""

from shared.domains.account import deletion
from shared.runtime.workers import schedule_function

unfinished_deletions = schedule_function("unfinished_deletions", deletion.sweep)
