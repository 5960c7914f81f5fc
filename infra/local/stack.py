"""The product in a local cloud: one project, all functions in processes of their own."""

import os
import secrets
import signal
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Self

from functions.spec import DocumentWritten, FunctionSpec, Schedule, Topic
from infra.bundle import ROOT
from infra.local import eventarc
from infra.local.cloud import PROJECT, LocalCloud
from infra.local.parts import INTERNAL_PATH, PARTS
from infra.local.process import Child, LocalError, listening_socket
from infra.local.push import subscribe, unsubscribe
from infra.local.scheduler import Scheduler

# The emulator keeps two pushes in flight per subscription; production has no such limit.
TOPIC_SHARDS = 8
_READY_SECONDS = 60.0
_NOTICED_SECONDS = 2.0  # until the death of an emulator is told
_QUICK_DEATHS = 5


class Stack:
    """Serves the functions of one project. Its sockets stay open when the functions die: callers wait.

    People reach it at `url`; what events, messages, tasks and schedules call is below `internal`.
    """

    def __init__(
        self,
        cloud: LocalCloud,
        *,
        project: str = PROJECT,
        port: int = 0,
        env: Mapping[str, str] | None = None,
        copies: int = 1,
        run_schedules: bool = True,
        manifest: str = "functions.manifest",
    ) -> None:
        self.cloud = cloud
        self.project = project
        self.secret = secrets.token_urlsafe(24)
        self._copies = copies  # of each message, at most
        self.clocks = [cloud.clock]
        self._quick_deaths = 0
        self._sockets = listening_socket(port), listening_socket(0)
        self.url, internal = (f"http://127.0.0.1:{each.getsockname()[1]}" for each in self._sockets)
        self.internal = f"{internal}{INTERNAL_PATH}".rstrip("/")
        self.log = cloud.logs / f"functions-{project}.log"
        self._processes = cloud.logs / f"functions-{project}.pids"
        self.env = {**self._environment(), **(env or {})}  # of its processes
        self._functions: Child | None = None
        self._stopping = False
        self._started_at = 0.0
        self._manifest = manifest
        self._specs: tuple[FunctionSpec, ...] = import_module(manifest).FUNCTIONS
        specs = [spec for spec in self._specs if isinstance(spec.trigger, Schedule)]
        self.scheduler = Scheduler(specs, cloud.clock, self.internal, self.secret)
        self._run_schedules = run_schedules

    def _environment(self) -> dict[str, str]:
        emulators = self.cloud.emulators
        return {
            "GOOGLE_CLOUD_PROJECT": self.project,
            "FIRESTORE_EMULATOR_HOST": emulators.firestore_host,
            "FIREBASE_AUTH_EMULATOR_HOST": "127.0.0.1:9099",  # nothing listens: it says that tokens are unsigned
            "PUBSUB_EMULATOR_HOST": emulators.pubsub_host,
            "CLOUD_TASKS_EMULATOR_HOST": self.cloud.tasks.host,
            "FUNCTIONS_URL": self.internal,
            "LOCAL_URL": self.url,
            "LOCAL_CALLER_SECRET": self.secret,
            "LOCAL_CLOCK_FILE": str(self.cloud.clock_file),
            "STEP_TOPIC_SHARDS": str(TOPIC_SHARDS),
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": str(ROOT),
        }

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self) -> Self:
        """Register triggers and subscriptions, then serve; returns when requests are answered."""
        self.cloud.events.route(self.project, self.internal, self.secret)
        try:
            self._register()
        except OSError as error:
            self.cloud.broken.wait(_NOTICED_SECONDS)
            raise LocalError(self.cloud.reason or f"An emulator refused: {error}") from error
        self._spawn()
        self._wait_ready()
        if self._run_schedules:
            self.scheduler.start()
        return self

    def stop(self) -> None:
        self._stopping = True
        self.cloud.events.unroute(self.project)
        self.scheduler.stop()
        for spec in self._specs:
            if isinstance(spec.trigger, Topic):
                host, copies = self.cloud.emulators.pubsub_host, self._copies
                unsubscribe(host, self.project, spec.trigger, shards=TOPIC_SHARDS, copies=copies)
        if self._functions:
            self._functions.stop()
        for each in self._sockets:
            each.close()

    def kill(self) -> None:
        """Have the functions' processes die at once, as a machine does; others take their place."""
        for part in PARTS:
            with suppress(ProcessLookupError):
                os.kill(self.process(part), signal.SIGKILL)

    @property
    def processes(self) -> list[int]:
        """The numbers of the functions' processes, dead ones too."""
        return [number for _, number in self._started]

    def process(self, part: str) -> int:
        """The number of the process that serves a part, one of PARTS."""
        return dict(self._started)[part]

    @property
    def _started(self) -> list[tuple[str, int]]:
        lines = [line.split() for line in self._processes.read_text().splitlines()]
        return [(part, int(number)) for part, number in lines]

    def idle(self) -> bool:
        """No document event or task of this stack is waiting to be delivered."""
        return self.cloud.courier.idle(self.internal)

    def advance(self, delta: timedelta) -> None:
        """Make time pass, for every process of the stack."""
        for clock in self.clocks:
            clock.advance(delta)

    def spawn_beside(self, env: Mapping[str, str], on_death: Callable[[Child], None]) -> Child:
        """Other functions processes, with settings of their own, that take their share of the stack's requests."""
        processes = self._processes.with_suffix(".beside.pids")
        return self._serving("other functions processes", {**self.env, **env}, processes, on_death)

    def _spawn(self) -> None:
        self._started_at = time.monotonic()
        self._functions = self._serving("functions processes", self.env, self._processes, self._functions_died)

    def _serving(self, name: str, env: Mapping[str, str], processes: Path, on_death: Callable[[Child], None]) -> Child:
        descriptors = [each.fileno() for each in self._sockets]
        return Child(
            name,
            [sys.executable, "-m", "infra.local.server", *map(str, descriptors), self._manifest, str(processes)],
            log=self.log,
            env=env,
            pass_fds=descriptors,
            on_death=on_death,
        )

    def _functions_died(self, child: Child) -> None:
        if self._stopping:
            return
        quick = time.monotonic() - self._started_at < 1.0
        self._quick_deaths = self._quick_deaths + 1 if quick else 0
        if self._quick_deaths >= _QUICK_DEATHS:
            self.cloud.fail(f"The functions do not start (exit code {child.exit_code}):\n{child.tail(20)}")
            return
        self._spawn()

    def register_events(self) -> None:
        """Have Firestore's emulator send the events that the functions ask for. Raises OSError."""
        events = [spec for spec in self._specs if isinstance(spec.trigger, DocumentWritten)]
        eventarc.register(self.cloud.emulators.firestore_host, self.project, events)

    def _register(self) -> None:
        self.register_events()
        for spec in self._specs:
            if isinstance(spec.trigger, Topic):
                host, endpoint = self.cloud.emulators.pubsub_host, f"{self.internal}/{spec.name}/?secret={self.secret}"
                subscribe(host, self.project, spec.trigger, endpoint, shards=TOPIC_SHARDS, copies=self._copies)

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline and not self.cloud.broken.is_set():
            try:
                if len(self.processes) >= len(PARTS):
                    with urllib.request.urlopen(f"{self.url}/api/health", timeout=30):  # noqa: S310
                        return
            except OSError:
                pass
            time.sleep(0.02)
        tail = self._functions.tail(20) if self._functions else ""
        raise LocalError(self.cloud.reason or f"The functions do not answer. Their last words:\n{tail}")
