"""The context of the call under way: its function, its user, its trace, and its meter."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from shared.kit.ids import new_id
from shared.meter import Meter


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
    redelivered: bool = False  # the platform redelivers failed work: answers of providers are kept for the retry
    meter: Meter = field(default_factory=Meter)


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
