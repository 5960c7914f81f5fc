"""Clients that are there and read nothing: each is cut, so that it takes no place, no memory and no connection.

https://github.com/OpenCTI-Platform/opencti/issues/13908 and http-kit/http-kit#474: what waited for such clients filled
the memory. https://github.com/anomalyco/opencode/issues/17628: what was sent to them kept others waiting.
"""

import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from infra.local.cloud import LocalCloud
from shared.domains import notifications
from shared.gcp import firestore
from shared.settings import Settings
from tests.fixtures.connections import talking
from tests.fixtures.framework import Framework
from tests.fixtures.live import User, environment
from tests.fixtures.waiting import eventually

SECONDS = 1.0
UPGRADE = (
    b"Connection: Upgrade",
    b"Upgrade: websocket",
    b"Sec-WebSocket-Version: 13",
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)
_ESTABLISHED = 1  # of tcp_states.h


@pytest.fixture
def seconds() -> float:
    """That a client may take to receive a message."""
    return SECONDS


@pytest.fixture
def ann(cloud: LocalCloud, local_settings: Settings, seconds: float, tmp_path: Path) -> Iterator[User]:
    env = environment(cloud, local_settings.project) | {"REALTIME_SEND_SECONDS": str(seconds)}
    with Framework("realtime", tmp_path / "live", env) as live:
        eventually(live.listens)
        with User(live, local_settings.project) as user:
            yield user


def _asked(user: User, path: str, *headers: bytes) -> socket.socket:
    """A connection on which something was asked for, with little room for the answer."""
    address = urlsplit(user.live.url)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    connection.settimeout(20)
    connection.connect((address.hostname, address.port))
    token = f"Authorization: Bearer {user.token()}".encode()
    connection.sendall(b"\r\n".join((f"GET {path} HTTP/1.1".encode(), b"Host: x", token, *headers, b"", b"")))
    return connection


def _is_cut(connection: socket.socket) -> bool:
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] != _ESTABLISHED


def _notify_much(user: User, number: int) -> None:
    """So many messages of 2 kB."""
    for first in range(0, number, 50):
        built = [
            notifications.build(user.uid, str(first + n), "m" * 1_900, id=uuid4().hex)
            for n in range(min(50, number - first))
        ]
        firestore.client().commit([notifications.to_create(each) for each in built])


@pytest.mark.parametrize(("path", "headers"), [("/api/realtime/stream", ()), ("/api/ws", UPGRADE)])
def test_a_stream_that_is_not_read_is_cut(ann: User, path: str, headers: tuple[bytes, ...]) -> None:
    with _asked(ann, path, *headers) as connection:
        assert connection.recv(12).startswith(b"HTTP/1.1 ")
        _notify_much(ann, 3_000)  # more than the system holds for a connection
        with talking(ann.live.url, ann.token()) as other:
            other.take()
            ann.notify("here")
            while other.take()["title"] != "here":  # behind the last of the many
                pass
        eventually(lambda: ann.live.lines(kind="request", ended="slow"), patience=10 * SECONDS)
        eventually(lambda: _is_cut(connection), patience=10 * SECONDS)


def test_an_answer_that_is_read_slowly_comes_whole(ann: User) -> None:
    cursor = ann.poll()["cursor"]
    _notify_much(ann, 100)
    with _asked(ann, f"/api/realtime/poll?wait=0&cursor={cursor}", b"Connection: close") as connection:
        whole = b""
        while part := connection.recv(8_192):
            whole += part
            time.sleep(0.15)
    head, _, body = whole.partition(b"\r\n\r\n")
    assert f"content-length: {len(body)}".encode() in head.lower()
    assert len(body) > 200_000


@pytest.mark.parametrize("seconds", [60.0])
def test_pings_whose_answers_are_not_read_take_no_memory(ann: User) -> None:
    ping = b"\x89\xfd" + struct.pack(">I", 0) + b"x" * 125
    with _asked(ann, "/api/ws", *UPGRADE) as connection, talking(ann.live.url, ann.token()) as other:
        assert connection.recv(12).startswith(b"HTTP/1.1 101")
        other.take()
        before = _memory(ann.live)
        for _ in range(400):
            connection.sendall(ping * 1_000)
        assert other.ask(type="ping", timestamp=1) == {"type": "pong", "timestamp": 1}
        assert _memory(ann.live) - before < 15_000_000  # of 50,000,000 bytes of answers


def _memory(live: Framework) -> int:
    """Bytes in memory of the process that serves."""
    [worker] = Path(f"/proc/{live.process.pid}/task/{live.process.pid}/children").read_text().split()
    [line] = [line for line in Path(f"/proc/{worker}/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) * 1_024
