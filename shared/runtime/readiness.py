"""Asks what the product depends on whether it answers: all at once, each within a short time, and not for every caller.

The result stands for some seconds, and one caller at a time has it made, so that asking makes no load.
"""

import threading
import time
from collections.abc import Callable, Mapping
from contextvars import copy_context

from shared import log
from shared.errors import AppError, FieldError, Misconfigured, Unavailable

SECONDS = 2.0  # that each check may take
KEPT_SECONDS = 5.0
_SLACK = 1.0  # until a check that does not keep to its time is given up

Check = Callable[[float], object]  # raises where what it asks does not answer within these seconds


class Readiness:
    """The checks by name, and their last result. Thread-safe."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = checks
        self._lock = threading.Lock()
        self._failures: dict[str, str] = {}
        self._until = 0.0

    def confirm(self) -> list[str]:
        """The names of the checks, all of which have passed. Raises Unavailable that names those that have not."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._failures = self._failed()
                self._until = time.monotonic() + KEPT_SECONDS
            failures = self._failures
        if failures:
            errors = [FieldError(name, sentence) for name, sentence in failures.items()]
            names = ", ".join(failures)
            raise Unavailable(f"Not ready: {names}. Try again.", errors=errors, retry_after=KEPT_SECONDS)
        return list(self._checks)

    def forget(self) -> None:
        """Have the next caller ask anew."""
        with self._lock:
            self._until = 0.0

    def _failed(self) -> dict[str, str]:
        """What has failed, with a sentence each that shows nothing of the inside; the log has the whole."""
        outcomes: dict[str, BaseException | None] = dict.fromkeys(self._checks, TimeoutError("it is still asked"))

        def ask(name: str, check: Check) -> None:
            try:
                check(SECONDS)
                outcomes[name] = None
            except Exception as error:
                outcomes[name] = error

        threads = [
            threading.Thread(target=copy_context().run, args=(ask, name, check), daemon=True)
            for name, check in self._checks.items()
        ]
        for thread in threads:
            thread.start()
        ends = time.monotonic() + SECONDS + _SLACK
        for thread in threads:
            thread.join(max(0.0, ends - time.monotonic()))
        failed = {name: error for name, error in dict(outcomes).items() if error is not None}
        for name, error in failed.items():
            log.warning(f"not ready: {name}", kind="check", check=name, reason=str(error.__cause__ or error))
        return {name: _sentence(error) for name, error in failed.items()}


def _sentence(error: BaseException) -> str:
    if isinstance(error, Misconfigured):
        return "is not set up"
    if isinstance(error, TimeoutError | Unavailable):
        return "does not answer"
    return "refuses what it is asked" if isinstance(error, AppError) else "cannot be asked"
