"""Traces: where the work under way stands in one, and spans, which a recorder sends away where the settings name one.

The trace's id goes with everything that the work causes, also where nothing is recorded: logs are found by it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from typing import ClassVar, Literal, Protocol

from shared.kit import traces
from shared.kit.traces import Place

Kind = Literal["server", "consumer", "client", "internal"]
Attributes = Mapping[str, str | int | float | bool | None]


class Span:
    """A piece of work. This kind is recorded nowhere, and stands where its parent does."""

    recorded: ClassVar[bool] = False

    def __init__(self, place: Place) -> None:
        self.place = place

    def set(self, attributes: Attributes) -> None:
        """Add attributes: no secrets, no addresses with keys, no texts of users. None is left out."""

    def end(self, error: BaseException | None = None) -> None:
        """End it, well or with `error`, of which only the kind is recorded."""


class Recorder(Protocol):
    """Records spans, and sends them away in the background: no call of it waits for that, or fails by it."""

    def begin(self, name: str, kind: Kind, parent: Place | None) -> Span:
        """Begin a span; one that is not recorded where its trace is not among those that are."""

    def flush(self) -> None:
        """Wait a little for spans to be sent: after an answer, an instance may have no CPU for it."""


_recorder: Recorder | None = None
_span: ContextVar[Span | None] = ContextVar("span", default=None)
_NOWHERE = Span(traces.new())


def use(recorder: Recorder | None) -> Recorder | None:
    """Have the process's spans recorded; returns the recorder that it replaces."""
    global _recorder
    replaced, _recorder = _recorder, recorder
    return replaced


def begin(name: str, kind: Kind, parent: Place | None = None) -> Span:
    """Begin the span of a call below its caller's or, without one, a trace of its own. Whoever begins it ends it."""
    if _recorder is not None:
        return _recorder.begin(name, kind, parent)
    return Span(parent or traces.new())


@contextmanager
def within(span: Span) -> Iterator[Span]:
    """Have what the block does be caused by the span."""
    token = _span.set(span)
    try:
        yield span
    finally:
        _span.reset(token)


@contextmanager
def span(
    name: str, kind: Kind = "internal", attributes: Attributes | None = None, *, current: bool = True
) -> Iterator[Span]:
    """Do the block as a part of the call under way; its span ends with the block, with the error that it raises.

    Not `current`, nothing else becomes a part of it: for a generator, whose block is left and entered in between.
    """
    parent = _span.get()
    if _recorder is None or parent is None or not parent.recorded:
        yield _NOWHERE
        return
    part = _recorder.begin(name, kind, parent.place)
    part.set(attributes or {})
    try:
        with within(part) if current else nullcontext():
            yield part
    except BaseException as error:
        part.end(error)
        raise
    part.end()


def place() -> Place | None:
    """Where the work under way stands; None outside of any call."""
    span = _span.get()
    return span.place if span else None


def recorded() -> Place | None:
    """Where the work under way stands, if its trace is recorded."""
    span = _span.get()
    return span.place if span and span.recorded else None


def flush() -> None:
    """Wait a little for the call's spans to be sent, if they are recorded."""
    span = _span.get()
    if _recorder is not None and span is not None and span.recorded:
        _recorder.flush()
