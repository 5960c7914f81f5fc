"""Reports to users what their calls used and what failed in them.

The runtime knows no domain: `functions/__init__.py` names the module that keeps the reports.
"""

from collections.abc import Sequence
from typing import Protocol

from shared import log
from shared.context import Context
from shared.errors import AppError
from shared.kit.undelivered import Undelivered
from shared.meter import Mishap, Usage
from shared.runtime import accounts
from shared.store.changes import Change


class Reporter(Protocol):
    """Keeps reports for the user whom they concern. Each call costs one commit at most, and raises AppError where the
    store refuses it."""

    def record_usage(self, uid: str, used: Sequence[Usage], failed: Sequence[Mishap], /) -> None:
        """What providers did for the user, and which of their calls went badly."""

    def report_request(self, uid: str, request: str, /, *, status: int, milliseconds: float, request_id: str) -> None:
        """A request (method and path) that was answered, well or not."""

    def report_refusal(self, change: Change, function: str, handler: str, error: AppError, /) -> None:
        """A document event that a handler of a function has refused for good. It may be reported again."""

    def keep_dead_letter(self, letter: Undelivered, /) -> None:
        """A message or task that was given up. It may be reported again."""


_reporter: Reporter | None = None


def settle(call: Context) -> None:
    """Store what a call took of providers, and report their failures to its user: one commit if there is any.

    Every adapter calls it at a call's end. It never raises: the answer matters more than its accounting.
    """
    meter = call.meter
    if not meter.usage and not meter.mishaps:
        return
    if call.principal is None or call.principal.uid == "anonymous":
        log.warning("usage of no user", function=call.function, usage=[str(used) for used in meter.usage])
        return
    try:
        if accounts.is_closed(call.principal.uid):
            return
        reporter().record_usage(call.principal.uid, meter.usage, meter.mishaps)
        meter.clear()
    except Exception as error:
        log.error("usage could not be recorded", exception=error, usage=[str(used) for used in meter.usage])


def use(reporter: Reporter) -> None:
    """Have the process report to it."""
    global _reporter
    _reporter = reporter


def reporter() -> Reporter:
    """Raises RuntimeError where none was named."""
    if _reporter is None:
        raise RuntimeError("no reporter was named; import functions before any function is called")
    return _reporter
