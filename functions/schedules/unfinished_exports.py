"""Goes on with exports of accounts that a request has left unfinished."""

from shared.domains.account import export
from shared.runtime.workers import schedule_function

unfinished_exports = schedule_function("unfinished_exports", export.sweep)
