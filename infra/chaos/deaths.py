"""Faults of processes: killed at any time or at a write, asked to end, begun cold."""

import os
import re
import signal
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from infra.chaos.faults import Fault, Striking
from infra.chaos.silent_model import SilentModel
from infra.local import plain
from infra.local.cloud import LocalCloud
from infra.local.parts import PARTS
from infra.local.stack import Stack

_AT_LEAST = (0.5, 2.0)  # seconds that it lives once it answers, or on a slow machine it would never get on
_MOST_WRITES = 40  # until the next death
_GRACE = 8.0  # seconds after SIGTERM in which a process ends; Cloud Run kills it after ten
_TEXTS = 3  # that stream at SIGTERM
_INTERRUPTED = re.compile(r"event: error\ndata: .*shut down.*\n\n\Z")


class Kills(Striking):
    """Kills the functions' processes every few seconds, as a machine failure would."""

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
    """Kills one of the functions' processes at a write boundary, the n-th from the last death, n from a seeded row."""

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
    """Asks the functions' processes to end every few seconds, as a platform that scales in does, while texts stream
    whose model is silent. Each text's reader has to be answered, and the processes have to end."""

    name = "the functions are asked to end (SIGTERM) every 2 to 5 s"

    @contextmanager
    def prepared(self, cloud: LocalCloud) -> Iterator[Mapping[str, str]]:
        with SilentModel() as self._model:
            limits = {"PROVIDER_CALLS_PER_MINUTE": "100000", "LLM_SECONDS": str(2 * _GRACE)}
            yield {"LLM_API_KEY": "key", "LLM_BASE_URL": self._model.url, **limits}

    def strike(self, stack: Stack) -> None:
        silent = self._model.silent + _TEXTS
        with ThreadPoolExecutor(_TEXTS) as readers:
            texts = [readers.submit(_read_text, stack.url) for _ in range(_TEXTS)]
            while self._model.silent < silent and not any(text.done() for text in texts):
                time.sleep(0.02)
            with ThreadPoolExecutor(len(PARTS)) as ends:
                [*ends.map(self._terminate, map(stack.process, PARTS))]
        for text in texts:
            if not _INTERRUPTED.search(text.result()):
                self.problems.append(f"a text that streamed at SIGTERM ended with {text.result()[-200:]!r}")

    def _terminate(self, process: int) -> None:
        started = time.monotonic()
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM)
            while time.monotonic() - started < _GRACE:
                os.kill(process, 0)
                time.sleep(0.05)
            self.problems.append(f"process {process} has not ended {_GRACE:.0f} s after SIGTERM")


def _read_text(url: str) -> str:
    """The events of a text, to their end."""
    order = {"kind": "linkedin_post", "topic": "mathematics tutors"}
    with plain.client(timeout=60) as client:
        return client.post(f"{url}/api/content/generate", json=order, headers={"Accept": "text/event-stream"}).text


class ColdStart(Fault):
    """The processes are gone when 20 requests come at the same moment: the first ones of the next process."""

    name = "20 simultaneous first requests"
    at_once = 20  # play kills the process before each 20 requests
