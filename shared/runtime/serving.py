"""Ends the process in time: Cloud Run sends SIGTERM, and kills what is left ten seconds later.

The framework starts Gunicorn with its own options, so the settings that it leaves alone get other defaults here.
"""

import signal
from contextlib import suppress
from typing import Any

from shared.kit import shutdown

_GRACE = 7  # seconds that Gunicorn leaves requests under way; by itself 30, which Cloud Run does not wait for


def end_in_time() -> None:
    """Have Gunicorn, started later, end streams when it is asked to end, and give up other requests after `_GRACE`."""
    with suppress(ImportError):
        from gunicorn.config import GracefulTimeout, PostWorkerInit

        GracefulTimeout.default = _GRACE
        PostWorkerInit.default = staticmethod(_listen)


def _listen(worker: Any) -> None:
    """Begin the shutdown at SIGTERM, before Gunicorn's own handler, which is in place by now."""
    ends = signal.getsignal(signal.SIGTERM)

    def begin(number: int, frame: Any) -> None:
        shutdown.begin()
        if callable(ends):
            ends(number, frame)

    signal.signal(signal.SIGTERM, begin)
    signal.siginterrupt(signal.SIGTERM, False)  # as Gunicorn has it: no system call of a request breaks off
