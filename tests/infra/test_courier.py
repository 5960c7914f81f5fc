"""The courier: at least once, with backoff, no parcel blocking another."""

from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from infra.local import plain
from infra.local.courier import Courier, Disorder, Parcel
from infra.local.eventarc import EventGateway
from infra.local.process import free_port
from infra.local.serving import Serving
from shared.kit.clock import SharedClock
from tests.fixtures.waiting import eventually


class Receiver(Serving, ThreadingHTTPServer):
    """Fails each path as often as it is told to."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self.secrets: list[str] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                receiver.calls[self.path] += 1
                receiver.secrets.append(self.headers.get("x-caller-secret", ""))
                failing = receiver.failures[self.path] > 0
                receiver.failures[self.path] -= 1
                self.send_response(500 if failing else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                return

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        yield server


@pytest.fixture
def clock(tmp_path: Path) -> SharedClock:
    return SharedClock(tmp_path / "clock")


@pytest.fixture
def courier(clock: SharedClock) -> Iterator[Courier]:
    running = Courier(clock, concurrency=2)
    running.start()
    yield running
    running.stop()


def _parcel(receiver: Receiver, path: str, **more: Any) -> Parcel:
    return Parcel(path, receiver.url + path, {}, b"x", min_backoff=0.01, **more)


def test_a_failing_parcel_is_tried_again_and_blocks_no_other(courier: Courier, receiver: Receiver) -> None:
    receiver.failures["/bad"] = 3
    for path in ("/bad", "/a", "/b", "/c"):
        courier.send(_parcel(receiver, path))
    eventually(lambda: courier.idle(receiver.url))
    assert receiver.calls == {"/bad": 4, "/a": 1, "/b": 1, "/c": 1}


def test_a_parcel_waits_for_its_time_on_the_movable_clock(
    courier: Courier, receiver: Receiver, clock: SharedClock
) -> None:
    courier.send(_parcel(receiver, "/later"), clock.now() + timedelta(hours=1))
    courier.send(_parcel(receiver, "/now"))
    eventually(lambda: receiver.calls["/now"] == 1)
    assert receiver.calls["/later"] == 0
    clock.advance(timedelta(hours=1))
    eventually(lambda: receiver.calls["/later"] == 1)


def test_disorder_delivers_twice(courier: Courier, receiver: Receiver) -> None:
    courier.disorder = Disorder(copies=2, shuffle_seconds=0.05)
    courier.send(_parcel(receiver, "/twice"))
    eventually(lambda: courier.idle(receiver.url))
    assert receiver.calls["/twice"] == 2


def test_what_is_forgotten_is_not_delivered(courier: Courier, receiver: Receiver, clock: SharedClock) -> None:
    courier.send(_parcel(receiver, "/never"), clock.now() + timedelta(hours=1))
    courier.forget(receiver.url)
    clock.advance(timedelta(hours=2))
    eventually(lambda: courier.idle(receiver.url))
    assert receiver.calls["/never"] == 0


def test_undelivered_events_outlive_a_restart_on_another_port(clock: SharedClock, tmp_path: Path) -> None:
    saved, port = tmp_path / "events.jsonl", free_port()
    with Receiver() as old, _gateway(clock, port) as (gateway, _):
        old.failures["/prospect_written/"] = 10**6
        gateway.route("p", old.url, "old secret")
        _emit(port)
        eventually(lambda: old.calls["/prospect_written/"])
        gateway.unroute("p")
        gateway.save(saved, "p", lambda: None)
    with Receiver() as new, _gateway(clock, port, saved) as (gateway, courier):
        gateway.route("p", new.url, "new secret")
        eventually(lambda: new.calls["/prospect_written/"] == 1)
        eventually(lambda: courier.idle(new.url))
        assert new.secrets == ["new secret"]


def test_an_event_that_comes_during_the_export_is_saved_with_it(clock: SharedClock, tmp_path: Path) -> None:
    """Its document may be in the export, and what its function writes is not."""
    saved, port = tmp_path / "events.jsonl", free_port()
    with Receiver() as receiver, _gateway(clock, port) as (gateway, courier):
        gateway.route("p", receiver.url, "secret")

        def export() -> None:
            _emit(port)
            eventually(lambda: courier.idle(receiver.url))

        gateway.save(saved, "p", export)
    assert "e1" in saved.read_text()


@contextmanager
def _gateway(clock: SharedClock, port: int, saved: Path | None = None) -> Iterator[tuple[EventGateway, Courier]]:
    courier = Courier(clock)
    courier.start()
    gateway = EventGateway(courier, clock, port, saved)
    gateway.start()
    yield gateway, courier
    gateway.stop()
    courier.stop()


def _emit(port: int) -> None:
    """One event, as the emulator sends it."""
    address = f"http://127.0.0.1:{port}/functions/projects/p/triggers/prospect_written"
    plain.post(address, content=b64encode(b"body"), headers={"ce-id": "e1"})
