"""The folder in which `make dev` keeps a developer's data: one owner at a time, saved while it runs.

An export is written beside the last one and becomes the current one by one rename of a pointer, so that dying at any
instant loses at most what came after the last export. Documents and the events that were not delivered yet belong to
one export: events may be delivered again after a restart, as Eventarc may deliver twice.
"""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from infra.local.interval import Interval
from infra.local.process import LocalError

DOCUMENTS = "documents"  # the emulator's name of an export
EVENTS = "events.jsonl"
_CURRENT = "current"
_EVERY = 60.0  # seconds between exports, unless DEV_SAVE_SECONDS says otherwise


class DataFolder:
    """Holds the lock from its making until `release`; a process that dies releases it too."""

    def __init__(self, folder: Path) -> None:
        """Take the folder. Raises LocalError if another process has it."""
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = (folder / "lock").open("a+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.seek(0)
            owner = self._lock.read().strip() or "unknown"
            self._lock.close()
            raise LocalError(
                f"The data in {folder} is in use by another `make dev` (process {owner}). Stop that, or give this one "
                f"a folder and a port of its own: DEV_FOLDER={folder.parent}-2 PORT=8081 make dev"
            ) from error
        self._lock.truncate(0)
        self._lock.write(str(os.getpid()))
        self._lock.flush()

    def release(self) -> None:
        """Let another process take the folder."""
        self._lock.close()

    @property
    def documents(self) -> Path | None:
        """The emulator's metadata file of the last whole export; None where there is none."""
        metadata = self._current / DOCUMENTS / f"{DOCUMENTS}.overall_export_metadata"
        return metadata if metadata.exists() else None

    @property
    def events(self) -> Path:
        """The events of the last whole export that were not delivered."""
        return self._current / EVENTS

    def save(self, write: Callable[[Path], None]) -> None:
        """Have `write` fill a fresh export, then make it the current one and remove the earlier ones."""
        exports = self._folder / "exports"
        earlier = sorted(exports.glob("*")) if exports.exists() else []
        number = max((int(export.name) for export in earlier if export.name.isdigit()), default=0) + 1
        fresh = exports / str(number)
        fresh.mkdir(parents=True)
        try:
            write(fresh)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)  # else a full disk gets fuller with each try
            raise
        pointer = self._folder / f"{_CURRENT}.new"
        pointer.write_text(fresh.name)
        pointer.replace(self._folder / _CURRENT)
        for export in earlier:
            shutil.rmtree(export, ignore_errors=True)

    @property
    def _current(self) -> Path:
        pointer = self._folder / _CURRENT
        return self._folder / "exports" / pointer.read_text().strip() if pointer.exists() else self._folder


class Autosave(Interval):
    """Calls `save` at an interval; a failure is reported to `failed` and tried again next time."""

    def __init__(self, save: Callable[[], None], failed: Callable[[Exception], None]) -> None:
        super().__init__("autosave", float(os.environ.get("DEV_SAVE_SECONDS") or _EVERY), self._attempt)
        self._save = save
        self._failed = failed

    def _attempt(self) -> None:
        try:
            self._save()
        except (OSError, LocalError) as error:
            self._failed(error)
