"""What Google's own listener hears of a user's stream: a line for each entry, and when it came.

Run as `python -m infra.bench.listener_peer PROJECT UID`, with the emulator's address in the environment.
"""

import json
import sys
import threading
import time
from typing import Any

from google.cloud import firestore


def main() -> None:
    """Listen until the standard input ends."""
    project, uid = sys.argv[1:]
    entries = firestore.Client(project=project).collection(f"users/{uid}/stream")
    ready = threading.Event()

    def heard(_: Any, changes: Any, __: Any) -> None:
        now = time.time()
        for change in changes:
            _say({"committed": change.document.create_time.timestamp(), "heard": now})
        if not ready.is_set():
            ready.set()
            _say({"ready": True})

    watch: Any = entries.order_by("at", direction="DESCENDING").limit(100).on_snapshot(heard)
    sys.stdin.read()
    watch.unsubscribe()


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
