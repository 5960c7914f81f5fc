"""What Google provides, once for any number of projects: stores, queues, event delivery."""

import shutil
import sys
import threading
from pathlib import Path
from typing import Self

from infra.local.courier import Courier
from infra.local.data import DOCUMENTS, EVENTS, Autosave, DataFolder
from infra.local.emulators import Emulators
from infra.local.eventarc import EventGateway
from infra.local.process import Child, LocalError, free_port
from infra.local.tasks import TaskQueues
from shared.kit.clock import SharedClock

PROJECT = "demo-local"
_AFTER_DEATH = {
    "Firestore emulator": "Documents that were written since the last save, at most a minute ago, are gone.",
    "Pub/Sub emulator": "The documents are kept; runs that were under way go on after the next start.",
}


class LocalCloud:
    """Emulators, event gateway, task queues, and the clock that all of them follow."""

    def __init__(self, folder: Path, *, keep_data: bool = False, ports: tuple[int, int] = (0, 0)) -> None:
        self._data = DataFolder(folder / "data") if keep_data else None  # before anything in the folder is touched
        folder.mkdir(parents=True, exist_ok=True)
        self.logs = folder / "logs"
        shutil.rmtree(self.logs, ignore_errors=True)
        self.clock_file = folder / "clock"
        self.clock_file.unlink(missing_ok=True)
        self.clock = SharedClock(self.clock_file)
        self.broken = threading.Event()
        self.reason = ""
        self.ready = False
        self.unsaved = ""  # why the save at the end failed
        self._autosave = Autosave(self.save, self._not_saved)
        gateway_port = free_port()
        seed = self._data.documents if self._data else None
        self.emulators = Emulators(
            logs=self.logs, functions_port=gateway_port, seed=seed, on_death=self._emulator_died, ports=ports
        )
        self.courier = Courier(self.clock)
        saved = self._data.events if self._data else None
        self.events = EventGateway(self.courier, self.clock, gateway_port, saved, self.emulators.pubsub_host)
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
        if self._data:
            self._autosave.start()

    def stop(self) -> None:
        self._autosave.stop()
        self.events.stop()
        try:
            if self.ready and self.emulators.firestore_alive:
                self.save()
        except (OSError, LocalError) as error:
            self.unsaved = str(error)
        self.emulators.stop()
        self.tasks.stop()
        self.courier.stop()
        if self._data:
            self._data.release()

    def save(self) -> None:
        """Keep the documents and the undelivered events for the next start. Raises OSError."""
        if self._data:
            self._data.save(self._export)

    def _export(self, folder: Path) -> None:
        self.events.save(folder / EVENTS, PROJECT, lambda: self.emulators.export(PROJECT, folder, DOCUMENTS))

    def _not_saved(self, error: Exception) -> None:
        print(f"The data could not be saved: {error}", file=sys.stderr)

    def fail(self, reason: str) -> None:
        """Something the stack cannot go on without is gone."""
        self.reason = reason
        self.broken.set()

    def _emulator_died(self, child: Child) -> None:
        self.fail(
            f"The {child.name} ended unexpectedly (exit code {child.exit_code}). {_AFTER_DEATH[child.name]} "
            f"Start again; if it happens again, its log may say why: {child.log}"
        )
