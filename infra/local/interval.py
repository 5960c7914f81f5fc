"""A thread that calls a function at an interval until it is stopped."""

import threading
from collections.abc import Callable


class Interval:
    """Calls `act` every so many seconds, the first time after one interval; an error in it ends the thread."""

    def __init__(self, name: str, seconds: float, act: Callable[[], None]) -> None:
        self._seconds = seconds
        self._act = act
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Call no more; returns when a call under way is done."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _loop(self) -> None:
        while not self._stop.wait(self._seconds):
            self._act()
