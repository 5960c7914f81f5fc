"""All functions in two processes: each is the framework's own app, mounted as the manifest says.

Run as `python -m infra.local.server PUBLIC INTERNAL MANIFEST PROCESSES`, with PUBLIC and INTERNAL listening sockets.
Public functions answer at their path; all others below /_functions/<name>/, by their name or the deployed one.

What is started only loads the functions and watches. It forks a process for each of the sockets: in production each
function has instances of its own, so whoever waits for an answer is not to wait for the work that events, messages and
schedules bring. When a process dies, another is there at once; each adds a line to the file PROCESSES: what it serves,
and its number.
"""

import os
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from functions.spec import FunctionSpec, Http
from infra.local.loading import load
from infra.local.parts import INTERNAL_PATH, PARTS
from infra.local.process import die_with_parent
from infra.local.streams import StreamingApp
from shared import settings
from shared.kit import clock, failpoint

THREADS = 16  # more of them only fight for the interpreter

WsgiApp = Any


class FunctionsApp:
    """Picks the function of a request by its path; the longest public path wins."""

    def __init__(self, specs: Iterable[FunctionSpec]) -> None:
        self._internal: dict[str, WsgiApp] = {}
        public: dict[str, WsgiApp] = {}
        self._streaming: list[StreamingApp] = []
        for spec in specs:
            if not isinstance(spec.trigger, Http):
                self._internal[spec.name] = load(spec)
                continue
            app = self._to_stream(spec) if spec.trigger.streams else load(spec)
            public |= dict.fromkeys((spec.trigger.path, *spec.trigger.aliases), app)
        self._public = sorted(public.items(), key=lambda item: -len(item[0]))
        self._nothing = public["/api/health"]  # answers 404 in our own words

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if path.startswith(INTERNAL_PATH):
            return self._call_internal(path, environ, start_response)
        for prefix, app in self._public:
            if path == prefix or path.startswith(prefix + "/"):
                return app(environ, start_response)  # type: ignore[no-any-return]
        return self._nothing(environ, start_response)  # type: ignore[no-any-return]

    def _call_internal(self, path: str, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        name = path.removeprefix(INTERNAL_PATH).strip("/").replace("-", "_")
        app = self._internal.get(name)
        if app is None:
            return self._nothing(environ, start_response)  # type: ignore[no-any-return]
        return app({**environ, "PATH_INFO": "/"}, start_response)  # type: ignore[no-any-return]

    def end_streams(self) -> None:
        """End the connections that functions hold; the next one begins anew."""
        for app in self._streaming:
            app.end()

    def _to_stream(self, spec: FunctionSpec) -> StreamingApp:
        self._streaming.append(StreamingApp(spec))
        return self._streaming[-1]


class _Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn with threads, as the framework runs in the cloud."""

    def __init__(self, descriptors: Sequence[int], manifest: str, processes: Path) -> None:
        self._descriptors = descriptors
        self._manifest = manifest
        self._processes = processes
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": [f"fd://{descriptor}" for descriptor in self._descriptors],
            "worker_class": "gthread",
            "workers": len(self._descriptors),
            "preload_app": True,
            "threads": THREADS,
            "timeout": 0,
            "graceful_timeout": 1,
            "keepalive": 60,
            "limit_request_line": 0,
            "loglevel": "warning",
            "pre_fork": _assign,
            "post_fork": self._begin,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> WsgiApp:
        return application(self._manifest)

    def _begin(self, server: Any, worker: Any) -> None:
        """In a process that serves: it dies alone, in a group of its own, or with what has started it."""
        os.setpgrp()
        die_with_parent()
        part = PARTS[server.LISTENERS.index(*worker.sockets)]
        with self._processes.open("a") as lines:
            lines.write(f"{part} {os.getpid()}\n")


def _assign(server: Any, worker: Any) -> None:
    """Before a process is forked: it serves the socket that no living one does."""
    served = [each for other in server.WORKERS.values() for each in other.sockets]
    worker.sockets = [each for each in server.LISTENERS if each not in served][:1]


def application(manifest: str) -> FunctionsApp:
    """Every function of the module's FUNCTIONS."""
    config = settings.current()
    if config.local_clock_file:
        clock.install(clock.SharedClock(config.local_clock_file))
    failpoint.watch(config.failpoint_file)
    return FunctionsApp(import_module(manifest).FUNCTIONS)


if __name__ == "__main__":
    public, internal, module, processes = sys.argv[1:]
    _Server([int(public), int(internal)], module, Path(processes)).run()
