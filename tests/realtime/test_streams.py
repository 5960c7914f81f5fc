"""Streams of the deployed function: the framework's own command serves it, in a process of its own."""

from datetime import timedelta
from typing import Any

import httpx

from infra.local import plain
from shared.context import Principal, SignedIn
from shared.domains import notifications
from shared.domains.activity import service as activity
from shared.domains.activity.models import ActivityInput
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import ProspectInput
from shared.kit import clock
from shared.realtime import tickets
from tests.fixtures.connections import Events, Frame, Socket, listening, talking
from tests.fixtures.framework import Framework
from tests.fixtures.live import User
from tests.fixtures.tokens import unsigned
from tests.fixtures.waiting import eventually

_GREETING = {"type", "status", "user_id", "message", "channels", "cursor", "expires_at", "timestamp"}


def _titles(frames: list[Frame]) -> list[Any]:
    return [frame.get("title") for frame in frames]


def test_every_transport_brings_what_happens_and_goes_on_behind_a_cursor(ann: User, bob: User) -> None:
    first = ann.poll()
    assert first["success"] is True
    assert first["messages"] == []
    prospect = prospects.create(ann.uid, ProspectInput(name="Lee"))
    channels = f"activity,notifications,documents:prospects/{prospect.id}"
    with (
        listening(ann.http, channels=channels) as events,
        talking(ann.live.url, ann.token(), f"?channels={channels}") as socket,
        listening(bob.http) as bobs,
    ):
        greeting, hello = events.take(), socket.take()
        assert greeting.keys() == hello.keys() == _GREETING
        assert (hello["type"], hello["status"], hello["user_id"]) == ("connection", "connected", ann.uid)
        assert bobs.take()["user_id"] == bob.uid
        id = ann.notify("one")
        notifications.mark_read(ann.uid, id, None)
        activity.add(ann.uid, ActivityInput(type="content", title="two", message="m"))
        prospects.delete(ann.uid, prospect.id, None)
        streamed = [_news(events) for _ in range(4)]
        assert [frame["type"] for frame in streamed] == ["notification", "notification_update", "activity", "document"]
        assert [frame["change"] for frame in streamed[3:]] == ["deleted"]
        assert [_without(frame) for frame in streamed] == [_without(_news(socket)) for _ in range(4)]
        assert all(frame["cursor"] and frame["id"] for frame in streamed)
        assert events.is_quiet()
        assert bobs.is_quiet()
        assert bobs.last_id
        _resume(ann, streamed, channels)
        eventually(lambda: events.comments)
        socket.is_quiet(1.0)
        assert socket.heartbeats
    polled = ann.poll(first["cursor"], wait=5)
    assert _titles(polled["messages"])[0] == "one"
    assert ann.poll(polled["cursor"], wait=0)["messages"] == []


def _news(stream: Events | Socket) -> Frame:
    """The next frame; not the prospect's creation, of a moment before, which a stream may still be told of."""
    frame = stream.take()
    return stream.take() if (frame["type"], frame.get("change")) == ("document", "created") else frame


def _without(frame: Frame) -> Frame:
    """A frame, without the cursor, which depends on what else its connection has had."""
    return {name: value for name, value in frame.items() if name != "cursor"}


def _resume(user: User, streamed: list[Frame], channels: str) -> None:
    behind = streamed[0]["cursor"]
    with listening(user.http, {"Last-Event-ID": behind}, channels=channels, cursor="x") as again:
        assert again.take()["cursor"] == behind
        assert [_without(again.take()) for _ in range(3)] == [_without(frame) for frame in streamed[1:]]
    with talking(user.live.url, user.token(), f"?channels={channels}&cursor={behind}") as again:
        assert again.take()["cursor"] == behind
        assert [_without(again.take()) for _ in range(3)] == [_without(frame) for frame in streamed[1:]]


def test_a_cursor_that_is_not_the_connections_own_is_a_reset(ann: User, bob: User) -> None:
    mine, bobs = ann.poll()["cursor"], bob.poll()["cursor"]
    for cursor, channels in (("forged", ""), (mine[:-2], ""), (bobs, ""), (mine, "activity")):
        body = ann.poll(cursor, wait=5, channels=channels)
        assert [frame["type"] for frame in body["messages"]] == ["reset"]
        assert body["messages"][0]["reason"] == "unknown"
        ann.notify("behind the reset")
        with listening(ann.http, {"Last-Event-ID": body["cursor"]}, channels=channels) as events:
            events.take()
            assert channels or events.take()["title"] == "behind the reset"


def test_subscribing_filters_and_says_what_it_does_not_know(ann: User) -> None:
    with talking(ann.live.url, ann.token()) as socket:
        socket.take()
        assert socket.ask(type="ping", timestamp=17) == {"type": "pong", "timestamp": 17}
        answer = socket.ask(type="subscribe", event_types=["notification"])
        assert (answer["type"], answer["status"], answer["event_types"]) == (
            "subscription",
            "subscribed",
            ["notification"],
        )
        activity.add(ann.uid, ActivityInput(type="content", title="no", message="m"))
        ann.notify("yes")
        assert socket.take()["title"] == "yes"
        answer = socket.ask(type="subscribe", channels=["activity"], event_types=["notification", "activity"])
        assert answer["channels"] == ["activity"]
        ann.notify("no longer")
        activity.add(ann.uid, ActivityInput(type="content", title="now", message="m"))
        frame = socket.take()
        assert frame["title"] == "now"
        assert ann.poll(frame["cursor"], channels="activity", wait=0)["messages"] == []
        for said in (b"\x00", "{", "[]", '"x"', '{"type":"dance"}', '{"type":["x"]}', "[" * 9_000):
            socket.connection.send(said)
            assert socket.take()["type"] == "error"
        assert socket.ask(type="subscribe", event_types=["nothing", "activity"])["type"] == "error"
        assert socket.ask(type="subscribe", channels=["nothing"])["type"] == "error"
        assert socket.ask(type="authenticate", token="x")["type"] == "error"


def test_too_much_is_too_much(ann: User) -> None:
    with talking(ann.live.url, ann.token()) as socket:
        for number in range(40):
            socket.send(type="ping", timestamp=number)
        frames, code, _ = socket.rest()
        assert code == 4029
        assert [frame["type"] for frame in frames[-2:]] == ["error", "reconnect"]
    with talking(ann.live.url, ann.token()) as socket:
        socket.connection.send("x" * 17_000)
        assert socket.rest()[1] == 1009
    eventually(lambda: len(ann.requests(ended="gone")) == 1)


def test_whoever_may_not_is_answered_a_problem_document(ann: User, project: str) -> None:
    stranger = unsigned("another-project", "x")
    used = tickets.issue(SignedIn(Principal(ann.uid), clock.now() + timedelta(hours=1))).text
    with plain.client(base_url=ann.live.url, timeout=30) as nobody:
        with listening(nobody, ticket=used) as events:
            assert events.take()["user_id"] == ann.uid
        for path in ("/api/realtime/stream", "/api/realtime/poll/"):
            answers = {
                401: nobody.get(path, headers={"Authorization": f"Bearer {stranger}"}),
                403: ann.http.get(path, params={"user_id": "another"}),
                404: ann.http.get(f"{path.rstrip('/')}/more"),
                405: ann.http.post(path),
                422: ann.http.get(path, params={"channels": "nothing"}),
            }
            for status, answer in answers.items():
                assert answer.status_code == status, answer.text
                _check_problem(answer)
            assert nobody.get(path, params={"ticket": used}).status_code == 401
            assert ann.http.head(path).status_code == 405
            assert ann.http.get(path, params={"wait": "51", "what": "x"}).status_code == 422
        assert ann.http.get("/api/ws").status_code == 400
        allowed = {"Origin": "http://localhost:3000"}
        assert nobody.options("/api/realtime/stream", headers=allowed).headers["Access-Control-Allow-Origin"]
        assert (
            "Access-Control-Allow-Origin" not in nobody.get("/api/realtime/x", headers={"Origin": "http://a.b"}).headers
        )
    for token, query, code in (
        (stranger, "", 4001),
        (ann.token(), "?user_id=other", 4001),
        (None, f"?ticket={used}", 4001),
    ):
        with talking(ann.live.url, token, query) as socket:
            frames, closed, _ = socket.rest()
            assert closed == code
            assert frames[0]["type"] == "error"
            assert frames[0]["problem"]["status"] in (401, 403)
    assert used not in ann.live.said


def _check_problem(answer: httpx.Response) -> None:
    body = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["success"] is False
    assert body["status"] == answer.status_code
    assert isinstance(body["detail"], str)
    assert body["request_id"] == answer.headers["x-request-id"]


def test_a_user_has_so_many_streams_and_no_more(ann: User, bob: User) -> None:
    with (
        listening(ann.http) as first,
        listening(ann.http),
        talking(ann.live.url, ann.token()),
        talking(ann.live.url, ann.token()),
    ):
        first.take()
        refused = ann.http.get("/api/realtime/stream")
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) >= 1
        with talking(ann.live.url, ann.token()) as socket:
            frames, code, _ = socket.rest()
            assert code == 4029
            assert [frame["retry_ms"] for frame in frames] == [1_000 * int(refused.headers["Retry-After"])]
        assert bob.poll()["success"]
    eventually(lambda: ann.http.get("/api/realtime/poll").status_code == 200)


def test_the_development_user_needs_no_token(live: Framework) -> None:
    with plain.client(base_url=live.url, timeout=30) as http, listening(http, user_id="somebody") as events:
        assert events.take()["user_id"] == "dev-user"
        with talking(live.url, None, "?user_id=test-user-1") as socket:
            greeting = socket.take()
            assert greeting["user_id"] == "dev-user"
            assert greeting["expires_at"] is None
        with talking(live.url, None, Origin="https://evil.example") as socket:
            assert socket.rest()[1] == 4001
        with talking(live.url, None, Origin="http://localhost:3000") as socket:
            assert socket.take()["type"] == "connection"
