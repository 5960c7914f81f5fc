"""Watches calls of providers: a span and a line of the log for each, without its address, its text or its keys."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from shared import log, tracing
from shared.errors import AppError


@contextmanager
def watched(provider: str, *, streamed: bool = False, **attributes: str) -> Iterator[None]:
    """Watch the block: one call of a provider, its repetitions included. `attributes` are the span's own."""
    began = perf_counter()
    outcome: dict[str, Any] = {"outcome": "failed"}
    try:
        with tracing.span(provider, "client", {"provider": provider, **attributes}, current=not streamed):
            yield
        outcome = {"outcome": "done"}
    except AppError as error:
        outcome["error"] = error.code
        raise
    finally:
        latency = round(1000 * (perf_counter() - began), 1)
        log.info(f"{provider}: {outcome['outcome']}", kind="provider", provider=provider, latency_ms=latency, **outcome)
