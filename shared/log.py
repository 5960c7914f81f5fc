"""Structured logs: one JSON object a line on stdout, in Cloud Logging's format."""

import json
import logging
import sys
from typing import Any

from shared import context, settings
from shared.kit import clock


class _JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        call = context.current()
        entry: dict[str, Any] = {
            "severity": record.levelname,
            "time": clock.now().isoformat(),
            "message": record.getMessage(),
            "function": call.function,
            "request_id": call.request_id,
        }
        if call.trace:
            entry["logging.googleapis.com/trace"] = f"projects/{settings.current().project}/traces/{call.trace}"
        entry.update(getattr(record, "fields", {}))
        if record.exc_info:
            entry["stack_trace"] = self.formatException(record.exc_info)
        return json.dumps(entry, default=str)


def configure() -> None:
    """Send the process's logs to stdout as JSON."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs whole URLs, keys included
    for reader in ("pypdf", "trafilatura", "htmldate"):  # they warn of each oddity in a user's document
        logging.getLogger(reader).setLevel(logging.ERROR)


_logger = logging.getLogger("app")


def info(message: str, **fields: Any) -> None:
    _logger.info(message, extra={"fields": fields})


def warning(message: str, **fields: Any) -> None:
    _logger.warning(message, extra={"fields": fields})


def error(message: str, *, exception: BaseException | None = None, **fields: Any) -> None:
    _logger.error(message, exc_info=exception, extra={"fields": fields})
