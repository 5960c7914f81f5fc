"""Google's Firestore and Pub/Sub emulators: started, ready."""

import time
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path

from infra.local.emulator_jars import FIRESTORE, PUBSUB
from infra.local.java import java
from infra.local.plain import Owner
from infra.local.process import Child, LocalError, free_port

_FIRESTORE_MAIN = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
_PUBSUB_MAIN = "com.google.cloud.pubsub.testing.v1.Main"
_JVM = (  # quick to start and light: the emulators live for minutes, not for days
    "-XX:TieredStopAtLevel=1",
    "-XX:CompileThresholdScaling=0.05",  # compile early: interpreted, a commit costs twice as much
    "-XX:+UseSerialGC",
    "-Xshare:auto",
    "-Xmx2g",
    "-Duser.language=en",
)
# Printed by an emulator that has its port. What answers there before may be another process that took it first.
_LISTENS = {"Firestore emulator": "Dev App Server is now running", "Pub/Sub emulator": "Server started, listening on"}
_CRASHED = 'Exception in thread "main"'  # the Pub/Sub emulator does not end when its port is taken
_START_SECONDS = 180.0  # a machine may be busy; an emulator that ends is noticed at once


class Emulators:
    """Both emulators on loopback. `functions_port` is where Firestore sends document events."""

    def __init__(
        self,
        *,
        logs: Path,
        functions_port: int,
        seed: Path | None,
        on_death: Callable[[Child], None],
        ports: tuple[int, int] = (0, 0),
    ) -> None:
        runtime = java()
        firestore_at, pubsub_at = (port or free_port() for port in ports)
        self.firestore_host = f"127.0.0.1:{firestore_at}"
        self.pubsub_host = f"127.0.0.1:{pubsub_at}"
        self._on_death = on_death
        self._logs = logs
        firestore_options = [f"--port={firestore_at}", f"--functions_emulator=127.0.0.1:{functions_port}"]
        jvm = [runtime, *_JVM, "-cp"]
        self._firestore = [*jvm, str(FIRESTORE.jar()), _FIRESTORE_MAIN, "--host=127.0.0.1", *firestore_options]
        pubsub_options = ["--host=127.0.0.1", f"--port={pubsub_at}"]
        self._children = [
            self._start_firestore(seed),
            Child(
                "Pub/Sub emulator",
                [*jvm, str(PUBSUB.jar()), _PUBSUB_MAIN, *pubsub_options],
                log=logs / "pubsub.log",
                on_death=on_death,
            ),
        ]

    def _start_firestore(self, seed: Path | None) -> Child:
        command = [*self._firestore, *([f"--seed_from_export={seed}"] if seed else [])]
        return Child("Firestore emulator", command, log=self._logs / "firestore.log", on_death=self._on_death)

    def restart_firestore(self, seed: Path) -> None:
        """Stop it, and start it at the same address with an export's documents alone. Raises LocalError."""
        self._children[0].stop(grace=10)
        self._children[0] = self._start_firestore(seed)
        self.wait()

    def wait(self) -> None:
        """Until both answer. Raises LocalError with what they printed."""
        for child, host in zip(self._children, (self.firestore_host, self.pubsub_host), strict=True):
            deadline = time.monotonic() + _START_SECONDS
            while not (child.has_printed(_LISTENS[child.name]) and _answers(host)):
                if not child.alive or child.has_printed(_CRASHED) or time.monotonic() > deadline:
                    raise LocalError(f"The {child.name} did not start:\n{child.tail(40)}")
                time.sleep(0.05)

    @property
    def firestore_alive(self) -> bool:
        return self._children[0].alive

    def export(self, project: str, folder: Path, name: str) -> None:
        """Write the project's documents into `folder`, as an export of that name. Raises OSError."""
        body = {
            "database": f"projects/{project}/databases/(default)",
            "export_directory": str(folder),
            "export_name": name,
        }
        with Owner(self.firestore_host) as owner:
            owner.call("POST", f"/emulator/v1/projects/{project}:export", body)

    def stop(self) -> None:
        for child in self._children:
            child.stop(grace=10)


def _answers(host: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{host}/", timeout=1) as response:
            return bool(response.status == 200)
    except (OSError, HTTPException):  # the latter: what has only half begun, or something else on that port
        return False
