"""Kills the functions process every few seconds, as a machine failure would."""

import random
import threading
import time
import urllib.request
from typing import Self

from infra.local.stack import Stack

_EVERY = (2.0, 5.0)  # seconds
_AT_LEAST = (0.5, 2.0)  # seconds that it lives once it answers, or on a slow machine it would never get on


class Killer:
    """Kills the stack's functions process while its block runs; `kills` counts."""

    def __init__(self, stack: Stack) -> None:
        self.kills = 0
        self._stack = stack
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="killer", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._over.wait(random.uniform(*_EVERY)):  # noqa: S311
            if not self._answers_at_once():
                self._over.wait(random.uniform(*_AT_LEAST))  # noqa: S311
            self._stack.kill()
            self.kills += 1

    def _answers_at_once(self) -> bool:
        """Wait until the process answers; returns whether it was up already."""
        started = time.monotonic()
        while not self._over.is_set():
            try:
                with urllib.request.urlopen(f"{self._stack.url}/api/health", timeout=60):  # noqa: S310
                    return time.monotonic() - started < _AT_LEAST[0]
            except OSError:
                continue
        return True
