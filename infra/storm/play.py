"""Plays the storm: users work, their clients listen, and much goes wrong meanwhile."""

import asyncio
import random
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from infra.chaos.line import Line
from infra.local.cloud import LocalCloud
from infra.local.courier import Disorder
from infra.local.process import LocalError
from infra.local.stack import Stack
from infra.storm import ledger
from infra.storm.clients import TRANSPORTS, StreamClient, http_client
from infra.storm.instances import Instance
from infra.storm.ledger import Findings, Ledger
from infra.storm.users import User
from shared.gcp.firestore import Firestore

_LASTS = (1.0, 5.0)  # seconds of a connection, until it is cut
_QUIET = 3.0  # seconds without an entry, after which all work is done
_CALM = 1.5  # seconds, in which something too much would come
_STRIKE_EVERY = (1.0, 3.0)
_WRITERS = 4
_ENTRIES = 0.42  # commits of a message
# Of the realtime function: listeners are doubted soon, and neither users nor instances have a limit in the way.
SETTINGS: Mapping[str, str] = {
    "LISTENER_PROOF_SECONDS": "1",
    "LISTENER_PATIENCE_SECONDS": "2",
    "REALTIME_STREAMS": "1000",
    "USER_REQUESTS": "0",
    "WRONG_TOKENS_PER_MINUTE": "0",
}


@dataclass(frozen=True)
class Size:
    """How large a storm is."""

    users: int
    clients: int
    events: int  # messages to come at least
    patience: float  # seconds


@dataclass
class Report:
    """The figures of a storm."""

    events: int = 0  # messages that commits have announced
    entries: int = 0
    delivered: int = 0  # to all clients together, each once
    duplicates: int = 0  # that clients have suppressed
    connections: int = 0
    kills: int = 0
    silences: int = 0
    seconds: float = 0.0
    findings: Findings = field(default_factory=Findings)


def play(
    cloud: LocalCloud,
    size: Size,
    *,
    project: str,
    seed: int = 1,
    instances: int = 2,
    grace: float = 40,
    plant: str = "",
) -> Report:
    """Play a storm and return its report. Raises LocalError where it does not come to its end in time.

    `grace`: seconds that clients have, once all is written, to have it too. `plant` is appended to the realtime
    function's main.py, for faults.
    """
    cloud.courier.disorder = Disorder(2, 0.5, random.Random(seed))  # noqa: S311
    try:
        with ExitStack() as opened:
            stack = opened.enter_context(Stack(cloud, project=project, copies=2, env=SETTINGS, run_schedules=False))
            storm = _Storm(stack, size, seed, grace)
            storm.prepare(opened, instances, plant)
            return asyncio.run(storm.rage())
    finally:
        cloud.courier.disorder = Disorder()


class _Storm:
    def __init__(self, stack: Stack, size: Size, seed: int, grace: float) -> None:
        self._stack, self._size, self._seed, self._grace = stack, size, seed, grace
        self._dice = random.Random(seed)  # noqa: S311
        self._report = Report()
        self._over = threading.Event()
        self._store = Firestore(stack.project, stack.cloud.emulators.firestore_host, timeout=60)
        self._deadline = time.monotonic() + size.patience

    def prepare(self, opened: ExitStack, instances: int, plant: str) -> None:
        """Start the instances, each on a line of its own, and have the users prepare their work."""
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="storm-")))
        host = self._stack.cloud.emulators.firestore_host
        self._lines = [opened.enter_context(Line(host)) for _ in range(instances)]
        self._instances = [
            Instance(folder / str(number), {**self._stack.env, "FIRESTORE_EMULATOR_HOST": line.host}, plant=plant)
            for number, line in enumerate(self._lines)
        ]
        for instance in self._instances:
            instance.begin()
            opened.callback(instance.__exit__)
        users = [User(self._stack.url, self._stack.project, f"user-{n}") for n in range(self._size.users)]
        self._users = [opened.enter_context(user) for user in users]
        with ThreadPoolExecutor(_WRITERS) as pool:
            list(pool.map(User.prepare, self._users))
        for instance in self._instances:
            instance.wait()
        self._settle()
        self._before = {user.uid: ledger.entries_of(self._store, user.uid) for user in self._users}

    async def rage(self) -> Report:
        """Have all happen at once, until every client has everything, or time is over."""
        started = time.monotonic()
        async with http_client() as http:
            clients = [self._client(http, number) for number in range(self._size.clients)]
            urls = [instance.url for instance in self._instances]
            async with asyncio.TaskGroup() as group:
                running = [group.create_task(client.run(urls, _LASTS)) for _, client in clients]
                await asyncio.gather(*(client.is_connected.wait() for _, client in clients))
                with self._striking():
                    await asyncio.to_thread(self._write)
                    await asyncio.to_thread(self._settle)
                ledgers = await asyncio.to_thread(self._ledgers)
                await self._wait(clients, ledgers)
                for task in running:
                    task.cancel()
        self._report.seconds = time.monotonic() - started
        self._judge(clients, ledgers)
        return self._report

    def _client(self, http: httpx.AsyncClient, number: int) -> tuple[User, StreamClient]:
        user = self._users[number % len(self._users)]
        sets: Sequence[Sequence[str]] = (
            ("activity", "notifications", "tasks", "executions", "batch"),
            ("notifications",),
            ("executions", f"documents:prospects/{user.prospect}"),
            ("activity", f"documents:prospects/{user.prospect}"),
        )
        kind = TRANSPORTS[number // len(self._users) % len(TRANSPORTS)]
        channels = sets[number // len(self._users) // len(TRANSPORTS) % len(sets)]
        return user, kind(http, user.token, channels, seed=self._seed * 10_000 + number)

    def _write(self) -> None:
        """Have the users work, until enough is announced."""
        with ThreadPoolExecutor(_WRITERS) as pool:
            while (done := ledger.count_of(self._store, self._uids) - self._first) < self._size.events * _ENTRIES:
                self._in_time(f"{done} entries")
                dice = [random.Random(self._dice.random()) for _ in self._users]  # noqa: S311
                list(pool.map(User.work, self._users, dice))

    def _settle(self) -> None:
        """Until nothing is announced any more."""
        last, since = -1, time.monotonic()
        while time.monotonic() - since < _QUIET or not self._stack.idle():
            self._in_time("the end of all work")
            number = ledger.count_of(self._store, self._uids)
            if number != last:
                last, since = number, time.monotonic()
            time.sleep(0.3)
        self._first = last

    @property
    def _uids(self) -> list[str]:
        return [user.uid for user in self._users]

    def _ledgers(self) -> dict[str, Ledger]:
        return {uid: Ledger.read(self._store, uid, before) for uid, before in self._before.items()}

    async def _wait(self, clients: Sequence[tuple[User, StreamClient]], ledgers: Mapping[str, Ledger]) -> None:
        """Until every client has what it must have, and a moment more."""
        expected = [({frame["id"] for frame in ledgers[user.uid].expected(c.channels)}, c) for user, c in clients]
        until = time.monotonic() + self._grace
        while any(ids - client.ids for ids, client in expected) and time.monotonic() < until:
            await asyncio.sleep(0.1)
        await asyncio.sleep(_CALM)

    def _judge(self, clients: Sequence[tuple[User, StreamClient]], ledgers: Mapping[str, Ledger]) -> None:
        report = self._report
        report.events = sum(len(each.messages) for each in ledgers.values())
        report.entries = sum(each.entries for each in ledgers.values())
        for user, client in clients:
            report.findings.look_at(client, ledgers[user.uid])
            report.delivered += len(client.ids)
            report.duplicates += len(client.received) - len(client.once)
            report.connections += client.connections

    @contextmanager
    def _striking(self) -> Iterator[None]:
        with ThreadPoolExecutor(1) as thread:
            strikes = thread.submit(self._strike)
            try:
                yield
            finally:
                self._over.set()
                strikes.result()

    def _strike(self) -> None:
        """Kill one instance after another, and have the other's connections to the store fall silent."""
        number = 0
        while not self._over.wait(self._dice.uniform(*_STRIKE_EVERY)):
            victim = self._instances[number % len(self._instances)]
            number += 1
            self._report.silences += self._lines[number % len(self._lines)].silence()
            victim.kill()
            self._report.kills += 1
            victim.begin()
            victim.wait()

    def _in_time(self, what: str) -> None:
        if time.monotonic() > self._deadline:
            raise LocalError(f"Waited {self._size.patience:.0f} s in vain: {what}.")
