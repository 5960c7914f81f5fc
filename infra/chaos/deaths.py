"""Faults of processes: killed at any time or at a write, asked to end, begun cold."""

import os
import signal
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from infra.chaos.faults import Fault, Striking
from infra.local.cloud import LocalCloud
from infra.local.stack import Stack

_AT_LEAST = (0.5, 2.0)  # seconds that it lives once it answers, or on a slow machine it would never get on
_MOST_WRITES = 40  # until the next death
_GRACE = 10.0  # seconds that Cloud Run leaves a process after SIGTERM


class Kills(Striking):
    """Kills the functions process every few seconds, as a machine failure would."""

    name = "the functions are killed every 2 to 5 s"

    def strike(self, stack: Stack) -> None:
        if not self._answers_at_once(stack):
            self.over.wait(self.dice.uniform(*_AT_LEAST))
        stack.kill()

    def _answers_at_once(self, stack: Stack) -> bool:
        """Wait until the process answers; returns whether it was up already."""
        started = time.monotonic()
        while not self.over.is_set():
            try:
                with urllib.request.urlopen(f"{stack.url}/api/health", timeout=60):  # noqa: S310
                    return time.monotonic() - started < _AT_LEAST[0]
            except OSError:
                continue
        return True


class Failpoints(Striking):
    """Kills the functions process at a write boundary, the n-th from the last death, n from a seeded row."""

    name = "the functions are killed at seeded writes"
    every = (0.05, 0.05)

    @contextmanager
    def prepared(self, cloud: LocalCloud) -> Iterator[Mapping[str, str]]:
        with tempfile.TemporaryDirectory(prefix="failpoint-") as folder:
            self._file = Path(folder) / "failpoint"
            yield {"FAILPOINT_FILE": str(self._file)}

    @contextmanager
    def during(self, stack: Stack, receiver: object) -> Iterator[None]:
        with super().during(stack, receiver):  # type: ignore[arg-type]
            yield
        self._file.unlink(missing_ok=True)

    def strike(self, stack: Stack) -> None:
        fresh = self._file.with_suffix(".new")
        fresh.write_text(str(self.dice.randint(1, _MOST_WRITES)))
        fresh.replace(self._file)
        while self._file.exists():
            if self.over.wait(0.02):
                self.injected -= 1  # nobody has died of this one
                return


class Terms(Striking):
    """Asks the functions process to end every few seconds, as a platform that scales in does."""

    name = "the functions are asked to end (SIGTERM) every 2 to 5 s"

    def strike(self, stack: Stack) -> None:
        process, started = stack.processes[-1], time.monotonic()
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM)
            while time.monotonic() - started < _GRACE:
                os.kill(process, 0)
                time.sleep(0.05)
            self.problems.append(f"process {process} has not ended {_GRACE:.0f} s after SIGTERM")


class ColdStart(Fault):
    """The process is gone when 20 requests come at the same moment: the first ones of the next process."""

    name = "20 simultaneous first requests"
    at_once = 20  # play kills the process before each 20 requests
