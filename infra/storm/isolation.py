"""Plays the mixed events of many users at one instance, whose clients are cut off again and again: each client must end
with its own user's messages, and with nobody else's."""

import asyncio
import random
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from infra.local.cloud import LocalCloud
from infra.local.tokens import unsigned
from infra.storm.clients import TRANSPORTS, StreamClient, http_client
from infra.storm.instances import Instance
from infra.storm.ledger import Ledger
from infra.storm.play import Report, Size
from shared.gcp import writes
from shared.gcp.firestore import Firestore
from shared.gcp.writes import Write
from shared.kit import clock
from shared.realtime import channels

_LASTS = (1.0, 6.0)  # seconds of a connection, until it is cut
_CALM = 1.5  # seconds, in which something too much would come
_WRITERS = 2  # of more at once the emulator mixes up the messages of a Listen call
_SUBJECT = "prospects/subject"  # the document that each user's clients look at
_CHANNELS = (*channels.ALL, f"documents:{_SUBJECT}")


def play(cloud: LocalCloud, size: Size, *, project: str, seed: int = 1, plant: str = "") -> Report:
    """Play it and return its report; `plant` is appended to the realtime function's main.py, for faults."""
    env = {
        "GOOGLE_CLOUD_PROJECT": project,
        "FIRESTORE_EMULATOR_HOST": cloud.emulators.firestore_host,
        "FIREBASE_AUTH_EMULATOR_HOST": "127.0.0.1:9099",
        "USER_REQUESTS": "0",
        "WRONG_TOKENS_PER_MINUTE": "0",
    }
    with (
        tempfile.TemporaryDirectory(prefix="isolation-") as folder,
        Instance(Path(folder), env, plant=plant) as instance,
    ):
        store = Firestore(project, cloud.emulators.firestore_host, timeout=60)
        tokens = {uid: unsigned(project, uid) for uid in (f"user-{number}" for number in range(size.users))}
        return asyncio.run(_Play(store, instance.url, tokens, size, seed).run())


class _Play:
    def __init__(self, store: Firestore, url: str, tokens: Mapping[str, str], size: Size, seed: int) -> None:
        self._store, self._url, self._tokens, self._size, self._seed = store, url, tokens, size, seed
        self._uids = [*tokens]

    async def run(self) -> Report:
        started = time.monotonic()
        async with http_client() as http, asyncio.TaskGroup() as group:
            clients = [self._client(http, number) for number in range(self._size.clients)]
            running = [group.create_task(client.run([self._url], _LASTS)) for _, client in clients]
            await asyncio.gather(*(client.is_connected.wait() for _, client in clients))
            await asyncio.to_thread(self._write)
            ledgers = await asyncio.to_thread(self._ledgers)
            await self._wait(clients, ledgers)
            for task in running:
                task.cancel()
        return self._report(clients, ledgers, time.monotonic() - started)

    def _client(self, http: httpx.AsyncClient, number: int) -> tuple[str, StreamClient]:
        uid = self._uids[number % len(self._uids)]
        kind = TRANSPORTS[number // len(self._uids) % len(TRANSPORTS)]
        return uid, kind(http, self._tokens[uid], _CHANNELS, seed=self._seed * 10_000 + number)

    def _write(self) -> None:
        dice = random.Random(self._seed)  # noqa: S311
        events = [_event(dice.choice(self._uids), number) for number in range(self._size.events)]
        with ThreadPoolExecutor(_WRITERS) as pool:
            list(pool.map(lambda event: self._store.commit([event]), events))

    def _ledgers(self) -> dict[str, Ledger]:
        return {uid: Ledger.read(self._store, uid, set()) for uid in self._uids}

    async def _wait(self, clients: Sequence[tuple[str, StreamClient]], ledgers: Mapping[str, Ledger]) -> None:
        """Until every client has what it must have, or time is over, and a moment more."""
        expected = [({frame["id"] for frame in ledgers[uid].expected(_CHANNELS)}, client) for uid, client in clients]
        until = time.monotonic() + self._size.patience
        while any(ids - client.ids for ids, client in expected) and time.monotonic() < until:
            await asyncio.sleep(0.1)
        await asyncio.sleep(_CALM)

    def _report(
        self, clients: Sequence[tuple[str, StreamClient]], ledgers: Mapping[str, Ledger], seconds: float
    ) -> Report:
        report = Report(seconds=seconds)
        report.events = sum(len(each.messages) for each in ledgers.values())
        report.entries = sum(each.entries for each in ledgers.values())
        for uid, client in clients:
            report.findings.look_at(client, ledgers[uid])
            report.delivered += len(client.ids)
            report.duplicates += len(client.received) - len(client.once)
            report.connections += client.connections
        return report


def _event(uid: str, number: int) -> Write:
    """One of several things that the product writes for a user. What it is called by says whose it is."""
    name, user = f"{uid}.{number}", f"users/{uid}"
    match number % 5:
        case 0:
            return writes.create(f"{user}/notifications/{name}", {"title": name, "message": "m", "read": False})
        case 1:
            return writes.create(f"{user}/activity/{name}", {"type": "content", "title": name, "message": "m"})
        case 2:
            return writes.create(f"{user}/research_tasks/{name}", {"title": name, "status": "queued"})
        case 3:
            more = {"automation_id": "a", "automation_name": name, "created_at": clock.now()}
            return writes.create(f"{user}/executions/{name}", {"status": "pending", **more})
        case _:
            return writes.merge(f"{user}/{_SUBJECT}", {"name": name})
