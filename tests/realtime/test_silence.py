"""A store that falls silent, ends a query, is away or begins anew: a client that stays connected misses nothing."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from google.cloud.firestore_v1.types import firestore as rpc

from infra.chaos.line import Line
from infra.local.cloud import LocalCloud
from infra.local.data import DOCUMENTS
from infra.local.tokens import unsigned
from infra.storm.clients import EventsClient, StreamClient, http_client
from infra.storm.instances import Instance
from shared import settings
from shared.domains import notifications
from shared.domains.notifications import NotificationInput
from shared.gcp import firestore
from shared.gcp.queries import Query
from shared.realtime.channels import parsed
from shared.realtime.hub import Hub
from shared.settings import Settings

UID = "ann"
_PROOF, _PATIENCE = 1.0, 2.0  # seconds
_SLOWER = 8.0  # that a busy machine takes more


def _notify(title: str) -> str:
    return notifications.create(UID, NotificationInput(title=title, message="m")).id


@contextmanager
def _connected(cloud: LocalCloud, project: str) -> Iterator[tuple[Line, Instance]]:
    with tempfile.TemporaryDirectory() as folder, Line(cloud.emulators.firestore_host) as line:
        env = {
            "GOOGLE_CLOUD_PROJECT": project,
            "FIRESTORE_EMULATOR_HOST": line.host,
            "FIREBASE_AUTH_EMULATOR_HOST": "127.0.0.1:9099",
            "LISTENER_PROOF_SECONDS": str(_PROOF),
            "LISTENER_PATIENCE_SECONDS": str(_PATIENCE),
        }
        with Instance(Path(folder), env) as instance:
            yield line, instance


def _played(instance: Instance, project: str, play: Callable[[StreamClient], Awaitable[set[str]]]) -> StreamClient:
    """One client, through a play that returns the ids of all messages; it is never cut, and never reset."""

    async def run() -> StreamClient:
        async with http_client() as http:
            client = EventsClient(http, unsigned(project, UID), ["notifications"])
            running = asyncio.create_task(client.run([instance.url], None))
            await client.is_connected.wait()
            ids = await play(client)
            await _heard(client, ids, 60)
            running.cancel()
            assert client.ids == ids
            return client

    client = asyncio.run(run())
    assert (client.connections, client.resets, client.refused) == (1, [], [])
    return client


async def _heard(client: StreamClient, ids: set[str], seconds: float) -> float:
    """Wait until a client has messages; returns how long that took."""
    started = time.monotonic()
    while ids - client.ids and time.monotonic() - started < seconds:
        await asyncio.sleep(0.02)
    assert ids <= client.ids
    return time.monotonic() - started


def test_a_silent_connection_is_replaced(cloud: LocalCloud, local_settings: Settings) -> None:
    with _connected(cloud, local_settings.project) as (line, instance):
        gaps: list[float] = []

        async def play(client: StreamClient) -> set[str]:
            ids = {await asyncio.to_thread(_notify, "before")}
            await _heard(client, ids, 20)
            for number in range(3):
                assert line.silence() > 0
                ids |= {await asyncio.to_thread(_notify, f"{number}/{n}") for n in range(5)}
                gaps.append(await _heard(client, ids, 60))
            return ids

        _played(instance, local_settings.project, play)
        assert max(gaps) < _PROOF + _PATIENCE + _SLOWER
        assert max(gaps) > _PROOF / 2  # it was silent indeed


def test_users_get_in_though_the_store_s_connection_is_silent(cloud: LocalCloud, local_settings: Settings) -> None:
    """Not the listener alone: what a stream begins with is read on a connection that is as silent."""
    with _connected(cloud, local_settings.project) as (line, instance):

        async def play(client: StreamClient) -> set[str]:
            assert line.silence() > 0
            async with http_client() as http:
                other = EventsClient(http, unsigned(local_settings.project, "bob"), ["notifications"])
                running = asyncio.create_task(other.run([instance.url], None))
                async with asyncio.timeout(_PROOF + _PATIENCE + 20 + _SLOWER):  # a call that began before takes 20
                    await other.is_connected.wait()
                running.cancel()
            return {await asyncio.to_thread(_notify, "after")}

        _played(instance, local_settings.project, play)


@pytest.mark.slow
def test_a_store_that_is_away_for_a_while(cloud: LocalCloud, local_settings: Settings) -> None:
    with _connected(cloud, local_settings.project) as (line, instance):

        async def play(client: StreamClient) -> set[str]:
            line.cut()
            ids = set()
            for number in range(20):
                ids.add(await asyncio.to_thread(_notify, str(number)))
                await asyncio.sleep(1)
            assert not client.ids
            line.mend()
            await _heard(client, ids, 10 + _SLOWER)
            return ids | {await asyncio.to_thread(_notify, "after")}

        _played(instance, local_settings.project, play)


@pytest.mark.slow
@pytest.mark.timeout(280)
def test_a_store_that_begins_anew(tmp_path: Path, project: str, local_settings: Settings) -> None:
    with LocalCloud(tmp_path / "cloud") as own, _connected(own, project) as (line, instance):
        settings.use(local_settings.model_copy(update={"firestore_emulator_host": own.emulators.firestore_host}))

        async def play(client: StreamClient) -> set[str]:
            ids = {await asyncio.to_thread(_notify, "heard")}
            await _heard(client, ids, 20)
            line.cut()
            ids |= {await asyncio.to_thread(_notify, f"not yet {n}") for n in range(5)}
            own.emulators.export(project, tmp_path / "export", DOCUMENTS)
            seed = tmp_path / "export" / DOCUMENTS / f"{DOCUMENTS}.overall_export_metadata"
            await asyncio.to_thread(own.emulators.restart_firestore, seed)
            line.mend()
            await _heard(client, ids, 30)
            return ids | {await asyncio.to_thread(_notify, "after")}

        (tmp_path / "export").mkdir()
        _played(instance, project, play)


def test_a_query_that_the_store_ends_is_made_anew(local_settings: Settings) -> None:
    async def play() -> None:
        hub = Hub()
        connection = await hub.open(UID, parsed(["notifications"]), None)
        [call] = hub.listener._calls
        for number in range(3):
            change = rpc.TargetChange.pb()(target_change_type=rpc.TargetChange.TargetChangeType.REMOVE)
            change.target_ids.extend(call._targets)
            call._turned(change)
            await asyncio.to_thread(_notify, str(number))
            assert [message.data["title"] for message in await connection.take(20)] == [str(number)]
        hub.end()
        assert hub.listener.targets == 0

    asyncio.run(play())
    assert len(firestore.client().query(Query("listener_proofs"))) == 1
