"""Measures the realtime function: the memory of idle streams, how soon an event reaches them, and what it reads for it.

An instance runs in a process of its own, as it is deployed; its documents are written as the product's commits are.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from infra.bundle import ROOT
from infra.local.cloud import LocalCloud
from infra.local.tokens import unsigned
from infra.storm.clients import EventsClient, Frame, SocketClient, StreamClient, http_client
from infra.storm.instances import Instance
from shared.gcp import writes
from shared.gcp.firestore import Firestore
from shared.kit.ids import new_id

PROJECT = "bench-streams"
_TABS = 20  # streams of one user
_AT_ONCE = 50  # connections that are opened at the same time
_SINGLES = 40
_WRITERS = 8
_PATIENCE = 60.0
_SETTINGS = {"USER_REQUESTS": "0", "WRONG_TOKENS_PER_MINUTE": "0", "REALTIME_STREAMS": str(_TABS)}
# Has the instance say what it reads: documents that its listener is sent, and rows of its queries.
_COUNTING = """
from shared.gcp import firestore as _firestore, listening as _listening

_changed, _query = _listening._Call._changed, _firestore.Firestore.query

def _count(reads):
    for _ in range(reads):
        print('{"read": 1}', flush=True)

def _counting(self, change):
    _count(len([target for target in change.target_ids if target != 1]))
    _changed(self, change)

def _counted(self, query):
    rows = _query(self, query)
    _count(max(1, len(rows)))
    return rows

_listening._Call._changed, _firestore.Firestore.query = _counting, _counted
"""


def measure(cloud: LocalCloud, number: int) -> dict[str, float]:
    """The figures of `number` streams of either kind, at one instance each."""
    figures = _latency(cloud)
    for kind in (EventsClient, SocketClient):
        figures |= {f"{kind.transport}_{name}": value for name, value in _many(cloud, kind, number).items()}
    return figures


def _instance(cloud: LocalCloud, folder: str) -> Instance:
    env = {
        "GOOGLE_CLOUD_PROJECT": PROJECT,
        "FIRESTORE_EMULATOR_HOST": cloud.emulators.firestore_host,
        "FIREBASE_AUTH_EMULATOR_HOST": "127.0.0.1:9099",
    }
    return Instance(Path(folder) / new_id(), {**_SETTINGS, **env}, plant=_COUNTING)


class _Arrivals:
    """When messages came at each client, by title."""

    def __init__(self, clients: Sequence[StreamClient]) -> None:
        self.clients = clients
        self.times: list[tuple[str, float]] = []
        for client in clients:
            client.heard = self._heard

    def _heard(self, frame: Frame) -> None:
        self.times.append((frame["title"], time.time()))

    async def wait(self, number: int) -> None:
        """Until so many have come, or too long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                while len(self.times) < number:
                    await asyncio.sleep(0.005)


def _notify(store: Firestore, uid: str, title: str) -> float:
    """Write a notification as the product does; returns when it was committed."""
    fields = {"title": title, "message": "m", "type": "info", "read": False}
    return store.commit([writes.create(f"users/{uid}/notifications/{new_id()}", fields)]).timestamp()


def _notify_all(store: Firestore, uids: Sequence[str]) -> dict[str, float]:
    with ThreadPoolExecutor(_WRITERS) as pool:
        return dict(zip(uids, pool.map(lambda uid: _notify(store, uid, uid), uids), strict=True))


def _latency(cloud: LocalCloud) -> dict[str, float]:
    """One event at a time, to one stream and to Google's own listener."""
    store = Firestore(PROJECT, cloud.emulators.firestore_host, timeout=30)
    command = [sys.executable, "-m", "infra.bench.listener_peer", PROJECT, "single"]
    env = {**os.environ, "FIRESTORE_EMULATOR_HOST": cloud.emulators.firestore_host}
    with (
        tempfile.TemporaryDirectory(prefix="streams-") as folder,
        _instance(cloud, folder) as instance,
        subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as peer,
    ):
        assert peer.stdout  # noqa: S101 -- it is a pipe
        peer.stdout.readline()
        sent, came = asyncio.run(_singles(instance, store))
        heard = [json.loads(peer.stdout.readline()) for _ in range(len(sent))]
        assert peer.stdin  # noqa: S101 -- it is a pipe
        peer.stdin.close()
    own = [(time - sent[title]) * 1000 for title, time in came]
    others = [(line["heard"] - line["committed"]) * 1000 for line in heard]
    p50, of_peer = statistics.median(own[5:]), statistics.median(others[5:])
    return {"p50_ms": p50, "google_listener_p50_ms": of_peer, "p50_to_google_listener": p50 / of_peer}


async def _singles(instance: Instance, store: Firestore) -> tuple[dict[str, float], list[tuple[str, float]]]:
    async with http_client() as http:
        client = EventsClient(http, unsigned(PROJECT, "single"), ["notifications"])
        arrivals = _Arrivals([client])
        running = asyncio.create_task(client.run([instance.url], None))
        await client.is_connected.wait()
        sent: dict[str, float] = {}
        for number in range(_SINGLES):
            sent[str(number)] = await asyncio.to_thread(_notify, store, "single", str(number))
            await arrivals.wait(number + 1)
            await asyncio.sleep(0.05)
        running.cancel()
    return sent, arrivals.times


def _many(cloud: LocalCloud, kind: type[StreamClient], number: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="streams-") as folder, _instance(cloud, folder) as instance:
        store = Firestore(PROJECT, cloud.emulators.firestore_host, timeout=30)
        return asyncio.run(_idle(instance, store, kind, number))


async def _idle(instance: Instance, store: Firestore, kind: type[StreamClient], number: int) -> dict[str, float]:
    """Open streams, see what they take while nothing comes, then send each user an event."""
    users = [f"{kind.transport}-{n}" for n in range(-(-number // _TABS))]
    async with http_client() as http, asyncio.TaskGroup() as group:
        warm = kind(http, unsigned(PROJECT, "warm"), ["notifications"])
        running = [group.create_task(warm.run([instance.url], None))]
        await warm.is_connected.wait()
        baseline = instance.memory
        clients = [kind(http, unsigned(PROJECT, users[n % len(users)]), ["notifications"]) for n in range(number)]
        arrivals = _Arrivals(clients)
        for first in range(0, number, _AT_ONCE):
            some = clients[first : first + _AT_ONCE]
            running += [group.create_task(client.run([instance.url], None)) for client in some]
            await asyncio.gather(*(client.is_connected.wait() for client in some))
        await asyncio.sleep(2)
        memory, reads = instance.memory - baseline, _reads(instance)
        sent = await asyncio.to_thread(_notify_all, store, users)
        await arrivals.wait(number)
        reads = _reads(instance) - reads
        for task in running:
            task.cancel()
    delays = sorted((time - sent[title]) * 1000 for title, time in arrivals.times)
    return {
        "streams": number,
        "kib_per_stream": memory / number / 1024,
        "delivered": len(delays),
        "to_all_p50_ms": delays[len(delays) // 2],
        "to_all_p99_ms": delays[int(len(delays) * 0.99)],
        "reads_per_event": reads / len(users),
        "reads_per_delivered_message": reads / max(1, len(delays)),
    }


def _reads(instance: Instance) -> int:
    return instance.log.read_text().count('{"read": 1}')
