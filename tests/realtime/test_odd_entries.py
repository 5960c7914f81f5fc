"""Entries that a person wrote into a stream by hand, or another version of the code: nobody's stream ends with them."""

import asyncio
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from shared.domains import notifications
from shared.domains.activity import service as activity
from shared.domains.activity.models import ActivityInput
from shared.domains.notifications import NotificationInput
from shared.gcp import firestore, writes
from shared.realtime import entries
from shared.realtime.channels import parsed
from shared.realtime.hub import Connection, Hub
from shared.settings import Settings
from tests.fixtures.connections import listening, talking
from tests.fixtures.live import User
from tests.fixtures.streams import settle

UID = "ann"
_FAR = datetime(9999, 12, 31, tzinfo=UTC)
_ROW = {"collection": "notifications", "id": "n", "change": "created"}
ODD: list[dict[str, Any]] = [
    {},
    {"at": writes.ServerTime()},
    *(
        {"at": writes.ServerTime(), "rows": rows}
        for rows in ("rows", 5, {"a": 1}, None, b"\xff", [5, "x", None, {}, []])
    ),
    *({"at": at, "rows": []} for at in (_FAR, datetime(1, 1, 1, tzinfo=UTC), "now", 5, None, ["x"])),
    *(
        {"at": writes.ServerTime(), "rows": [{**_ROW, **more}]}
        for more in (
            {"fields": "x"},
            {"fields": [1]},
            {"fields": {"title": {"a": [1]}, "message": b"\xff", "read": "x"}},
            {"left_out": 5},
            {"collection": 5},
            {"collection": "executions", "fields": {"waiting": "x", "status": 5, "automation_id": 7}},
            {"collection": "executions", "fields": {"status": "x", "automation_id": {"a": 1}}},
            {"collection": "prospects", "id": 5, "fields": {"name": ["x"], "status": float("nan")}},
            {"collection": "research_tasks", "change": 1, "fields": {"progress": float("inf")}},
            {"collection": "activity", "fields": {"metadata": 5}},
            {"collection": "nowhere"},
        )
    ),
]


def _plant(uid: str, fields: dict[str, Any], number: int = 0) -> None:
    firestore.client().commit([writes.create(f"users/{uid}/stream/odd{number}", fields)])


def _notify(title: str) -> None:
    notifications.create(UID, NotificationInput(title=title, message="m"))


async def _until(connection: Connection, title: str) -> None:
    async with asyncio.timeout(15):
        while title not in [message.data.get("title") for message in await connection.take(15)]:
            pass


@pytest.mark.parametrize("when", ["before", "while"])
def test_messages_go_on_behind_them(local_settings: Settings, when: str) -> None:
    async def play() -> None:
        hub, other = Hub(), Hub()
        if when == "before":
            await asyncio.to_thread(_all)
        first, second = [await hub.open(UID, parsed(None), None) for _ in range(2)]
        cursor = first.cursor
        if when == "while":
            await asyncio.to_thread(_all)
        await asyncio.to_thread(_notify, "behind")
        await _until(first, "behind")
        await _until(second, "behind")
        again = await other.open(UID, parsed(None), cursor)
        await _until(again, "behind")
        await asyncio.to_thread(_notify, "further")
        for connection in (first, second, again):
            await _until(connection, "further")
        hub.end()
        other.end()

    asyncio.run(play())


def _all() -> None:
    for number, fields in enumerate(ODD):
        _plant(UID, fields, number)


@pytest.mark.parametrize("at", ["now", 5, None, _FAR, [1], True])
def test_the_state_of_a_stream_is_not_theirs(local_settings: Settings, at: Any) -> None:
    _notify("one")
    settle(UID)
    earlier = entries.state(UID)
    assert earlier.settled
    _plant(UID, {"at": at, "rows": []})
    _notify("two")
    later = entries.state(UID)
    assert later.entry != earlier.entry or not later.settled
    if at == _FAR:
        assert not later.settled


def test_every_client_can_read_what_is_no_json(ann: User) -> None:
    """https://github.com/florimondmanca/httpx-sse/issues/34: clients split lines where Python does.
    https://github.com/socketio/socket.io/issues/2387: messages with NaN and Infinity were dropped by browsers."""

    def refuse(constant: str) -> Any:
        raise AssertionError(constant)

    wild = {"infinite": float("inf"), "none": float("nan"), "text": "\u2028\u2029\u0085\r\n\0 data: x"}
    with listening(ann.http) as events, talking(ann.live.url, ann.token()) as talk:
        cursor = events.take()["cursor"]
        talk.take()
        activity.add(ann.uid, ActivityInput(type="content", title="wild", message="m\n\ndata: y", metadata=wild))
        calm = wild | {"infinite": None, "none": None}
        answer = ann.http.get("/api/realtime/poll", params={"cursor": cursor})
        polled = json.loads(answer.content, parse_constant=refuse)["messages"]
        for frame in (events.take(), talk.take(), *polled):
            assert (frame["title"], frame["metadata"], frame["message"]) == ("wild", calm, "m\n\ndata: y")


def test_the_longest_texts_and_documents_that_are_gone(ann: User) -> None:
    with listening(ann.http) as events:
        events.take()
        id = ann.notify("ü" * 200)
        assert events.take()["title"] == "ü" * 200
        firestore.client().commit([writes.delete(f"users/{ann.uid}/notifications/{id}")])
        fields = {"at": writes.ServerTime(), "rows": [{**_ROW, "fields": {"title": "x" * 900_000}}]}
        _plant(ann.uid, fields)
        frames = events.until("notification")
        assert len(frames[-1]["title"]) == 900_000
        firestore.client().commit([writes.delete(f"users/{ann.uid}/stream/odd0")])
        ann.notify("last")
        assert events.until("notification")[-1]["title"] == "last"
        assert events.is_quiet()


def test_times_of_another_zone_are_the_same_times(local_settings: Settings) -> None:
    async def play() -> None:
        hub = Hub()
        connection = await hub.open(UID, parsed(None), None)
        east = datetime.now(timezone(timedelta(hours=14)))
        await asyncio.to_thread(_plant, UID, {"at": east, "rows": [{**_ROW, "fields": {"title": "east"}}]})
        await _until(connection, "east")
        hub.end()

    asyncio.run(play())
