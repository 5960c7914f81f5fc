"""All functions in one process: each is the framework's own app, mounted as the manifest says.

Run as `python -m infra.local.server FD MANIFEST PROCESSES`, with FD a listening socket. Public functions answer at
their path; all others below /_functions/<name>/, by their name or the deployed one.

What is started only loads the functions and watches. It forks the process that serves, and when that dies another,
which is there at once; each adds its number to the file PROCESSES.
"""

import os
import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from functions.spec import FunctionSpec, Http
from infra.local.loading import load
from infra.local.process import die_with_parent
from infra.local.streams import StreamingApp
from shared import settings
from shared.kit import clock, failpoint

INTERNAL = "/_functions/"
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
        if path.startswith(INTERNAL):
            return self._call_internal(path, environ, start_response)
        for prefix, app in self._public:
            if path == prefix or path.startswith(prefix + "/"):
                return app(environ, start_response)  # type: ignore[no-any-return]
        return self._nothing(environ, start_response)  # type: ignore[no-any-return]

    def _call_internal(self, path: str, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        name = path.removeprefix(INTERNAL).strip("/").replace("-", "_")
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

    def __init__(self, descriptor: int, manifest: str, processes: Path) -> None:
        self._descriptor = descriptor
        self._manifest = manifest
        self._processes = processes
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": f"fd://{self._descriptor}",
            "worker_class": "gthread",
            "workers": 1,
            "preload_app": True,
            "threads": THREADS,
            "timeout": 0,
            "graceful_timeout": 1,
            "keepalive": 60,
            "limit_request_line": 0,
            "loglevel": "warning",
            "post_fork": lambda server, worker: self._begin(),
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> WsgiApp:
        return application(self._manifest)

    def _begin(self) -> None:
        """In the process that serves: it dies alone, in a group of its own, or with what has started it."""
        os.setpgrp()
        die_with_parent()
        with self._processes.open("a") as numbers:
            numbers.write(f"{os.getpid()}\n")


def application(manifest: str) -> FunctionsApp:
    """Every function of the module's FUNCTIONS."""
    config = settings.current()
    if config.local_clock_file:
        clock.install(clock.SharedClock(config.local_clock_file))
    failpoint.watch(config.failpoint_file)
    return FunctionsApp(import_module(manifest).FUNCTIONS)


if __name__ == "__main__":
    _Server(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])).run()
