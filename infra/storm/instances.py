"""Instances of the realtime function as they are deployed: the framework's own command, in processes of their own."""

import os
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

from functions.manifest import FUNCTIONS
from infra import bundle
from infra.demo.client import wait_until
from infra.local.process import Child, free_port

NAME = "realtime"
_PATIENCE = 60.0


class Instance:
    """One instance at one address, which it keeps when it is killed and begun anew; `plant` is appended to its main.py,
    for faults."""

    def __init__(self, folder: Path, env: Mapping[str, str], *, plant: str = "") -> None:
        spec = next(spec for spec in FUNCTIONS if spec.name == NAME)
        folder.mkdir(parents=True, exist_ok=True)
        main = folder / "main.py"
        main.write_text(bundle.entry_point(spec) + plant)
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self.log = folder / "log"
        serve = ["-m", "functions_framework", f"--target={NAME}", f"--source={main}", "--asgi"]
        self._command = [sys.executable, *serve, "--host=127.0.0.1", f"--port={self._port}"]
        self._env = {**env, "PYTHONPATH": str(bundle.ROOT), "PYTHONUNBUFFERED": "1"}
        self._child: Child | None = None

    def __enter__(self) -> Self:
        self.begin()
        self.wait()
        return self

    def __exit__(self, *exc: object) -> None:
        if self._child:
            self._child.stop(grace=10)

    def begin(self) -> None:
        """Start a process; returns at once."""
        self._child = Child(NAME, self._command, log=self.log, env=self._env, on_death=lambda _: None)

    def wait(self) -> None:
        """Until it takes connections. Raises LocalError with what it printed."""
        wait_until("an instance of the realtime function", self.listens, patience=_PATIENCE)

    def kill(self) -> None:
        """As a machine dies."""
        if self._child:
            self._child.kill()
            self._child.stop()

    def listens(self) -> bool:
        """Whether it takes connections."""
        with suppress(OSError), socket.create_connection(("127.0.0.1", self._port), timeout=5):
            return True
        return False

    @property
    def memory(self) -> int:
        """Bytes in memory of all its processes."""
        assert self._child  # noqa: S101 -- it runs
        return sum(_resident(process) for process in _family(self._child.number))


def _family(process: int) -> list[int]:
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [process, *(member for child in children for member in _family(int(child)))]


def _resident(process: int) -> int:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
