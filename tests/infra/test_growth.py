"""Measures what the everyday operations read, write and share, and holds the page about growth against it.

`UPDATE_TABLE=1` writes both anew.
"""

import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

import pytest

from infra.growth import load, page, pattern
from infra.growth.pattern import Index, Operation, Shared
from shared import context
from shared.automations.runs import store as run_store
from shared.gcp.announcements import STREAM
from shared.gcp.firestore import Firestore
from shared.gcp.sizes import of_document
from shared.gcp.values import decode_fields
from shared.meter import Cost
from tests.automations.actions.test_send_outreach import resend as resend  # a fixture
from tests.automations.played import notify
from tests.fixtures.api import Api
from tests.fixtures.indexes import declared
from tests.fixtures.served import Served
from tests.fixtures.waiting import eventually
from tests.providers.fake import Provider

pytestmark = pytest.mark.slow
TIMES = 48  # of each operation, so that its shards are met
_COMPACTION = "compact_search"  # its turn comes by the clock, amid any operation: infra/growth/search.md has its costs
_SHARD = re.compile(r"(?<=[~/])\d+$")
_IDS = re.compile(r"(?<=^users/)[^/]+|(?<=/meters/)\w{20}(?=~)")


@dataclass
class Recorded:
    """What happened in a block: totals, and how often each document was written by which operation."""

    totals: Counter[str] = field(default_factory=Counter)
    operation: int = 0
    writers: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    times: Counter[tuple[str, str]] = field(default_factory=Counter)  # by collection and field, writes of a time

    def write(self, wire: Any) -> None:
        name = (wire.update.name or wire.delete).partition("/documents/")[2]
        collection = name.split("/")[-2]
        fields = decode_fields(wire.update.fields)
        self.writers[name][self.operation] += 1
        self.totals["announced"] += collection == STREAM
        created = wire.current_document.HasField("exists") and not wire.current_document.exists
        if created and not wire.delete:
            self.totals["bytes"] += of_document(name, fields)
            self.totals["index_entries"] += declared().entries(collection, fields)
        for path in fields if created else wire.update_mask.field_paths:
            self.times[collection, path] += 1


@contextmanager
def _recording(recorded: Recorded) -> Iterator[None]:
    apply, add = Firestore._apply, Cost.add

    def recording(self: Firestore, stub: Any, request: Any, demanding: Any) -> Any:
        if context.current().function != _COMPACTION:
            for wire in request.writes:
                recorded.write(wire)
        return apply(self, stub, request, demanding)

    def adding(self: Cost, **counts: int) -> None:
        if context.current().function not in ("-", _COMPACTION):  # the former: what the test reads while it waits
            recorded.totals.update(counts)
        add(self, **counts)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Firestore, "_apply", recording)
        patch.setattr(Cost, "add", adding)
        yield


def _measure(name: str, served: Served, play: Callable[[int], None], calls: float) -> Operation:
    """Play an operation `TIMES` times, each to its end, and average what it took."""
    recorded = Recorded()
    with _recording(recorded):
        for recorded.operation in range(TIMES):
            play(recorded.operation)
            eventually(lambda: served.cloud.courier.idle(served.url))
    mean = {kind: round(number / TIMES, 1) for kind, number in recorded.totals.items()}
    return Operation(
        name,
        calls,
        mean["rpcs"],
        mean["reads"],
        mean["commits"],
        mean["writes"],
        mean["announced"],
        round(mean["bytes"], -2),
        round(mean["index_entries"]),
        tuple(_shared(recorded)),
        tuple(_indexes(recorded)),
    )


def _shared(recorded: Recorded) -> Iterator[Shared]:
    """Documents that several operations wrote, shards of the same kind together."""
    groups: dict[str, list[Counter[int]]] = defaultdict(list)
    for path, writers in recorded.writers.items():
        user = _IDS.sub("*", path)
        day = re.sub(r"~\d{4}-\d\d-\d\d(~\d+)?$", "~day~*", user)  # the first part of a day's meter has no number
        groups[_SHARD.sub("*", re.sub(r"\d{4}-\d\d-\d\d", "day", day))].append(writers)
    for kind, documents in sorted(groups.items()):
        if all(len(writers) == 1 for writers in documents):
            continue
        writes = sum(sum(writers.values()) for writers in documents) / TIMES
        yield Shared(kind, "user" if kind.startswith("users/*") else "all", len(documents), round(writes, 1))


def _indexes(recorded: Recorded) -> Iterator[Index]:
    """Indexes of all users that end with a time which the operation writes."""
    for (collection, scope), indexes in sorted(declared().composites.items()):
        for fields in indexes:
            *prefix, (path, _) = fields
            entries = round(recorded.times[collection, path] / TIMES, 1)  # 0: once for a user, as their search index
            if scope == "COLLECTION_GROUP" and entries and path.endswith(("_at", "_until")):
                ends = 30 if ("shard", "ASCENDING") in prefix else 1
                yield Index(f"{collection}: {', '.join(name for name, _ in fields)}", ends, entries)


def test_the_page_is_what_was_measured(api: Api, served: Served, resend: Provider) -> None:
    chain = [{"action": "analyze_prospect"}, {"action": "generate_outreach"}, notify("ready")]
    draft = api.automation("new_prospect_added", *chain)

    def prospect(n: int) -> None:
        api.post("/api/prospects", {"name": f"P{n}", "company": "Acme", "email": f"p{n}@acme{n}.io"})
        eventually(lambda: _succeeded(api, draft) > n)

    operations = [_measure("a prospect and its run of three steps", served, prospect, calls=4)]
    api.post(f"/api/automations/{draft}/deactivate")
    messages = [row["id"] for row in api.get("/api/outreach", limit=100)["outreach"]]
    sending = api.automation("manual", {"id": "send", "action": "send_outreach"}, active=False)

    def mail(n: int) -> None:
        api.post(f"/api/automations/{sending}/run", {"input": {"outreach_id": messages[n]}})
        eventually(lambda: _succeeded(api, sending) > n)

    operations.append(_measure("a message that is sent", served, mail, calls=4))
    limits = {"rate": {"count": 10_000, "seconds": 60}, "daily": {"steps": 100_000}}
    limited = api.automation("manual", notify("one"), notify("two"), limits=limits, active=False)

    def run(n: int) -> None:
        api.post(f"/api/automations/{limited}/run")
        eventually(lambda: _succeeded(api, limited) > n)

    operations.append(_measure(load.LIMITED, served, run, calls=3))
    if os.environ.get("UPDATE_TABLE") == "1":
        pattern.save(operations)
        page.FILE.write_text(page.text())
    known = pattern.load()
    for operation in operations:
        assert _rough(known[operation.name]) == _rough(operation), "UPDATE_TABLE=1 writes what is measured now"
    assert page.FILE.read_text() == page.text()


def _succeeded(api: Api, automation: str) -> int:
    return run_store.executions.count(api.uid, where=[("automation_id", "==", automation), ("status", "==", "success")])


def _rough(operation: Operation) -> dict[str, Any]:
    """What must not change unnoticed: commits, writes, and the shared documents and indexes."""
    return {
        "commits": round(operation.commits),
        "writes": round(operation.writes),
        "shared": [(shared.name, round(shared.writes)) for shared in operation.shared],
        "indexes": [(index.name, index.ends) for index in operation.indexes],
    }


def test_the_root_of_the_page_is_here(root: Path) -> None:
    assert root / "infra/costs.md" == page.FILE
    assert all(astuple(operation) for operation in pattern.load().values())
