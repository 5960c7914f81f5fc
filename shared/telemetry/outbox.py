"""Spans on their way: a bounded queue, a thread that sends it, and a bounded wait for that.

OpenTelemetry's own batch processor waits for a slow collector as long as that takes.
"""

import atexit
import logging
import threading
import time
from collections import deque

from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from shared import log

MOST = 2_048  # spans that wait; further ones push the oldest out
_BATCH = 512  # spans in one request
_PAUSE = 5.0  # seconds until spans are sent, if nobody asks for it
_FLUSH_SECONDS = 0.3
_LAST_SECONDS = 2.0  # at the process's end
_DISTRUST = 30.0  # seconds in which nobody waits for a collector that did not answer in time


class Outbox(SpanProcessor):
    """Takes ended spans. Its thread starts with the first, in the process that serves: Gunicorn forks."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._waiting: deque[ReadableSpan] = deque(maxlen=MOST)
        self._changed = threading.Condition()
        self._sending = self._asked = False
        self._thread: threading.Thread | None = None
        self._distrusted_until = 0.0
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # a failure is told here, once for many

    def on_end(self, span: ReadableSpan) -> None:
        with self._changed:
            self._waiting.append(span)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="spans", daemon=True)
                self._thread.start()
                atexit.register(self.flush, _LAST_SECONDS)
            if len(self._waiting) >= _BATCH:
                self._changed.notify_all()

    def flush(self, seconds: float = _FLUSH_SECONDS) -> None:
        """Have everything sent, and wait for it no longer than that; not at all for a collector that was slow."""
        with self._changed:
            self._asked = True
            self._changed.notify_all()
            if time.monotonic() < self._distrusted_until:
                return
            if not self._changed.wait_for(lambda: not self._waiting and not self._sending, seconds):
                self._distrusted_until = time.monotonic() + _DISTRUST

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._asked or len(self._waiting) >= _BATCH, _PAUSE)
                batch = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
                self._asked = bool(self._waiting) and self._asked
                self._sending = bool(batch)
            if batch and not self._send(batch):
                self._tell(len(batch))
            with self._changed:
                self._sending = False
                self._changed.notify_all()

    def _send(self, batch: list[ReadableSpan]) -> bool:
        try:
            return self._exporter.export(batch) is SpanExportResult.SUCCESS
        except Exception:  # such as one of the credentials: spans are lost, and nothing else
            return False

    def _tell(self, number: int) -> None:
        now = time.monotonic()
        if now >= self._distrusted_until:
            log.warning("spans could not be sent", kind="traces", spans=number)
        self._distrusted_until = max(self._distrusted_until, now + _DISTRUST)
