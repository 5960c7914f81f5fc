"""POST /api/account/export: everything of the user and nothing of anybody else, readable, in parts, once at a time."""

import json
import resource
import zipfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from itertools import count
from typing import Any

import pytest

from shared import context
from shared.context import Context
from shared.domains.account import deletion, export
from shared.domains.account.models import Export
from shared.domains.account.repository import exports
from shared.gcp import firestore, writes
from shared.kit.clock import VirtualClock
from shared.kit.ids import new_id
from shared.settings import Settings
from shared.store import large_values
from tests.automations.scenario import standing_clock
from tests.contract.entities import made
from tests.contract.operations import served as in_description
from tests.fixtures.accounts import below, furnish
from tests.fixtures.api import Api
from tests.fixtures.crashes import crashes
from tests.fixtures.served import Served
from tests.fixtures.waiting import eventually

LEFT_OUT = ("exports", "idempotency", "search_segments", "stream")  # collections
Lines = dict[str, list[dict[str, Any]]]  # by file


def _unpacked(parts: list[bytes]) -> Lines:
    lines: Lines = {}
    for number, part in enumerate(parts, 1):
        with zipfile.ZipFile(BytesIO(part)) as archive:
            assert archive.testzip() is None
            about = json.loads(archive.read("about.json"))
            assert about["part"] == number
            for name in archive.namelist():
                if name != "about.json":
                    read = [json.loads(line) for line in archive.read(name).decode().splitlines()]
                    assert len(read) == about["documents"][name.removesuffix(".jsonl")]
                    lines.setdefault(name, []).extend(read)
    return lines


def _downloaded(api: Api, made: dict[str, Any]) -> Lines:
    parts = []
    for number in range(1, made["parts"] + 1):
        answer = api.http.get(f"/api/account/exports/{made['id']}/parts/{number}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/zip"
        assert f"part-{number}.zip" in answer.headers["content-disposition"]
        parts.append(answer.content)
    assert sum(map(len, parts)) == made["bytes"]
    return _unpacked(parts)


def _paths(lines: Lines) -> list[str]:
    return sorted(line["path"] for rows in lines.values() for line in rows)


def _store_odd(uid: str) -> dict[str, Any]:
    """Documents as no domain has them yet, of odd content; answers the value that one holds packed."""
    large = {"text": "Grüße " * 5_000, "at": [1, 2]}
    user, half = f"users/{uid}", json.dumps({"\ud83d half": "x"})
    firestore.client().commit(
        [
            writes.create(f"{user}/executions/run/payloads/step", {"body": large_values.packed(large)[0], "more": 0}),
            writes.Write(f"{user}/of_later/x/deeper/y", {"odd": {"a/b.c`d": float("inf"), "name": "../../etc/passwd"}}),
            writes.Write(f"{user}/of_later/x", {"text": half}),
        ]
    )
    return large


@pytest.mark.timeout(240)
def test_everything_is_in_it_once_and_nothing_of_anybody_else(api: Api, served: Served) -> None:
    made(api, in_description())
    secret = {"secret": "whsec_" + "QUJD" * 11, "headers": {"Authorization": "hush-hush"}}
    call = {"action": "call_webhook", "config": {"url": "http://127.0.0.1:1/x", **secret}}
    api.automation("manual", call, active=False)
    large = _store_odd(api.uid)
    api.put("/api/search/synonyms", {"synonyms": {"coaching": ["tutoring"]}})
    with api.another_user() as bob:
        made(bob, in_description(), {"/api/prospects/{id}"})
    eventually(lambda: served.cloud.courier.idle(served.internal))
    served.cloud.clock.advance(timedelta(minutes=11))  # since the export that is among everything
    answer = api.http.post("/api/account/export", json={})
    assert answer.status_code == 202
    export = answer.json()["export"]
    assert (export["status"], export["error"]) == ("completed", None)
    lines = _downloaded(api, export)
    stored = [path.removeprefix(f"users/{api.uid}/") for path in below(api.uid)]
    left_out = [path for path in stored if path.split("/")[0] in LEFT_OUT or path == "search/alerts"]
    assert _paths(lines) == sorted(set(stored) - set(left_out))
    assert export["documents"] == len(_paths(lines))
    nested = {"executions/steps.jsonl", "automations/definitions.jsonl", "files/chunks.jsonl"}
    assert nested | {"prospects.jsonl"} <= lines.keys()
    text = json.dumps(lines)
    hidden = ("hush-hush", "QUJDQUJD", "sealed:1:", bob.uid, "search_tokens")
    assert [each for each in hidden if each in text] == []
    fields = {line["path"]: line["fields"] for rows in lines.values() for line in rows}
    assert fields["executions/run/payloads/step"]["body"] == large
    assert fields["of_later/x/deeper/y"]["odd"]["a/b.c`d"] == "inf"
    assert fields["search/manifest"] == {"synonyms": {"coaching": ["tutoring"]}}
    assert lines["prospects.jsonl"][0]["fields"]["created_at"].endswith("+00:00")


def test_parts_are_their_owners_numbered_and_gone_after_a_week(api: Api, served: Served) -> None:
    id = api.post("/api/account/export")["export"]["id"]
    url = f"/api/account/exports/{id}"
    with api.another_user() as bob:
        assert [bob.http.get(path).status_code for path in (url, f"{url}/parts/1")] == [404, 404]
    wrong = ("0", "2", "-1", "x", "1e0", "9" * 30)
    assert {api.http.get(f"{url}/parts/{number}").status_code for number in wrong} == {404}
    assert api.http.get(f"{url}/parts/1").status_code == 200
    assert api.post("/api/account/export")["export"]["id"] == id
    served.cloud.clock.advance(timedelta(days=8))
    assert [api.http.get(path).status_code for path in (url, f"{url}/parts/1")] == [404, 404]


def test_asked_for_many_times_at_once_one_runs(api: Api) -> None:
    api.post("/api/prospects", {"name": "Ann"})
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: api.post("/api/account/export")["export"]["id"], range(6)))
    assert len(set(answers)) == 1


@pytest.fixture
def time(local_settings: Settings) -> Iterator[VirtualClock]:
    with standing_clock() as standing:
        yield standing


@pytest.fixture
def uid() -> str:
    return f"user-{new_id()}"


def _parts(uid: str, done: Export) -> list[bytes]:
    return [export.part(uid, done.id, str(number)).content for number in range(1, done.parts + 1)]


def test_it_is_complete_wherever_it_dies(time: VirtualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "PART_BYTES", 800)
    for boundary in count(1):
        uid = f"user-{new_id()}"
        furnish(uid, 4)
        died = crashes(boundary, lambda: export.request(uid))  # noqa: B023
        time.advance(timedelta(minutes=6))
        crashes(boundary, export.sweep)
        for _ in range(2):
            time.advance(timedelta(minutes=6))
            export.sweep()
        done = export.request(uid) if boundary == 1 else exports.select(uid, limit=9)[0]
        assert (done.status, done.documents) == ("completed", 20)
        assert done.parts > 3
        paths = Counter(_paths(_unpacked(_parts(uid, done))))
        assert (len(paths), set(paths.values())) == (20, {1})
        if not died:
            break
    assert boundary > 2 * (1 + 2 * 3)


def test_a_deletion_ends_an_export_under_way(time: VirtualClock, uid: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "PART_BYTES", 800)
    furnish(uid, 4)
    assert crashes(7, lambda: export.request(uid))
    assert deletion.close(uid)
    time.advance(timedelta(minutes=6))
    assert export.sweep() == {"exports_due": 1, "exports_served": 0}
    deletion.begin(uid)
    assert below(uid) == {}
    assert export.sweep() == {"exports_due": 0, "exports_served": 0}
    furnish(other := f"user-{new_id()}", 4)  # and one whose documents go while it is at work
    running = export.request(other)
    deletion.close(other)
    deletion.begin(other)
    assert below(other) == {}
    assert export._carry_on(running, time.now() + timedelta(minutes=1)).status == "completed"  # it was done before


@pytest.mark.timeout(180)
def test_twenty_megabytes_take_little_memory_and_a_read_a_document(time: VirtualClock, uid: str) -> None:
    noise = new_id() * 1_000  # 20 KB
    names = [f"users/{uid}/vault/{n}" for n in range(1_000)]
    assert not any(firestore.client().batch_write([writes.create(name, {"text": f"{name}{noise}"}) for name in names]))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with context.bound(Context()) as call:
        done = export.request(uid)
        while done.status == "running":
            time.advance(timedelta(minutes=6))
            export.sweep()
            done = export.get(uid, done.id)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < 150, f"{grown:.0f} MB"
    assert (done.documents, done.parts) == (1_000, 3)
    assert len(_paths(_unpacked(_parts(uid, done)))) == 1_000
    cost = call.meter.cost
    assert cost.reads <= 1_000 + done.parts * 50 + 20
    assert cost.rpcs <= 1_000 / 50 + done.parts * 4 + 10
