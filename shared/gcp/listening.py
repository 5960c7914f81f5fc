"""Listens to queries: many of them on one Listen call, on the event loop.

The library's own listener takes two threads for each query and compares whole results; this one keeps nothing but what
came since the last consistent snapshot. Public reports tell of calls that fall silent without an error for hours, so a
call is trusted only while it hears a document that this process writes for it; else it is replaced, on a new
connection, and each query begins anew where its last snapshot ended.
Protocol: https://cloud.google.com/firestore/docs/reference/rpc/google.firestore.v1#listenrequest
"""

import asyncio
import random
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import grpc.aio

from shared import log, settings
from shared.errors import AppError
from shared.gcp import channels, credentials, documents, firestore, queries, writes
from shared.gcp.documents import Document
from shared.gcp.messages import firestore as _rpc
from shared.gcp.queries import Query
from shared.gcp.values import decode_time

PROOFS = "listener_proofs"  # documents that a call is to hear of
_MOST = 100  # queries on one call
_PROOF = 1  # the target of the call's own document
_LONGEST_PAUSE = 10.0  # seconds between two attempts to open a call
# A pool of its own: else a new call would be made on the connection that fell silent.
_OPTIONS = [*channels.OPTIONS, ("grpc.use_local_subchannel_pool", 1), ("grpc.keepalive_time_ms", 60_000)]

Snapshot = Callable[[Sequence[Document], datetime], None]


@dataclass(eq=False)
class Watch:
    """One query that is listened to. `query` is called each time that a call begins; `on_snapshot` with the documents
    that came since the last snapshot, and the time up to which nothing is missing."""

    query: Callable[[], Query]
    on_snapshot: Snapshot
    current: bool = False
    documents: dict[str, Document] = field(default_factory=dict)

    def begin_anew(self) -> None:
        self.current = False
        self.documents.clear()


class Listener:
    """All calls of a process. Its methods are called on the event loop."""

    def __init__(self) -> None:
        self._calls: list[_Call] = []

    def watch(self, query: Callable[[], Query], on_snapshot: Snapshot) -> Watch:
        """Listen to a query, until `unwatch`."""
        watch = Watch(query, on_snapshot)
        call = next((call for call in self._calls if call.has_room), None)
        if call is None:
            call = _Call()
            self._calls.append(call)
        call.add(watch)
        return watch

    def unwatch(self, watch: Watch) -> None:
        """Listen to a query no more. A call without queries ends."""
        for call in self._calls:
            call.remove(watch)
        for call in [call for call in self._calls if call.is_idle]:
            self._calls.remove(call)
            call.close()

    def doubt(self, watch: Watch) -> None:
        """Have the call of a query replaced: it has missed something."""
        for call in self._calls:
            call.doubt(watch)

    def close(self) -> None:
        """End all calls."""
        for call in self._calls:
            call.close()
        self._calls.clear()

    @property
    def targets(self) -> int:
        """How many queries are listened to."""
        return sum(call.number for call in self._calls)


class _Call:
    """One Listen call after another, for up to 100 queries."""

    def __init__(self) -> None:
        config = settings.current()
        self._database = f"projects/{config.project}/databases/(default)"
        self._documents = f"{self._database}/documents"
        self._targets: dict[int, Watch] = {}
        self._last = _PROOF
        self._requests: asyncio.Queue[Any] = asyncio.Queue()
        self._proof = f"{PROOFS}/{secrets.token_hex(10)}"
        self._proofs: asyncio.Queue[datetime] = asyncio.Queue()  # versions of its own document that it heard of
        self._doubted: asyncio.Event = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._run())

    @property
    def has_room(self) -> bool:
        return len(self._targets) < _MOST

    @property
    def is_idle(self) -> bool:
        return not self._targets

    @property
    def number(self) -> int:
        return len(self._targets)

    def add(self, watch: Watch) -> None:
        self._last += 1
        self._targets[self._last] = watch
        self._requests.put_nowait(self._to_add(self._last, watch))

    def remove(self, watch: Watch) -> None:
        for target in [target for target, other in self._targets.items() if other is watch]:
            del self._targets[target]
            self._requests.put_nowait(_rpc.ListenRequest(database=self._database, remove_target=target))

    def doubt(self, watch: Watch) -> None:
        if watch in self._targets.values():
            self._doubted.set()

    def close(self) -> None:
        self._task.cancel()

    async def _run(self) -> None:
        failures = 0
        while True:
            began = asyncio.get_running_loop().time()
            try:
                await self._listen()
            except asyncio.CancelledError:
                raise
            except (grpc.RpcError, AppError, OSError) as error:
                log.warning("a listener begins anew", exception=error, targets=self.number)
            except Exception as error:  # whatever it is: listening goes on
                log.error("a listener begins anew", exception=error, targets=self.number)
            lasted = asyncio.get_running_loop().time() - began
            failures = 0 if lasted > _LONGEST_PAUSE else failures + 1
            await asyncio.sleep(min(_LONGEST_PAUSE, 0.1 * 2**failures) * random.uniform(0.5, 1))  # noqa: S311

    async def _listen(self) -> None:
        """Make one call; returns when it has ended, or is not to be trusted."""
        requests = self._requests = asyncio.Queue()
        self._proofs = asyncio.Queue()
        self._doubted.clear()
        self._requests.put_nowait(self._to_prove())
        for target, watch in self._targets.items():
            watch.begin_anew()
            self._requests.put_nowait(self._to_add(target, watch))
        channel, metadata = _channel(self._database)
        try:
            listen = channels.stub(channel.stream_stream, "Listen", _rpc.ListenRequest, _rpc.ListenResponse)
            call = listen(_sent(requests), metadata=metadata)
            work = [asyncio.ensure_future(job) for job in (self._read(call), self._prove(), self._doubted.wait())]
            try:
                done, _ = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                for task in work:
                    task.cancel()
                call.cancel()
                requests.put_nowait(None)
        finally:
            await channel.close()

    async def _read(self, call: Any) -> None:
        """Hear what comes; returns where the call ends, or what came is no message."""
        async for message in call:
            if message is None:
                log.warning("a listener heard what is no message, and is replaced", targets=self.number)
                return
            match message.WhichOneof("response_type"):
                case "document_change":
                    self._changed(message.document_change)
                case "target_change":
                    self._turned(message.target_change)

    def _changed(self, change: Any) -> None:
        document = change.document
        for target in change.target_ids:
            if target == _PROOF:
                self._proofs.put_nowait(decode_time(document.update_time))
            elif watch := self._targets.get(target):
                read = documents.of_wire(document, self._documents)
                watch.documents[read.path] = read

    def _turned(self, change: Any) -> None:
        kind = change.target_change_type
        of_targets = [watch for target in change.target_ids if (watch := self._targets.get(target))]
        for watch in of_targets:
            if kind == _rpc.TargetChange.CURRENT:
                watch.current = True
            elif kind == _rpc.TargetChange.RESET:
                watch.begin_anew()
            elif kind == _rpc.TargetChange.REMOVE:
                log.warning("the store ended a query that is listened to", cause=change.cause.message)
                self._doubted.set()
        is_snapshot = kind == _rpc.TargetChange.NO_CHANGE and not change.target_ids
        if is_snapshot and change.HasField("read_time"):
            self._tell(decode_time(change.read_time))

    def _tell(self, read_time: datetime) -> None:
        """Everything up to this time has come: hand it on."""
        for watch in [watch for watch in self._targets.values() if watch.current]:
            documents, watch.documents = [*watch.documents.values()], {}
            watch.on_snapshot(documents, read_time)

    async def _prove(self) -> None:
        """Write the call's own document again and again; returns when the call does not hear of it."""
        config = settings.current()
        while True:
            fields = {"at": writes.ServerTime(), "expires_at": datetime.now(UTC) + timedelta(days=1)}
            version = await asyncio.to_thread(self._written, fields, config.listener_patience_seconds)
            try:
                async with asyncio.timeout(config.listener_patience_seconds):
                    while await self._proofs.get() < version:
                        pass
            except TimeoutError:
                log.warning("a listener fell silent, and is replaced", targets=self.number)
                return
            await asyncio.sleep(config.listener_proof_seconds)

    def _written(self, fields: dict[str, Any], seconds: float) -> datetime:
        """Write the call's own document. Where that fails, the connection for it is not to be trusted either."""
        store = firestore.client()
        try:
            return store.within(seconds).commit([writes.merge(self._proof, fields)])
        except AppError:
            firestore.renew(store)
            raise

    def _to_add(self, target: int, watch: Watch) -> Any:
        request = _rpc.ListenRequest(database=self._database)
        query = watch.query()
        request.add_target.target_id = target
        request.add_target.query.parent = f"{self._documents}/{query.parent}"
        request.add_target.query.structured_query.CopyFrom(queries.to_wire(query, self._documents))
        return request

    def _to_prove(self) -> Any:
        request = _rpc.ListenRequest(database=self._database)
        request.add_target.target_id = _PROOF
        request.add_target.documents.documents.append(f"{self._documents}/{self._proof}")
        return request


async def _sent(requests: asyncio.Queue[Any]) -> AsyncIterator[Any]:
    """The requests of a call, up to None: it ends by itself, as nobody else ends it."""
    with suppress(asyncio.CancelledError):
        while (request := await requests.get()) is not None:
            yield request


def _channel(database: str) -> tuple[Any, list[tuple[str, str]]]:
    """A connection of its own, and what each call on it says of itself."""
    emulator = settings.current().firestore_emulator_host
    metadata = channels.metadata(database, emulator)
    if emulator:
        return grpc.aio.insecure_channel(emulator, options=_OPTIONS), metadata
    return grpc.aio.secure_channel(channels.FIRESTORE, credentials.of_channels(), options=_OPTIONS), metadata
