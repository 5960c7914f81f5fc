"""A connection gets every message of its channels once, whatever happens between it and the store."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from shared import settings
from shared.domains import notifications
from shared.domains.notifications import NotificationInput
from shared.gcp import firestore, writes
from shared.gcp.writes import Write
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


def test_a_slow_commit_amid_a_burst_is_not_hidden_by_the_others(local_settings: Settings) -> None:
    """The listener holds the newest entries alone, by when the store had their requests."""

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
        await asyncio.to_thread(firestore.client().commit, [slow])
        messages = await _taken(connection, 20, len(burst) + 1)
        assert sorted(message.data["id"] for message in messages) == [*(f"n{n:03}" for n in range(WINDOW + 20)), "slow"]
        hub.end()

    replaced = settings.use(local_settings.model_copy(update={"rpc_seconds": 2.0}))
    try:
        asyncio.run(play())
    finally:
        settings.use(replaced)
