"""Structured logs: one JSON object a line on stdout, in Cloud Logging's format (infra/observability.md)."""

import logging
import sys
from contextlib import suppress
from typing import Any, TextIO

from shared.log import entries, uncaught

_QUIET = {
    "httpx": logging.WARNING,  # it logs whole URLs, keys included
    "httpcore": logging.WARNING,
    "werkzeug": logging.WARNING,  # it logs each request with its path, which may hold a token
    "uvicorn": logging.WARNING,  # likewise: each WebSocket with its query, which may hold a ticket
    "pypdf": logging.ERROR,  # these warn of each oddity in a user's document
    "trafilatura": logging.ERROR,
    "htmldate": logging.ERROR,
}
_logger = logging.getLogger("app")


class _Stdout(logging.StreamHandler[TextIO]):
    """Writes to what `sys.stdout` is at the time; an entry that cannot be written is lost, and stops nothing."""

    def __init__(self) -> None:
        super().__init__(sys.stdout)
        self.setFormatter(JsonFormatter())
        self.addFilter(_is_news)

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stdout
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 -- the base class calls it so
        """Ignore it: the work matters more than its log."""


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return entries.line(record)


def configure() -> None:
    """Send everything that the process logs to stdout as JSON, also what nobody catches. Done twice, it is done."""
    root = logging.getLogger()
    root.handlers[:] = [_Stdout()]
    root.setLevel(logging.INFO)
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(True)
    uncaught.log_to(logging.getLogger("uncaught"))


def _is_news(record: logging.LogRecord) -> bool:
    """Whether an entry says more than an earlier one: Flask logs an exception again that a call's own line has told."""
    error = record.exc_info[1] if record.exc_info else None
    return record.name == _logger.name or not getattr(error, "_is_logged", False)


def info(message: str, **fields: Any) -> None:
    """Log what every call logs, without its place in the source, which takes as long to find as the line to write."""
    if _logger.isEnabledFor(logging.INFO):
        record = logging.LogRecord(_logger.name, logging.INFO, "", 0, message, None, None)
        record.fields = fields  # as `extra` would set it
        _logger.handle(record)


def warning(message: str, **fields: Any) -> None:
    _logger.warning(message, extra={"fields": fields}, stacklevel=2)


def error(message: str, *, exception: BaseException | None = None, **fields: Any) -> None:
    """Log an error, with the exception's stack; it counts in Error Reporting."""
    if exception is not None:
        with suppress(AttributeError):
            exception._is_logged = True  # type: ignore[attr-defined]
    _logger.error(message, exc_info=exception, extra={"fields": fields}, stacklevel=2)
