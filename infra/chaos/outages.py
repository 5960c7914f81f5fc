"""Faults of what the functions rest on: the store, the queue, the clock, strangers' messages."""

import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from infra.chaos.faults import Fault, Striking
from infra.chaos.line import Line
from infra.chaos.receiver import Receiver
from infra.local import plain
from infra.local.cloud import LocalCloud
from infra.local.courier import Parcel
from infra.local.data import DOCUMENTS
from infra.local.plain import Owner
from infra.local.process import Child
from infra.local.stack import TOPIC_SHARDS, Stack
from shared.gcp.pubsub import topic_shards
from shared.kit.clock import SharedClock

_PATIENCE = 60.0  # seconds, in which poison is to be refused for good
_QUIET = 0.5  # seconds without an event, after which the emulator has sent all of them


class StoreRestarts(Striking):
    """Firestore's emulator is exported, stopped, and started anew from the export, while work goes on.

    The cloud must be this fault's own: the export holds one project.
    """

    name = "Firestore is restarted from its export"
    every = (1.0, 2.0)
    strikes = 1

    @contextmanager
    def prepared(self, cloud: LocalCloud) -> Iterator[Mapping[str, str]]:
        with Line(cloud.emulators.firestore_host) as self._line:
            yield {"FIRESTORE_EMULATOR_HOST": self._line.host}

    def strike(self, stack: Stack) -> None:
        emulators = stack.cloud.emulators
        self._line.cut()  # nothing is written after the export, which is the emulator's lack and not the store's
        self._wait_for_events(stack.cloud)
        with tempfile.TemporaryDirectory(prefix="export-") as folder:
            emulators.export(stack.project, Path(folder), DOCUMENTS)
            emulators.restart_firestore(Path(folder) / DOCUMENTS / f"{DOCUMENTS}.overall_export_metadata")
        stack.register_events()
        self._line.mend()

    def _wait_for_events(self, cloud: LocalCloud) -> None:
        """Events that the emulator has not sent when it ends are lost with it; in production they are not."""
        taken = -1
        while taken != cloud.events.taken:
            taken = cloud.events.taken
            time.sleep(_QUIET)


class QueueOutage(Striking):
    """No message can be published for half a minute, from early in the work."""

    name = "Pub/Sub is unavailable for 30 s"
    every = (0.3, 1.0)
    strikes = 1
    seconds = 30.0

    @contextmanager
    def prepared(self, cloud: LocalCloud) -> Iterator[Mapping[str, str]]:
        with Line(cloud.emulators.pubsub_host) as self._line:
            yield {"PUBSUB_EMULATOR_HOST": self._line.host}

    def strike(self, stack: Stack) -> None:
        self._line.cut()
        time.sleep(self.seconds)
        self._line.mend()


class ClockSkew(Fault):
    """Two instances of the functions share the work; one clock is five minutes slow, the other five minutes fast."""

    name = "two processes whose clocks are 10 minutes apart"
    skew = timedelta(minutes=5)

    @contextmanager
    def prepared(self, cloud: LocalCloud) -> Iterator[Mapping[str, str]]:
        with tempfile.TemporaryDirectory(prefix="clocks-") as folder:
            self._files = [Path(folder) / "slow", Path(folder) / "fast"]
            self._clocks = [SharedClock(file) for file in self._files]
            for clock, skew in zip(self._clocks, (-self.skew, self.skew), strict=True):
                clock.advance(skew)
            yield {"LOCAL_CLOCK_FILE": str(self._files[0])}

    @contextmanager
    def during(self, stack: Stack, receiver: Receiver) -> Iterator[None]:
        stack.clocks += self._clocks
        other = stack.spawn_beside({"LOCAL_CLOCK_FILE": str(self._files[1])}, self._died)
        self.injected = 2
        try:
            yield
        finally:
            other.stop()

    def _died(self, child: Child) -> None:
        self.problems.append(f"the process whose clock is fast has ended: {child.tail(5)}")


class Poison(Striking):
    """Messages, tasks and events that nothing can be made of, among the good ones.

    Messages and tasks have to be refused for good. An event that cannot be read is answered 500, so that Eventarc keeps
    it until functions that can read it are deployed; here it comes once.
    """

    name = "poison among the messages, events and tasks"
    every = (0.1, 0.3)

    def strike(self, stack: Stack) -> None:
        shard = self.dice.choice(topic_shards("automation-steps", TOPIC_SHARDS))
        data = self.dice.choice(_POISONS)
        with Owner(stack.cloud.emulators.pubsub_host) as owner:
            message = {"data": b64encode(data).decode()} if data else {"attributes": {"empty": "yes"}}
            owner.call("POST", f"/v1/projects/{stack.project}/topics/{shard}:publish", {"messages": [message]})
        secret = {"x-caller-secret": stack.secret}
        stack.cloud.courier.send(Parcel("poison", f"{stack.internal}/wake_execution/", secret, data))
        with plain.client(timeout=60) as client:
            client.post(f"{stack.internal}/prospect_written/", content=data, headers={**secret, **_EVENT})

    @contextmanager
    def during(self, stack: Stack, receiver: Receiver) -> Iterator[None]:
        with super().during(stack, receiver):
            yield
        deadline = time.monotonic() + _PATIENCE
        while not stack.idle():
            if time.monotonic() > deadline:
                self.problems.append("poison is delivered again and again")
                return
            time.sleep(0.1)


_EVENT = {
    "Content-Type": "application/protobuf",
    "ce-id": "poison",
    "ce-type": "google.cloud.firestore.document.v1.written",
    "ce-source": "//firestore.googleapis.com/poison",
    "ce-specversion": "1.0",
    "ce-document": "users/nobody/prospects/poison",
}
_POISONS = (
    b"",
    b"\xff\xfe\x00",
    b"not JSON",
    b"[]",
    b"{}",
    b'{"uid": 7}',
    b'{"uid": "nobody", "execution_id": "none", "automation_id": "none"}',
    b'{"uid": "../../x", "execution_id": "/", "automation_id": ""}',
    b"[" * 50_000,
    b'{"uid": "' + b"u" * 200_000 + b'"}',
)
