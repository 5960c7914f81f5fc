"""The context of the call under way: its user, its trace, and what it has cost so far."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Lock

from shared.errors import AppError
from shared.kit.ids import new_id


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


@dataclass(frozen=True)
class Principal:
    """The user whose call it is."""

    uid: str


@dataclass
class Context:
    """One call. `principal` is set once the caller has been authenticated."""

    function: str = "-"
    request_id: str = field(default_factory=new_id)
    trace: str | None = None
    route: str | None = None  # logged in place of a path that holds a secret
    principal: Principal | None = None
    cost: Cost = field(default_factory=Cost)
    redelivered: bool = False  # the platform redelivers failed work: answers of providers are kept for the retry
    usage: list[Usage] = field(default_factory=list)  # of providers, in the order of the calls
    mishaps: list[Mishap] = field(default_factory=list)

    def settled(self) -> None:
        """Forget usage and mishaps, once they are stored."""
        self.usage.clear()
        self.mishaps.clear()


_current: ContextVar[Context | None] = ContextVar("context", default=None)
_unbound = Context()


def current() -> Context:
    """The context of this call; outside of one, a process-wide default."""
    return _current.get() or _unbound


@contextmanager
def bound(context: Context) -> Iterator[Context]:
    """Make `context` current for the block."""
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)
