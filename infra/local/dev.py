"""make dev: serve everything until Ctrl-C, and keep the data."""

import json
import os
import time
from pathlib import Path

from infra.bundle import ROOT
from infra.local.cloud import LocalCloud
from infra.local.process import LocalError, is_free, listening_socket
from infra.local.stack import Stack


def serve() -> None:
    """Serve on PORT. Returns on Ctrl-C; raises LocalError when something the stack needs is gone, or the data could not
    be saved at the end."""
    port = _port()
    listening_socket(port).close()  # say so before the emulators are started
    started = time.monotonic()
    folder = Path(os.environ.get("DEV_FOLDER", ROOT / ".local/dev"))
    local = LocalCloud(folder, keep_data=True, ports=_emulator_ports())
    try:
        with local as cloud, Stack(cloud, port=port) as stack:
            print(f"Ready after {time.monotonic() - started:.1f} s: {stack.url}/api/health")
            print(f"Firestore emulator {cloud.emulators.firestore_host}, Pub/Sub {cloud.emulators.pubsub_host}")
            print(f"Logs: {cloud.logs}. Without a token you are dev-user.")
            print("The data is saved every minute and when it ends. Ctrl-C ends.")
            cloud.broken.wait()
            raise LocalError(cloud.reason)
    except KeyboardInterrupt:
        if local.unsaved:
            raise LocalError(
                f"Stopped, but the data could not be saved: {local.unsaved}. What was written since the last save is "
                f"gone; what was saved is kept in {folder}."
            ) from None
        print(f"\nStopped; the data is kept in {folder}.")


def _port() -> int:
    given = os.environ.get("PORT", "8080")
    if not given.isdigit() or not 0 < int(given) < 65536:
        raise LocalError(f"PORT is {given!r}; it must be a number from 1 to 65535.")
    return int(given)


def _emulator_ports() -> tuple[int, int]:
    """Those of firebase.json, so that other tools find the emulators; a taken one is replaced by a free one."""
    named = json.loads((ROOT / "firebase.json").read_text())["emulators"]
    ports = [named[name]["port"] for name in ("firestore", "pubsub")]
    firestore, pubsub = (port if is_free(port) else 0 for port in ports)
    return firestore, pubsub
