"""The demo's live view: prints each activity event as it happens."""

import threading
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from infra.demo.client import Client

_STYLES = {"prospect": "cyan", "outreach": "green", "automation": "magenta", "error": "bold red"}


class Timeline:
    """Prints the activity feed while its block runs, from a thread that polls the API."""

    def __init__(self, console: Console, client: Client) -> None:
        self._console = console
        self._client = client
        self._seen: set[str] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="timeline", daemon=True)
        self.started = datetime.now().astimezone()

    def __enter__(self) -> "Timeline":
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        self._thread.join()
        self._show()

    def _follow(self) -> None:
        while not self._stop.wait(0.25):
            self._show()

    def _show(self) -> None:
        events = self._client.get("/api/activity", limit=500)["activities"]
        for event in reversed(events):
            if event["id"] not in self._seen:
                self._seen.add(event["id"])
                self._console.print(self._line(event))

    def _line(self, event: dict[str, Any]) -> Text:
        at = datetime.fromisoformat(event["timestamp"])
        line = Text(f"  {at:%H:%M:%S.%f}"[:-3] + "  ", style="dim")
        line.append(f"{event['type']:<11}", style=_STYLES.get(event["type"], "white"))
        line.append(f"{event['title']:<24}", style="bold")
        line.append(event["message"])
        line.truncate(self._console.width - 1, overflow="ellipsis")
        return line
