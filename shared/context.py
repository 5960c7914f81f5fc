"""The context of the call under way: its function, its user, its meter, and what its line in the log will say."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from shared.kit.ids import new_id
from shared.meter import Meter


@dataclass(frozen=True)
class Principal:
    """The user whose call it is. `operator`: who runs the deployment, not only uses it."""

    uid: str
    operator: bool = False


@dataclass(frozen=True)
class SignedIn:
    """A user, until when the ID token is accepted that says so, and when it was issued; None: the development user has
    none."""

    principal: Principal
    until: datetime | None = None
    issued_at: datetime | None = None


Kind = Literal["request", "event", "message", "task", "schedule"]


@dataclass
class Context:
    """One call. `principal` is set once the caller has been authenticated."""

    function: str = "-"
    kind: Kind = "request"
    request_id: str = field(default_factory=new_id)
    route: str | None = None  # logged in place of a path that holds a secret
    principal: Principal | None = None
    execution_id: str | None = None
    error: BaseException | None = None  # what the call was answered with, if it was an error
    facts: dict[str, Any] = field(default_factory=dict)  # further fields of its line in the log
    background: bool = False  # nobody waits for it: it takes at most half of what the user may ask of providers
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


def note_error(error: Exception) -> None:
    """Note what the current call is answered with; its line in the log will tell of it."""
    if call := _current.get():
        call.error = error
