"""A connection gets every message of its channels once, whatever happens between it and the store."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared import context
from shared.context import Context
from shared.domains import notifications
from shared.domains.notifications import NotificationInput
from shared.gcp import firestore, listening, writes
from shared.gcp.writes import Write
from shared.realtime import entries
from shared.realtime import hub as hubs
from shared.realtime.channels import parsed
from shared.realtime.entries import WINDOW
from shared.realtime.hub import Connection, Hub
from shared.settings import Settings
from tests.automations import seed

UID = seed.UID


async def _taken(connection: Connection, seconds: float = 3.0, number: int | None = None) -> list[Any]:
    messages: list[Any] = []
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0 and (number is None or len(messages) < number):
        messages += await connection.take(left)
    return messages


def _notify(title: str) -> str:
    return notifications.create(UID, NotificationInput(title=title, message="m")).id


def test_what_comes_after_the_connection_and_nothing_else(local_settings: Settings) -> None:
    async def play() -> None:
        hub = Hub()
        await asyncio.to_thread(_notify, "before")
        connection = await hub.open(UID, parsed(None), None)
        for n in range(5):
            await asyncio.to_thread(_notify, f"n{n}")
        messages = await _taken(connection, 5, 5)
        assert [message.data["title"] for message in messages] == [f"n{n}" for n in range(5)]
        again = await hub.open(UID, parsed(None), messages[1].cursor)
        assert [message.data["title"] for message in await _taken(again, 2, 3)] == ["n2", "n3", "n4"]
        elsewhere = Hub()
        other = await elsewhere.open(UID, parsed(None), messages[1].cursor)
        assert [message.data["title"] for message in await _taken(other, 2, 3)] == ["n2", "n3", "n4"]
        hub.end()
        elsewhere.end()

    asyncio.run(play())


def test_many_writers_at_once(local_settings: Settings) -> None:
    async def play() -> None:
        hub = Hub()
        connections = [await hub.open(UID, parsed(["notifications"]), None) for _ in range(3)]
        with ThreadPoolExecutor(12) as pool:
            ids = list(await asyncio.to_thread(lambda: list(pool.map(_notify, [f"n{n}" for n in range(400)]))))
        for connection in connections:
            messages = await _taken(connection, 20, 400)
            assert sorted(message.data["id"] for message in messages) == sorted(ids)
        assert await _taken(connections[0], 0.5) == []
        hub.end()

    asyncio.run(play())


def test_who_comes_back_to_another_instance_costs_what_its_feed_costs(local_settings: Settings) -> None:
    """A query to begin, and one for all of a user's connections."""

    async def play() -> None:
        hub, other = Hub(), Hub()
        connection = await hub.open(UID, parsed(None), None)
        for n in range(5):
            await asyncio.to_thread(_notify, f"n{n}")
        messages = await _taken(connection, 20, 5)
        with context.bound(Context()) as call:
            for place, missed in ((messages[1].cursor, ["n2", "n3", "n4"]), (messages[4].cursor, [])):
                again = await other.open(UID, parsed(None), place)
                assert [message.data["title"] for message in await _taken(again, 2)] == missed
        assert call.meter.cost.reads == 1 + 5
        hub.end()
        other.end()

    asyncio.run(play())


def test_documents_that_come_behind_their_snapshot_are_not_lost(
    local_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a busy emulator sends them: the newest of what a call begins with, and the others a moment later."""
    monkeypatch.setattr(entries, "SETTLING", timedelta(seconds=0.2))
    is_deaf = asyncio.Event()

    def tell(self: Any, read_time: datetime) -> None:
        for watch in [watch for watch in self._targets.values() if watch.current]:
            if is_deaf.is_set():
                return
            documents, watch.documents = sorted(watch.documents.values(), key=lambda row: row.version), {}
            watch.on_snapshot(documents[-1:], read_time)
            if documents[:-1]:
                asyncio.get_running_loop().call_later(0.1, watch.on_snapshot, documents[:-1], read_time)

    async def play() -> None:
        hub, other = Hub(), Hub()
        connection = await hub.open(UID, parsed(None), None)
        for n in range(4):
            await asyncio.to_thread(_notify, f"n{n}")
            await asyncio.sleep(0.3)
        [first, *_] = await _taken(connection, 20, 4)
        monkeypatch.setattr(listening._Call, "_tell", tell)
        again = await other.open(UID, parsed(None), first.cursor)
        assert [message.data["title"] for message in await _taken(again, 3, 3)] == ["n1", "n2", "n3"]
        is_deaf.set()
        for n in range(4):
            await asyncio.to_thread(_notify, f"m{n}")
            await asyncio.sleep(0.3)
        is_deaf.clear()
        await asyncio.to_thread(_notify, "m4")
        assert {message.data["title"] for message in await _taken(connection, 10, 5)} == {f"m{n}" for n in range(5)}
        hub.end()
        other.end()

    asyncio.run(play())


def test_what_many_connections_have_missed_is_read_once(local_settings: Settings) -> None:
    """They come back to an instance, each from a place of its own, to more than its feed begins with."""
    number = WINDOW + 30

    async def play() -> None:
        hub, other = Hub(), Hub()
        connection = await hub.open(UID, parsed(None), None)
        with ThreadPoolExecutor(8) as pool:
            await asyncio.to_thread(lambda: [*pool.map(_notify, [f"n{n}" for n in range(number)])])
        messages = await _taken(connection, 30, number)
        await other.open(UID, parsed(None), None)
        with context.bound(Context()) as call:
            dropped = asyncio.create_task(other.open(UID, parsed(None), messages[0].cursor))
            await asyncio.sleep(0.01)
            dropped.cancel()  # the client hangs up
            places = [0, 3, 10, 3]
            again = [await other.open(UID, parsed(None), messages[place].cursor) for place in places]
            for place, each in zip(places, again, strict=True):
                ids = [message.data["id"] for message in await _taken(each, 20, number - place - 1)]
                assert sorted(ids) == sorted(message.data["id"] for message in messages[place + 1 :])
        assert call.meter.cost.rpcs == 1
        await asyncio.to_thread(_notify, "live")
        for each in again:
            assert [message.data["title"] for message in await _taken(each, 20, 1)] == ["live"]
        hub.end()
        other.end()

    asyncio.run(play())


def test_a_client_that_polls_keeps_its_feed(local_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "_LINGER", 0.5)

    async def play() -> None:
        hub = Hub()
        feeds = set()
        for _ in range(40):
            connection = await hub.open(UID, parsed(None), None)
            feeds.add(hub._feeds[UID])
            hub.close(connection)
            await asyncio.sleep(0.05)
        assert len(feeds) == 1
        await asyncio.sleep(0.7)
        assert hub._feeds == {}
        assert hub.listener.targets == 0
        hub.end()

    asyncio.run(play())


def test_a_slow_commit_amid_a_burst_is_not_hidden_by_the_others(
    local_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The listener holds the newest entries alone, by when the store had their requests."""
    longest = timedelta(seconds=7)
    monkeypatch.setattr(entries, "LAG", longest - timedelta(seconds=local_settings.rpc_seconds))

    def entry(id: str, at: datetime) -> Write:
        row = {"collection": "notifications", "id": id, "change": "created", "fields": {"title": id}}
        return writes.create(f"users/{UID}/stream/{id}", {"at": at, "rows": [row], "expires_at": at})

    async def play() -> None:
        hub = Hub()
        connection = await hub.open(UID, parsed(["notifications"]), None)
        now = datetime.now(UTC)
        burst = [entry(f"n{number:03}", now) for number in range(WINDOW + 20)]
        for change in burst:
            await asyncio.to_thread(firestore.client().commit, [change])
        slow = entry("slow", now - timedelta(milliseconds=500))
        await asyncio.sleep(3)  # and the store may still commit it
        await asyncio.to_thread(firestore.client().commit, [slow])
        messages = await _taken(connection, 20, len(burst) + 1)
        assert sorted(message.data["id"] for message in messages) == [*(f"n{n:03}" for n in range(WINDOW + 20)), "slow"]
        hub.end()

    asyncio.run(play())
