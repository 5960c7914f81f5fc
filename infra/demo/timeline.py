"""The demo's live view: prints each activity event as it happens."""

import threading
from contextlib import suppress
from datetime import datetime
from typing import Any

import httpx
from rich.console import Console
from rich.text import Text

from infra.demo.client import Client, wait_until
from infra.local.process import LocalError

_PATIENCE = 30.0

_STYLES = {"prospect": "cyan", "outreach": "green", "automation": "magenta", "error": "bold red"}


class Timeline:
    """Prints the user's activity while its block runs, from a thread that reads the user's stream."""

    def __init__(self, console: Console, client: Client) -> None:
        self._console = console
        self._client = client
        self._shown: set[str] = set()
        self._cursor: str | None = None
        self._connected = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="timeline", daemon=True)

    def __enter__(self) -> "Timeline":
        self._thread.start()
        if not self._connected.wait(_PATIENCE):
            raise LocalError("The stream of messages did not begin.")
        return self

    def __exit__(self, failed: type[BaseException] | None, *exc: object) -> None:
        """Raises LocalError where the stream lacks an event of the feed."""
        try:
            if failed is None:
                wait_until("every event of the feed to come over the stream", self._is_complete, patience=_PATIENCE)
        finally:
            self._stopped.set()

    def _follow(self) -> None:
        while not self._stopped.is_set():
            with suppress(httpx.HTTPError):  # it goes on at the cursor
                for message in self._client.messages(channels="activity", cursor=self._cursor or ""):
                    self._take(message)
            self._stopped.wait(0.5)

    def _take(self, message: dict[str, Any]) -> None:
        self._cursor = message["cursor"] or self._cursor
        if message["type"] == "connection":
            self._connected.set()
        elif message["type"] == "activity" and message["id"] not in self._shown:
            self._shown.add(message["id"])
            self._console.print(self._line(message))

    def _is_complete(self) -> bool:
        events = self._client.all("/api/activity", "activities", limit=500)
        return {event["id"] for event in events} == self._shown

    def _line(self, event: dict[str, Any]) -> Text:
        at = datetime.fromisoformat(event["timestamp"])
        line = Text(f"  {at:%H:%M:%S.%f}"[:-3] + "  ", style="dim")
        line.append(f"{event['activity_type']:<11}", style=_STYLES.get(event["activity_type"], "white"))
        line.append(f"{event['title']:<24}", style="bold")
        line.append(event["message"])
        line.truncate(self._console.width - 1, overflow="ellipsis")
        return line
