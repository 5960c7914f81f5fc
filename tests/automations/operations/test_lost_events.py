"""A write whose event is lost has its consequences after the sweep, once, whatever comes late."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from infra.local.courier import Parcel
from shared import settings
from shared.automations.operations import lost_events
from shared.gcp import firestore, writes
from shared.gcp.firestore import Document
from shared.store.changes import Change
from tests.fixtures.api import Api
from tests.fixtures.served import Served
from tests.fixtures.waiting import eventually


@contextmanager
def _held(cloud: LocalCloud, below: str) -> Iterator[list[Parcel]]:
    """Events that do not arrive while the block lasts."""
    held: list[Parcel] = []
    send = cloud.courier.send
    with pytest.MonkeyPatch.context() as patch:

        def hold(parcel: Parcel, at: Any = None) -> None:
            if parcel.durable:
                held.append(parcel)
            else:
                send(parcel, at)

        patch.setattr(cloud.courier, "send", hold)
        yield held


def _later(cloud: LocalCloud) -> None:
    cloud.clock.advance(lost_events.LATE + timedelta(minutes=1))


def _activity(api: Api) -> list[str]:
    return [event["title"] for event in api.get("/api/activity")["activities"]]


def test_what_a_lost_event_would_have_done_is_done_once(api: Api, served: Served, cloud: LocalCloud) -> None:
    added = api.automation("new_prospect_added", "send_notification")
    changed = api.automation("prospect_status_changed", "send_notification")
    eventually(lambda: cloud.courier.idle(served.internal))
    with _held(cloud, served.internal) as held:
        prospect = api.post("/api/prospects", {"name": "Ann"})["prospect"]["id"]
        api.put(f"/api/prospects/{prospect}", {"status": "contacted"})
        eventually(lambda: len(held) >= 2)
        served.tick("lost_events")
        assert _activity(api).count("New prospect") == 0  # its event may be on its way
        _later(cloud)
        assert served.tick("lost_events")["lost"] >= 2
        served.tick("lost_events")
    assert served.tick("lost_events")["lost"] == 0
    eventually(lambda: [run["status"] for run in api.executions(added)] == ["success"])
    eventually(lambda: [run["status"] for run in api.executions(changed)] == ["success"])
    for parcel in held:  # they were merely late
        cloud.courier.send(parcel)
    eventually(lambda: cloud.courier.idle(served.internal))
    titles = _activity(api)
    assert (titles.count("New prospect"), titles.count("Prospect status changed")) == (1, 1)
    assert (len(api.executions(added)), len(api.executions(changed))) == (1, 1)


def test_what_came_is_no_loss(api: Api, served: Served, cloud: LocalCloud) -> None:
    prospect = api.post("/api/prospects", {"name": "Ann"})["prospect"]["id"]
    api.put(f"/api/prospects/{prospect}", {"status": "contacted"})
    api.post("/api/templates", {"name": "T", "category": "email", "content": "Hi"})
    eventually(lambda: len(_activity(api)) >= 3)
    before = sorted(_activity(api))
    _later(cloud)
    assert served.tick("lost_events")["lost"] == 0
    assert sorted(_activity(api)) == before


def test_two_sweeps_at_once_do_it_once(api: Api, served: Served, cloud: LocalCloud) -> None:
    with _held(cloud, served.internal) as held:
        for number in range(5):
            api.post("/api/prospects", {"name": f"Ann {number}"})
        eventually(lambda: len(held) >= 5)
    _later(cloud)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: served.tick("lost_events"), range(2)))
    assert _activity(api).count("New prospect") == 5


def test_what_is_older_or_of_nobody_is_left_alone(api: Api, served: Served, cloud: LocalCloud) -> None:
    with _held(cloud, served.internal) as held:
        api.post("/api/prospects", {"name": "Ann"})
        firestore.client().commit([writes.create(f"users/{api.uid}/prospects/odd", {"name": 7})])
        firestore.client().commit([writes.create("elsewhere/a/prospects/p", {"name": "x"})])
        eventually(lambda: len(held) >= 2)
    cloud.clock.advance(lost_events.READABLE + timedelta(minutes=1))
    assert served.tick("lost_events")["recent"] == 0
    assert _activity(api) == []


def test_a_run_goes_on_where_the_last_has_stopped(
    api: Api, served: Served, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lost_events, "SHARE", 2)
    monkeypatch.setattr(lost_events, "_BATCH", 2)
    with _held(cloud, served.internal) as held:
        for number in range(5):
            api.post("/api/prospects", {"name": f"Ann {number}"})
        eventually(lambda: len(held) >= 5)
    _later(cloud)
    assert [served.tick("lost_events")["lost"] for _ in range(4)] == [2, 2, 1, 0]
    assert _activity(api).count("New prospect") == 5


def test_a_collection_that_takes_all_time_keeps_none_from_its_turn(
    api: Api, served: Served, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it never comes to its end: each look at one of its documents takes as long as a run has."""
    with _held(cloud, served.internal) as held:
        for number in range(3):
            api.post("/api/prospects", {"name": f"Ann {number}"})
        for name in ("T", "U"):
            api.post("/api/templates", {"name": name, "category": "email", "content": "Hi"})
        eventually(lambda: len(held) >= 5)
    _later(cloud)
    recent = lost_events._recent

    def slow(row: Document) -> Iterator[Change]:
        if "/prospects/" in row.path:
            cloud.clock.advance(timedelta(seconds=settings.current().sweep_seconds))
        return recent(row)

    monkeypatch.setattr(lost_events, "_recent", slow)
    assert sum(served.tick("lost_events")["lost"] for _ in range(3)) == 2
    monkeypatch.undo()
    assert sum(served.tick("lost_events")["lost"] for _ in range(3)) == 3  # none of the others was passed
    assert sorted(set(_activity(api))) == ["New prospect", "Template created"]
