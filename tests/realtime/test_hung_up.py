"""Clients that hang up while their stream is being opened: each is dropped, and takes none of its user's places."""

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from infra.chaos.line import Line
from infra.local.cloud import LocalCloud
from shared.kit import clock
from shared.realtime.channels import parsed
from shared.settings import Settings
from shared.store import cursors
from tests.fixtures.connections import listening
from tests.fixtures.framework import Framework
from tests.fixtures.live import MOST, User, environment
from tests.fixtures.waiting import eventually

TIMES = 2
_PROMPT = 10  # seconds, in which no call to a silent store is given up
_UPGRADE = (
    b"Connection: Upgrade",
    b"Upgrade: websocket",
    b"Sec-WebSocket-Version: 13",
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)
TRANSPORTS = {"stream": ("realtime/stream", ()), "poll": ("realtime/poll", ()), "socket": ("ws", _UPGRADE)}


@pytest.fixture
def line(cloud: LocalCloud) -> Iterator[Line]:
    """The function's line to the store."""
    with Line(cloud.emulators.firestore_host) as line:
        yield line


@pytest.fixture
def ann(cloud: LocalCloud, local_settings: Settings, line: Line, tmp_path: Path) -> Iterator[User]:
    env = {
        **environment(cloud, local_settings.project),
        "FIRESTORE_EMULATOR_HOST": line.host,
        "REALTIME_ACCOUNT_SECONDS": "60",
        "LISTENER_PROOF_SECONDS": "1",
        "LISTENER_PATIENCE_SECONDS": "10",
        "RPC_SECONDS": "16",
    }
    with Framework("realtime", tmp_path / "live", env) as live:
        eventually(live.listens)
        with User(live, local_settings.project) as user:
            yield user


def _asked(user: User, transport: str, query: str = "") -> socket.socket:
    """A connection on which a stream was asked for."""
    address, (path, headers) = urlsplit(user.live.url), TRANSPORTS[transport]
    connection = socket.create_connection((address.hostname, address.port), timeout=20)
    token = f"Authorization: Bearer {user.token()}".encode()
    lines = (f"GET /api/{path}?{query} HTTP/1.1".encode(), b"Host: x", token, *headers, b"", b"")
    connection.sendall(b"\r\n".join(lines))
    return connection


def _is_read(connection: socket.socket) -> bool:
    """Whether the server has accepted a connection and read what was sent on it."""
    peer = f":{connection.getsockname()[1]:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(row[2].endswith(peer) and row[4].endswith(":00000000") and row[9] != "0" for row in rows)


def _hang_up(connection: socket.socket, number: int) -> None:
    """In turn as a page that is closed, and as a machine that is gone, whose connection is reset."""
    if number % 2:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _ask_and_hang_up(user: User, query: str = "") -> None:
    """Ask for as many streams as the user may have, and hang up on them; again and again. None is refused."""
    dropped = 0
    for transport in [*TRANSPORTS] * TIMES:
        connections = [_asked(user, transport, query) for _ in range(MOST)]
        for number, connection in enumerate(connections):
            eventually(partial(_is_read, connection))
            _hang_up(connection, number)
        dropped += MOST
        eventually(partial(_has_dropped, user, dropped), patience=_PROMPT)


def _has_dropped(user: User, number: int) -> bool:
    return len(user.live.lines(kind="request", status=499)) == number


def _long_ago(user: User) -> str:
    """A cursor to which the feed that begins now does not reach back: what came since is read."""
    user.notify("lately")
    assert user.poll()["messages"] == []
    return cursors.encode(parsed(None).key(user.uid), [clock.now() - timedelta(hours=1), "a", 0, ""])


def _all_places_are_free(user: User) -> bool:
    with ExitStack() as opened:
        for _ in range(MOST):
            answer = opened.enter_context(user.http.stream("GET", "/api/realtime/stream"))
            if answer.status_code != 200:
                return False
    return True


def test_while_what_was_missed_is_read(ann: User, line: Line) -> None:
    cursor = _long_ago(ann)
    assert line.silence() > 0
    _ask_and_hang_up(ann, f"cursor={cursor}")
    assert ann.poll()["messages"] == []  # at a feed that has begun, without a read
    assert eventually(lambda: _all_places_are_free(ann))


def test_while_the_feed_begins(ann: User, line: Line) -> None:
    with User(ann.live, ann.project) as bob, listening(bob.http) as bobs:
        bobs.take()  # whose listener has the silent connection replaced
        _hang_up_while_the_feed_begins(ann, line)


def _hang_up_while_the_feed_begins(ann: User, line: Line) -> None:
    assert ann.http.get("/api/realtime/poll?channels=nothing").status_code == 422  # the account is looked up
    assert line.silence() > 0
    _ask_and_hang_up(ann)
    statuses = [ann.http.get("/api/realtime/poll").status_code]
    while statuses[-1] == 503 and len(statuses) < 4:
        statuses.append(ann.http.get("/api/realtime/poll").status_code)
    assert statuses[-1] == 200
    assert eventually(lambda: _all_places_are_free(ann))


def test_while_the_account_is_looked_up(ann: User, line: Line) -> None:
    with User(ann.live, ann.project) as other:
        assert other.poll()["messages"] == []
    assert line.silence() > 0
    _ask_and_hang_up(ann)
    assert eventually(lambda: _all_places_are_free(ann))


def test_at_any_time(ann: User) -> None:
    cursor = ann.poll()["cursor"]
    for number, transport in enumerate([*TRANSPORTS] * 40):
        connection = _asked(ann, transport, f"cursor={cursor}" if number % 2 else "")
        time.sleep(number / 5_000)
        _hang_up(connection, number)
    assert eventually(lambda: _all_places_are_free(ann))
    with listening(ann.http) as events:
        events.take()
        ann.notify("here")
        assert events.take()["title"] == "here"


def test_a_client_that_speaks_before_it_is_let_in(ann: User, line: Line) -> None:
    """Frames before the server's answer are against RFC 6455, 4.1: the connection is refused, and takes no place."""
    cursor = _long_ago(ann)
    assert line.silence() > 0
    for _ in range(2 * MOST):
        with _asked(ann, "socket", f"cursor={cursor}") as early:
            eventually(partial(_is_read, early))  # so that the server has taken it for a WebSocket
            early.sendall(b"\x81\x82\0\0\0\0{}")
            assert early.recv(4_096).startswith(b"HTTP/1.1 403 ")
    assert eventually(lambda: _all_places_are_free(ann))
    assert {line["outcome"] for line in ann.live.lines(kind="request")} == {"done"}
