"""Parses untrusted documents in child processes, with limits on the time and memory of each document.

A parser written in C or with regular expressions of its own cannot be interrupted from within, and holds the
interpreter's lock. A child is reused for the next document; its environment holds no secrets.
"""

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import shared
from shared import log, settings
from shared.errors import Invalid
from shared.providers.extract.base import MAX_CPU_SECONDS, MAX_MEMORY, MAX_SECONDS_WAITED, Content, Kind

_ATTEMPTS = 2  # the system may have ended an idle child
_CHILDREN = 2  # at once; further documents wait their turn
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "LANG", "TZ", "TMPDIR")
_ROOT = str(Path(shared.__file__).parents[1])
# A child finds what we find, however it was installed: the cloud sets PYTHONUSERBASE, for one.
_PATH = os.pathsep.join([_ROOT, *(folder for folder in sys.path if folder)])


def read(kind: Kind, content: bytes, content_type: str | None, url: str | None) -> Content:
    """Parse a document in a child. Raises Invalid, with a sentence for its sender, if it is damaged or too costly."""
    request = {
        "kind": kind,
        "size": len(content),
        "content_type": content_type,
        "url": url,
        "cpu_seconds": MAX_CPU_SECONDS,
        "memory": MAX_MEMORY,
    }
    answer: dict[str, Any] | None = None
    for _ in range(_ATTEMPTS):
        with _children.taken() as child:
            answer = child.ask(json.dumps(request).encode() + b"\n" + content)
        if answer is not None:
            break
    answer = answer or {"damaged": "the child ended"}
    if "content" in answer:
        return Content(**{**answer["content"], "notes": tuple(answer["content"]["notes"])})
    if "refused" in answer:
        raise Invalid.of("file", answer["refused"])
    log.warning("document not read", kind=kind, error=str(answer)[:500])
    if "exceeded" in answer:
        raise Invalid.of("file", f"The {kind.upper()} {answer['exceeded']}; split it, or save its text alone.")
    raise Invalid.of("file", f"The {kind.upper()} is damaged and cannot be read; save it again.")


class _Child:
    """A child process that parses one document at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "shared.providers.extract.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**settings.inherited(*_PASSED_ON), "PYTHONPATH": _PATH},
        )

    def ask(self, request: bytes) -> dict[str, Any] | None:
        """Send a request and return the answer: `exceeded` where the child had to be killed, None where it died."""
        assert self._process.stdin  # noqa: S101 - they are pipes
        try:
            self._process.stdin.write(request)
            self._process.stdin.flush()
            answer = self._line(time.monotonic() + MAX_SECONDS_WAITED)
        except BrokenPipeError:
            answer = b""
        if answer.endswith(b"\n"):
            decoded: dict[str, Any] = json.loads(answer)
            return decoded
        late = self._process.poll() is None
        self.end()
        if late or self._process.returncode == -signal.SIGXCPU:
            return {"exceeded": "takes too long to read"}
        return None

    def _line(self, end: float) -> bytes:
        """Read a line; only its beginning where the child is late or ends."""
        assert self._process.stdout  # noqa: S101
        parts: list[bytes] = []
        output = self._process.stdout.fileno()
        while (left := end - time.monotonic()) > 0 and select.select([output], [], [], left)[0]:
            part = os.read(output, 2**20)
            parts.append(part)
            if not part:
                with suppress(subprocess.TimeoutExpired):  # a busy machine takes its time to end a process
                    self._process.wait(left)
            if not part or part.endswith(b"\n"):
                break
        return b"".join(parts)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(BrokenPipeError):
                    pipe.close()


class _Children:
    """A pool of children. A forked process starts with an empty pool."""

    def __init__(self) -> None:
        self._places = threading.BoundedSemaphore(_CHILDREN)
        self._idle: list[_Child] = []
        os.register_at_fork(after_in_child=self._forget)
        atexit.register(self._end)

    @contextmanager
    def taken(self) -> Iterator[_Child]:
        with self._places:
            child = self._idle.pop() if self._idle else _Child()
            if not child.alive:
                child.end()
                child = _Child()
            try:
                yield child
            finally:
                if child.alive:
                    self._idle.append(child)
                else:
                    child.end()

    def _forget(self) -> None:
        self._places = threading.BoundedSemaphore(_CHILDREN)
        self._idle = []

    def _end(self) -> None:
        while self._idle:
            self._idle.pop().end()


_children = _Children()
