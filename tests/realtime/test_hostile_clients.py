"""What strangers and broken clients send: each is answered in form, and the streams of others go on."""

import json
import socket
import struct
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed

from infra.local import plain
from tests.fixtures.connections import listening, talking
from tests.fixtures.live import MOST, User
from tests.fixtures.waiting import eventually


def _raw(user: User, *lines: bytes) -> socket.socket:
    """A connection on which a request was sent, byte by byte as given."""
    address = urlsplit(user.live.url)
    connection = socket.create_connection((address.hostname, address.port), timeout=20)
    connection.sendall(b"\r\n".join((*lines, f"Authorization: Bearer {user.token()}".encode(), b"", b"")))
    return connection


def _status(connection: socket.socket) -> int:
    with connection:
        return int(connection.recv(4_096).split(b" ", 2)[1])


def test_cursors_of_any_form_are_a_reset(ann: User) -> None:
    for cursor in ("x" * 8_000, "\0", "%00", "=" * 10, "AAAA" * 500, "ü", "\U0001f600", "a b", "-1", "earliest"):
        body = ann.poll(cursor, wait=0)
        assert [frame["type"] for frame in body["messages"]] == ["reset"], cursor
    for sent in (b"\xed\xa0\x80", b"\xff\xfe", "ü".encode(), b"x" * 8_000):
        quoted = "".join(f"%{byte:02x}" for byte in sent)
        answer = ann.http.get(f"/api/realtime/poll?wait=0&cursor={quoted}")
        assert answer.json()["messages"][0]["reason"] == "unknown"
        if len(sent) < 100:
            poll = _raw(ann, b"GET /api/realtime/poll?wait=0 HTTP/1.1", b"Host: x", b"Last-Event-ID: " + sent)
            assert _status(poll) == 200


@pytest.mark.parametrize(
    "query",
    [
        "channels=activity&channels=tasks",
        "cursor=a&cursor=b",
        "wait=nan",
        "wait=inf",
        "wait=1e400",
        "wait=-1",
        "channels=%ED%A0%80",
        "channels=%00",
        "channels=documents:prospects/..%2Fx",
        "channels=documents:stream/x",
        "channels=" + ",".join(f"documents:prospects/p{n}" for n in range(51)),
        "channels=" + "x" * 8_000,
        "unknown=1",
    ],
)
def test_what_no_stream_can_be_opened_with_is_a_problem(ann: User, query: str) -> None:
    answer = ann.http.get(f"/api/realtime/poll?{query}")
    assert answer.status_code == 422, answer.text
    assert answer.json()["type"] == "urn:problem:invalid"
    assert len(answer.content) < 4_000
    with talking(ann.live.url, ann.token(), f"?{query}") as refused:
        assert refused.take()["type"] == "error"
        assert refused.rest()[1] == 1008


def test_other_methods_and_headers(ann: User) -> None:
    before = len(ann.live.lines(kind="request"))
    head = ann.http.head("/api/realtime/stream")
    assert (head.status_code, head.content, head.headers["Allow"]) == (405, b"", "GET, OPTIONS")
    with listening(ann.http, {"Range": "bytes=0-10", "Accept-Encoding": "gzip", "If-None-Match": "*"}) as events:
        assert events.take()["type"] == "connection"
        ann.notify("whole")
        assert events.take()["title"] == "whole"
    for host in (b"[", b"[::1", b"a b/c?", b"x/api/ws?", b"\xff", b""):
        poll = _raw(ann, b"GET /api/realtime/poll HTTP/1.1", b"Host: " + host)
        assert _status(poll) in (200, 400), host
    assert {line["route"] for line in ann.live.lines(kind="request")[before:]} <= {
        "GET /api/realtime/stream",
        "GET /api/realtime/poll",
        "WS /api/ws",  # of an earlier test, whose connection ends meanwhile
    }


def test_half_a_request_and_a_client_that_is_gone_take_no_place(ann: User) -> None:
    """https://github.com/stemdeckapp/stemdeck/issues/513: who had gone before a stream began kept a place."""
    half = _raw(ann, b"GET /api/realtime/stream HTTP/1.1")
    half.sendall(b"GET ")
    for _ in range(5 * MOST):
        gone = _raw(ann, b"GET /api/realtime/stream HTTP/1.1", b"Host: x")
        gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # resets the connection
        gone.close()
        eventually(lambda: ann.http.get("/api/realtime/poll").status_code == 200)
    with listening(ann.http) as events:
        assert events.take()["type"] == "connection"
        ann.notify("here")
        assert events.take()["title"] == "here"
    half.close()


def test_frames_of_the_longest_size_and_beyond(ann: User) -> None:
    frame = json.dumps({"type": "ping", "timestamp": ""})
    with talking(ann.live.url, ann.token()) as talk:
        talk.take()
        talk.connection.send(frame[:-2] + "x" * (16 * 1024 - len(frame)) + frame[-2:])
        assert talk.take()["type"] == "pong"
        talk.connection.send(b"\0" * 100)
        assert talk.take()["type"] == "error"
        talk.connection.send(frame[:-2] + "x" * (16 * 1024 - len(frame) + 1) + frame[-2:])
        assert talk.rest()[1] == 1009
    with talking(ann.live.url, ann.token()) as talk:
        talk.take()
        with suppress(ConnectionClosed):
            talk.connection.send("x" * 8_000 for _ in range(3))  # one message in three frames
        assert talk.rest()[1] == 1009


@pytest.mark.parametrize(
    "said",
    ["1e400", "-1e400", "1" * 4_000, '{"a":' * 100 + "1" + "}" * 100, '"\\ud800"', '"\\u0000"', "null", "NaN", "1.5"],
)
def test_what_is_echoed_is_json(ann: User, said: str) -> None:
    def refuse(constant: str) -> Any:
        raise AssertionError(constant)

    with talking(ann.live.url, ann.token()) as talk:
        talk.take()
        talk.connection.send(f'{{"type":"ping","timestamp":{said}}}')
        answer = talk.connection.recv(timeout=20)
        assert json.loads(answer, parse_constant=refuse)["type"] in ("pong", "error")
        assert talk.ask(type="ping", timestamp=1) == {"type": "pong", "timestamp": 1}


def test_a_flood_of_frames_ends_its_own_stream_alone(ann: User, bob: User) -> None:
    with talking(bob.live.url, bob.token()) as bobs, talking(ann.live.url, ann.token()) as talk:
        bobs.take()
        with suppress(ConnectionClosed):
            for number in range(10_000):
                talk.send(type="subscribe", channels=["activity", f"documents:prospects/p{number}"])
        assert talk.rest()[1] == 4029
        bob.notify("unharmed")
        assert bobs.take()["title"] == "unharmed"
        assert bobs.ask(type="ping", timestamp=2) == {"type": "pong", "timestamp": 2}
    assert plain.get(f"{ann.live.url}/api/realtime/poll").status_code == 200
