"""Logs what nobody catches: exceptions that end the process or a thread, and Gunicorn's own entries."""

import logging
import sys
import threading
from contextlib import suppress
from typing import Any


def log_to(logger: logging.Logger) -> None:
    """Log uncaught exceptions to `logger`, unless somebody else takes them already, such as a test's runner."""

    def end(kind: type[BaseException], error: BaseException, stack: Any) -> None:
        if isinstance(error, KeyboardInterrupt):
            sys.__excepthook__(kind, error, stack)
            return
        logger.critical("the process ends: %s", kind.__name__, exc_info=(kind, error, stack))

    def end_of_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            logger.error("a thread ends: %s", args.exc_type.__name__, exc_info=args.exc_value)

    def ignored(args: "sys.UnraisableHookArgs") -> None:
        logger.error("an exception was ignored in %r", args.object, exc_info=args.exc_value)

    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = end
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = end_of_thread
    if sys.unraisablehook is sys.__unraisablehook__:
        sys.unraisablehook = ignored
    with suppress(ImportError):
        _take_gunicorns()


def _take_gunicorns() -> None:
    """Have Gunicorn, which the framework starts later, log as everything does: it tells of workers that are killed for
    their memory or hang."""
    from gunicorn.config import LoggerClass
    from gunicorn.glogging import Logger

    class OurLogger(Logger):  # type: ignore[misc]
        def setup(self, cfg: Any) -> None:
            super().setup(cfg)
            self.error_log.handlers[:] = logging.getLogger().handlers  # Uvicorn's worker takes them over from here
            self.access_log.handlers[:] = []  # a call has its own line, without its path

    LoggerClass.default = OurLogger
