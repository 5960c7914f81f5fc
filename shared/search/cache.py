"""The indexes that an instance has in memory: those that were searched last, within a bound in bytes."""

from collections import OrderedDict
from threading import Lock

from shared import settings
from shared.search.reader import Reader


class Cache:
    """Readers by database and user. Safe for threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._readers: OrderedDict[tuple[str, str | None, str], Reader] = OrderedDict()

    def reader(self, uid: str) -> Reader:
        """The user's reader, the same one until it is dropped."""
        config = settings.current()
        key = (config.project, config.firestore_emulator_host, uid)
        with self._lock:
            reader = self._readers.setdefault(key, Reader(uid))
            self._readers.move_to_end(key)
            return reader

    def shrink(self) -> None:
        """Drop the readers that were used longest ago, until the others fit into `search_cache_bytes`; the last one
        stays, whatever its size."""
        bound = settings.current().search_cache_bytes
        with self._lock:
            sizes = {key: reader.bytes for key, reader in self._readers.items()}
            total = sum(sizes.values())
            for key, size in sizes.items():
                if total <= bound or len(self._readers) == 1:
                    return
                del self._readers[key]
                total -= size

    @property
    def users(self) -> int:
        """How many users' indexes are in memory."""
        return len(self._readers)

    def clear(self) -> None:
        """Drop all, as a new instance has none."""
        with self._lock:
            self._readers.clear()


cache = Cache()
