"""What Google provides, once for any number of projects: stores, queues, event delivery."""

import shutil
import threading
from pathlib import Path
from typing import Self

from infra.local.courier import Courier
from infra.local.emulators import Emulators
from infra.local.eventarc import EventGateway
from infra.local.process import Child, free_port
from infra.local.tasks import TaskQueues
from shared.kit.clock import SharedClock

PROJECT = "demo-local"


class LocalCloud:
    """Emulators, event gateway, task queues, and the clock that all of them follow."""

    def __init__(self, folder: Path, *, keep_data: bool = False, ports: tuple[int, int] = (0, 0)) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.logs = folder / "logs"
        shutil.rmtree(self.logs, ignore_errors=True)
        self.clock_file = folder / "clock"
        self.clock_file.unlink(missing_ok=True)
        self.clock = SharedClock(self.clock_file)
        self.broken = threading.Event()
        self.reason = ""
        self.ready = False
        self._data = folder / "data" if keep_data else None
        gateway_port = free_port()
        self.emulators = Emulators(
            logs=self.logs, functions_port=gateway_port, data=self._data, on_death=self._emulator_died, ports=ports
        )
        self.courier = Courier(self.clock, keep=folder / "events.jsonl" if keep_data else None)
        self.events = EventGateway(self.courier, gateway_port)
        self.tasks = TaskQueues(self.courier, self.clock)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self) -> None:
        self.courier.start()
        self.events.start()
        self.tasks.start()
        self.emulators.wait()
        self.ready = True

    def stop(self) -> None:
        self.events.stop()
        if self._data and self.ready and not self.broken.is_set():
            self.emulators.save(PROJECT, self._data)
        self.emulators.stop()
        self.tasks.stop()
        self.courier.stop()

    def fail(self, reason: str) -> None:
        """Something the stack cannot go on without is gone."""
        self.reason = reason
        self.broken.set()

    def _emulator_died(self, child: Child) -> None:
        self.fail(
            f"The {child.name} ended unexpectedly (exit code {child.exit_code}), and its data is gone. "
            f"Start again; if it happens again, its log may say why: {child.log}"
        )
