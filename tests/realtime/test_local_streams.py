"""Streams on the local server, which hands their connections over, and what connections of one instance share."""

from importlib.metadata import version
from typing import Any

import functions_framework.aio as framework
import pytest

from functions.http import realtime
from infra.local.stack import Stack
from shared.domains import notifications
from shared.gcp import firestore
from shared.gcp import listening as listeners
from shared.realtime import hub
from shared.runtime.live import instance
from tests.fixtures.api import Api
from tests.fixtures.connections import listening, talking


def _token(api: Api) -> str:
    return api.http.headers["Authorization"].removeprefix("Bearer ")


def _notify(api: Api, title: str) -> None:
    api.post("/api/notifications", {"title": title, "message": "m"})


def test_the_local_server_hands_streams_over_and_serves_the_rest_itself(stack: Stack) -> None:
    with Api(stack.url, stack.project) as api:
        ticket = api.post("/api/realtime/tickets")["ticket"]
        cursor = api.get("/api/realtime/poll/")["cursor"]
        with listening(api.http) as events, talking(stack.url, None, f"?ticket={ticket}") as socket:
            events.take()
            assert socket.take()["user_id"] == api.uid
            _notify(api, "one")
            assert events.take()["title"] == socket.take()["title"] == "one"
            assert api.get("/api/realtime/poll", cursor=cursor, wait=5)["messages"][0]["title"] == "one"
            many = [api.http.get("/api/realtime/poll") for _ in range(40)]
            assert {answer.status_code for answer in many} == {200}
        refused = api.http.post("/api/realtime/stream", json={"x": "y" * 100_000})
        assert (refused.status_code, refused.headers["connection"]) == (405, "close")
        assert api.http.get("/api/realtime/nothing").json()["status"] == 404
        assert api.http.get("/api/notifications").status_code == 200
    assert "Traceback" not in stack.log.read_text()


def test_all_connections_of_a_user_share_one_listener(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    changed = listeners._Call._changed

    def count(self: Any, change: Any) -> None:
        heard.extend([change.document.name] if "/stream/" in change.document.name else [])
        changed(self, change)

    monkeypatch.setattr(listeners._Call, "_changed", count)
    with (
        listening(api.http) as first,
        listening(api.http) as second,
        talking(str(api.http.base_url).rstrip("/"), _token(api)) as socket,
    ):
        for connection in (first, second, socket):
            connection.take()
        shared = instance._instance
        assert shared is not None
        assert shared.hub.listener.targets == 1
        for number in range(5):
            _notify(api, f"n{number}")
        for connection in (first, second, socket):
            assert [connection.take()["title"] for _ in range(5)] == [f"n{number}" for number in range(5)]
        assert len(set(heard)) == 5
        assert len(heard) <= sum(range(1, 6))  # the emulator sends the whole window again at each change


def test_a_client_that_does_not_keep_up_is_told_so(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "_WAITING", 3)
    with listening(api.http) as events, talking(str(api.http.base_url).rstrip("/"), _token(api)) as socket:
        events.take()
        socket.take()
        many = [notifications.build(api.uid, f"n{number}", "m") for number in range(10)]
        firestore.client().commit([notifications.to_create(each) for each in many])
        assert events.until("reconnect")[-1]["reason"] == "slow"
        frames, code, _ = socket.rest()
        assert (code, frames[-1]["reason"]) == (4008, "slow")


def test_the_framework_is_the_version_whose_app_takes_our_websockets() -> None:
    """`_create_asgi_app_with_function` is private: another version may have another way."""
    assert version("functions-framework").split(".")[:2] == ["3", "10"]
    assert realtime.realtime.__name__ == "realtime"
    assert framework._create_asgi_app_with_function.__module__ == "shared.runtime.live.app"
