"""What is known about the call under way: who, which trace, and what it has cost so far."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Lock

from shared.errors import AppError
from shared.kit.ids import new_id


@dataclass
class Cost:
    """Firestore use of one call: round trips, and documents as they are billed."""

    rpcs: int = 0
    reads: int = 0
    writes: int = 0
    commits: int = 0
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    def add(self, *, rpcs: int = 0, reads: int = 0, writes: int = 0, commits: int = 0) -> None:
        """Count; a call's parallel reads share one cost."""
        with self._lock:
            self.rpcs += rpcs
            self.reads += reads
            self.writes += writes
            self.commits += commits

    def __str__(self) -> str:
        return f"rpcs={self.rpcs} reads={self.reads} writes={self.writes} commits={self.commits}"


@dataclass(frozen=True)
class Mishap:
    """A provider's call that its user should know of: why it failed or, without an error, that it took very long."""

    provider: str
    title: str
    milliseconds: float
    error: AppError | None = None


@dataclass(frozen=True)
class Usage:
    """What one call of a provider took.

    `cached`: it was answered from what an earlier one had brought; `counted`: the store has it already.
    """

    provider: str
    requests: int = 1
    tokens: int = 0
    usd: float = 0.0
    cached: bool = False
    counted: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Principal:
    """Who acts."""

    uid: str


@dataclass
class Context:
    """One call. The principal is filled in once it is known."""

    function: str = "-"
    request_id: str = field(default_factory=new_id)
    trace: str | None = None
    route: str | None = None  # instead of a path that is a secret itself
    principal: Principal | None = None
    cost: Cost = field(default_factory=Cost)
    dry: bool = False  # nothing may be written or asked of a provider
    withheld: int = 0  # the provider calls that a dry run did without
    redelivered: bool = False  # the platform has the work done again where it fails: answers are kept for that
    usage: list[Usage] = field(default_factory=list)  # of providers, in the order of the calls
    mishaps: list[Mishap] = field(default_factory=list)

    def settled(self) -> None:
        """What providers took and what went badly is stored."""
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
