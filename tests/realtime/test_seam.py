"""The seam between what is replayed and what comes live: nothing is lost there, and nothing doubled."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from shared.gcp import firestore, writes
from shared.kit.ids import new_id
from shared.realtime import entries, feeds
from shared.realtime.channels import parsed
from shared.realtime.hub import Connection, Hub, Slow
from shared.settings import Settings

UID = "ann"
_NOTIFICATIONS = parsed(["notifications"])


def _notify(title: str, number: int = 1) -> None:
    """So many notifications in one commit."""
    rows = [{"title": f"{title}.{n}", "message": "m"} for n in range(number)]
    firestore.client().commit([writes.create(f"users/{UID}/notifications/{new_id()}", row) for row in rows])


def _notify_all(titles: Sequence[str]) -> None:
    for title in titles:
        _notify(title)


async def _all(connection: Connection, number: int, seconds: float = 20.0, most: int = 100) -> list[str]:
    """The titles of so many messages, or of all that come in time."""
    titles: list[str] = []
    until = asyncio.get_running_loop().time() + seconds
    while (left := until - asyncio.get_running_loop().time()) > 0 and len(titles) < number:
        titles += [message.data["title"] for message in await connection.take(left, most)]
    return titles


def test_connections_that_begin_while_events_come(local_settings: Settings) -> None:
    """Each has every message once, though none suppresses any: those of its cursor, of the query and of the feed."""
    number = 240

    async def play() -> None:
        hub, other = Hub(), Hub()
        start = (await hub.open(UID, _NOTIFICATIONS, None)).cursor
        writing = asyncio.gather(
            *(asyncio.to_thread(_notify_all, [f"{n}-{k}" for k in range(number // 4)]) for n in range(4))
        )
        opened: list[Connection] = []
        while not writing.done():
            if len(opened) < 36:
                opened += [await each.open(UID, _NOTIFICATIONS, start) for each in (hub, other)]
            await asyncio.sleep(0.05)
        await writing
        taken = [await _all(connection, number) for connection in opened]
        expected = sorted(f"{n}-{k}.0" for n in range(4) for k in range(number // 4))
        assert len(opened) > 6
        assert [sorted(titles) == expected for titles in taken] == [True] * len(opened)
        hub.end()
        other.end()

    asyncio.run(play())


def test_who_takes_once_for_each_cursor_gets_on(local_settings: Settings) -> None:
    """As polls do; of more entries within seconds than a cursor names, some come again, and never those alone."""
    number = 400

    async def play() -> None:
        hub = Hub()
        cursor = (await hub.open(UID, _NOTIFICATIONS, None)).cursor
        parts = [[f"{n}-{k}" for k in range(number // 8)] for n in range(8)]
        await asyncio.gather(*(asyncio.to_thread(_notify_all, part) for part in parts))
        got = set[str]()
        for _ in range(number // 100 + 1):
            connection = await hub.open(UID, _NOTIFICATIONS, cursor)
            got.update(message.data["title"] for message in await connection.take(5.0))
            cursor = connection.cursor
            hub.close(connection)
        assert len(got) == number
        hub.end()

    asyncio.run(play())


def test_entries_are_told_apart_by_what_is_random_in_their_ids(local_settings: Settings) -> None:
    """The first digits are the number in a commit; of two entries with the same beginning the client has one."""

    def plant(id: str) -> None:
        row = {"collection": "notifications", "id": id, "change": "created", "fields": {"title": id}}
        entry = {"at": writes.ServerTime(), "rows": [row]}
        firestore.client().commit([writes.create(f"users/{UID}/stream/{id}", entry)])

    async def play() -> None:
        hub = Hub()
        connection = await hub.open(UID, _NOTIFICATIONS, None)
        first, last = f"00aaaaaaaa{'1' * 10}", f"00bbbbbbbb{'2' * 10}"
        for id in (first, last):
            await asyncio.to_thread(plant, id)
            assert await _all(connection, 1) == [id]
        late = [f"00aaaaaaaa{'3' * 10}", f"00cccccccc{'1' * 10}"]  # alike at the beginning, and at the end
        for id in late:
            await asyncio.to_thread(plant, id)
        again = await hub.open(UID, _NOTIFICATIONS, connection.cursor)
        assert await _all(again, 2) == late
        hub.end()

    asyncio.run(play())


def test_more_than_waits_for_a_connection_is_replayed(local_settings: Settings) -> None:
    async def play() -> None:
        hub = Hub()
        connection = await hub.open(UID, _NOTIFICATIONS, None)
        for n in range(14):
            await asyncio.to_thread(_notify, f"{n}", 50)
        elsewhere = Hub()  # whose feed remembers nothing
        for each in (hub, elsewhere):
            again = await each.open(UID, _NOTIFICATIONS, connection.cursor)
            assert len(set(await _all(again, 700))) == 700
        hub.end()
        elsewhere.end()

    asyncio.run(play())


def test_a_slow_connection_gets_on_and_loses_nothing(local_settings: Settings) -> None:
    """Of 700 messages it has the first ones, then is told to come back; its cursor hides none of the others."""

    async def play() -> None:
        hub = Hub()
        connection = await hub.open(UID, _NOTIFICATIONS, None)
        idle = await hub.open(UID, _NOTIFICATIONS, None)
        for n in range(14):
            await asyncio.to_thread(_notify, f"{n}", 50)
            assert len(await _all(idle, 50)) == 50
        titles = await _until_slow(connection)
        assert 0 < len(titles) < 700
        titles += await _all(await hub.open(UID, _NOTIFICATIONS, connection.cursor), 700 - len(titles))
        assert len(titles) == len(set(titles)) == 700
        hub.end()

    asyncio.run(play())


async def _until_slow(connection: Connection) -> list[str]:
    titles: list[str] = []
    try:
        while True:
            titles += await _all(connection, 1)
    except Slow:
        return titles


def test_a_cursor_within_an_entry_that_came_late(local_settings: Settings) -> None:
    """Two commits of which the later one is seen first: the other's messages come all, wherever the client is cut."""

    async def play() -> None:
        hub = Hub()
        connection = await hub.open(UID, _NOTIFICATIONS, None)
        start = connection.cursor
        await asyncio.to_thread(_notify, "early", 3)
        await asyncio.to_thread(_notify, "late", 1)
        assert len(await _all(connection, 4)) == 4
        found = await asyncio.to_thread(entries.behind, UID, connection._begun_at)
        assert found
        early, late = found
        inverted = Connection(UID, _NOTIFICATIONS, connection._begun_at)
        inverted.begin(())
        inverted.receive([late])
        inverted.receive([early])
        titles = await _all(inverted, 2, most=2)  # the later one's, and one of three
        titles += await _all(await hub.open(UID, _NOTIFICATIONS, inverted.cursor), 3, seconds=2)
        assert {"early.0", "early.1", "early.2", "late.0"} == set(titles)
        assert start != connection.cursor
        hub.end()

    asyncio.run(play())


def test_a_quiet_client_s_cursor_moves(local_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "_MOVE", timedelta(seconds=1))
    monkeypatch.setattr(entries, "OVERLAP", timedelta(seconds=1))

    async def play() -> None:
        hub = Hub()
        connection = await hub.open(UID, _NOTIFICATIONS, None)
        start: Any = connection.cursor
        async with asyncio.timeout(60):
            while connection.cursor == start:
                await asyncio.to_thread(_somebody_else)
                await asyncio.sleep(0.3)
        await asyncio.to_thread(_notify, "now")
        assert await _all(await hub.open(UID, _NOTIFICATIONS, connection.cursor), 1) == ["now.0"]
        hub.end()

    asyncio.run(play())


def _somebody_else() -> None:
    firestore.client().commit([writes.create(f"users/bob/notifications/{new_id()}", {"title": "t"})])
