"""Measures one call: its use of Firestore, what it took of providers, and which of their calls went badly."""

from dataclasses import dataclass, field
from threading import Lock

from shared.errors import AppError


@dataclass
class Cost:
    """One call's use of Firestore: round trips, and documents as they are billed."""

    rpcs: int = 0
    reads: int = 0
    writes: int = 0
    commits: int = 0
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    def add(self, *, rpcs: int = 0, reads: int = 0, writes: int = 0, commits: int = 0) -> None:
        """Add to the counts. Thread-safe: a call's parallel reads share one cost."""
        with self._lock:
            self.rpcs += rpcs
            self.reads += reads
            self.writes += writes
            self.commits += commits

    def __str__(self) -> str:
        return f"rpcs={self.rpcs} reads={self.reads} writes={self.writes} commits={self.commits}"


@dataclass(frozen=True)
class Mishap:
    """A provider call to report to its user: it failed with `error` or, without one, took very long."""

    provider: str
    title: str
    milliseconds: float
    error: AppError | None = None


@dataclass(frozen=True)
class Usage:
    """What one provider call consumed.

    `cached`: an earlier call's stored answer served it; `counted`: the store has already added it up.
    """

    provider: str
    requests: int = 1
    tokens: int = 0
    usd: float = 0.0
    cached: bool = False
    counted: bool = field(default=False, compare=False)
    milliseconds: float | None = field(default=None, compare=False)  # that the call took


@dataclass
class Meter:
    """What a call has used and met so far. `usage` and `mishaps` are in the order of the provider calls."""

    cost: Cost = field(default_factory=Cost)
    usage: list[Usage] = field(default_factory=list)
    mishaps: list[Mishap] = field(default_factory=list)

    @property
    def tokens(self) -> int:
        """The tokens that language models took."""
        return sum(used.tokens for used in self.usage)

    def clear(self) -> None:
        """Forget usage and mishaps, once they are stored."""
        self.usage.clear()
        self.mishaps.clear()
