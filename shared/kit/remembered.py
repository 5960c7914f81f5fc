"""Remembers answers for a time: a bounded number of them, the latest."""

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

from shared.kit import clock

T = TypeVar("T")


class Remembered(Generic[T]):
    """Answers by their keys. Used by any number of threads."""

    def __init__(self, stands: timedelta, most: int) -> None:
        """Have an answer stand so long, and at most so many be kept."""
        self._stands, self._most = stands, most
        self._lock = Lock()
        self._answers: OrderedDict[str, tuple[T, datetime]] = OrderedDict()

    def standing(self, key: str) -> T | None:
        """The answer that still stands."""
        now = clock.of_process()
        with self._lock:
            answer = self._answers.get(key)
        return answer[0] if answer and now - self._stands < answer[1] <= now else None

    def age(self, key: str) -> float:
        """How many seconds ago the last answer was given; without one, infinitely many."""
        with self._lock:
            answer = self._answers.get(key)
        return (clock.of_process() - answer[1]).total_seconds() if answer else float("inf")

    def last(self, key: str) -> T | None:
        """The last answer, however old."""
        with self._lock:
            answer = self._answers.get(key)
        return answer[0] if answer else None

    def keep(self, key: str, answer: T) -> None:
        """Remember an answer, given just now."""
        with self._lock:
            self._answers[key] = answer, clock.of_process()
            self._answers.move_to_end(key)
            if len(self._answers) > self._most:
                self._answers.popitem(last=False)
