"""The event gateway: takes document events off the emulator at once and delivers them like Eventarc.

The emulator sends one event at a time, never again, and none while its receiver is down.
In production events come concurrently, unordered and at least once; what is never taken goes to the dead-letter topic.
"""

import json
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from functions.spec import DEAD_LETTERS, DocumentWritten, FunctionSpec
from infra.local.courier import Courier, Parcel
from infra.local.plain import Owner
from infra.local.push import forward
from shared.kit.clock import SharedClock

_EVENT_TYPE = "google.cloud.firestore.document.v1.written"
_LAG = 0.3  # seconds from a commit until its event is here, with room to spare


@dataclass(frozen=True)
class _Event:
    """One document event, without where it is delivered to: a restart serves another port with another secret."""

    project: str
    function: str
    headers: Mapping[str, str]
    body: bytes


class EventGateway:
    """Receives for any number of projects; each is routed to where its functions are served."""

    def __init__(
        self, courier: Courier, clock: SharedClock, port: int, saved: Path | None = None, pubsub: str = ""
    ) -> None:
        """`saved` is a file that `save` has written: its events are sent once their project is served. `pubsub` is the
        emulator that dead letters are published to."""
        self.max_attempts = DocumentWritten("").max_attempts
        self._pubsub = pubsub
        self._courier = courier
        self._clock = clock
        self._port = port
        self._routes: dict[str, tuple[str, str]] = {}
        self._undelivered = _read(saved) if saved and saved.exists() else []
        self._recorded: list[_Event] | None = None
        self.taken = 0  # events from the emulator

    def start(self) -> None:
        self._courier.submit(self._open()).result()

    def stop(self) -> None:
        self._courier.submit(self._runner.cleanup()).result()

    def route(self, project: str, url: str, secret: str) -> None:
        """Deliver the project's events below `url`, those of before a restart first."""
        self._routes[project] = (url, secret)
        waiting = [event for event in self._undelivered if event.project == project]
        self._undelivered = [event for event in self._undelivered if event.project != project]
        for event in waiting:
            self._send(event)

    def unroute(self, project: str) -> None:
        """Stop delivering the project's events: nobody serves them any more."""
        self._undelivered += self._waiting(project)
        url, _ = self._routes.pop(project, ("", ""))
        if url:
            self._courier.forget(url)

    def save(self, path: Path, project: str, export: Callable[[], None]) -> None:
        """Have the documents exported, and write the events that the export may lack the effects of.

        These are the events not delivered when the export begins, and all that come while it is written.
        """
        self._recorded = []
        try:
            before = self._waiting(project)
            export()
            if project in self._routes:
                time.sleep(_LAG)
            events = {(event.headers["ce-id"], event.function): event for event in (*before, *self._recorded)}
        finally:
            self._recorded = None
        path.write_text("\n".join(json.dumps(_packed(event)) for event in events.values() if event.project == project))

    def _waiting(self, project: str) -> list[_Event]:
        """The project's events that are not delivered yet."""
        url, _ = self._routes.get(project, ("", ""))
        under_way = [
            _Event(project, parcel.url.removeprefix(url).strip("/"), _own(parcel.headers), parcel.body)
            for parcel in self._courier.undelivered()
            if url and parcel.url.startswith(url)
        ]
        return [*(event for event in self._undelivered if event.project == project), *under_way]

    async def _open(self) -> None:
        app = web.Application(client_max_size=4 * 2**20)
        app.router.add_post("/functions/projects/{project}/triggers/{function}", self._receive)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()

    async def _receive(self, request: web.Request) -> web.Response:
        """Take an event: the emulator's body is the base64 text of what Eventarc sends raw."""
        body = b64decode(await request.read())
        self.taken += 1
        headers = _own(request.headers)
        if offset := self._clock.offset():
            headers["ce-time"] = (datetime.fromisoformat(headers["ce-time"]) + offset).isoformat()
            headers["ce-clockoffset"] = str(offset.total_seconds())
        event = _Event(request.match_info["project"], request.match_info["function"], headers, body)
        if event.project in self._routes:
            self._send(event)
        return web.Response(status=204)

    def _send(self, event: _Event) -> None:
        url, secret = self._routes[event.project]
        headers = {**event.headers, "Content-Type": "application/protobuf", "x-caller-secret": secret}
        if self._recorded is not None:
            self._recorded.append(event)
        target = f"{url}/{event.function}/"
        self._courier.send(
            Parcel(
                event.headers["ce-id"],
                target,
                headers,
                event.body,
                max_attempts=self.max_attempts,
                give_up=lambda parcel: self._forward(event, parcel.attempts),
                durable=True,
            )
        )

    def _forward(self, event: _Event, attempts: int) -> None:
        """Publish an event that was given up as Pub/Sub, Eventarc's transport, forwards it."""
        own = {name.lower(): value for name, value in event.headers.items()}
        source = {
            "CloudPubSubDeadLetterSourceSubscription": f"eventarc-local-{event.function}",
            "CloudPubSubDeadLetterSourceDeliveryCount": str(attempts),
        }
        with suppress(OSError):  # the emulator is gone, and with it all messages
            forward(self._pubsub, event.project, DEAD_LETTERS, event.body, {**own, **source})


def _own(headers: Mapping[str, str]) -> dict[str, str]:
    """The event's own attributes."""
    return {name: value for name, value in headers.items() if name.lower().startswith("ce-")}


def _packed(event: _Event) -> dict[str, Any]:
    return {**asdict(event), "body": b64encode(event.body).decode()}


def _read(path: Path) -> list[_Event]:
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return [_Event(**{**row, "body": b64decode(row["body"])}) for row in rows]


def register(firestore_host: str, project: str, specs: Iterable[FunctionSpec]) -> None:
    """Have the emulator send the writes that the functions' triggers name. Raises OSError."""
    with Owner(firestore_host) as owner:
        for spec in specs:
            assert isinstance(spec.trigger, DocumentWritten)  # noqa: S101
            body = {
                "eventType": _EVENT_TYPE,
                "database": "(default)",
                "namespace": "(default)",
                "document": {"value": spec.trigger.document, "matchType": "PATH_PATTERN"},
            }
            owner.call("POST", f"/emulator/v1/projects/{project}/eventarcTrigger?eventarcTriggerId={spec.name}", body)
