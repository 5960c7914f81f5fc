"""Whatever comes, in whatever order, and twice: rollups are what a recount of the documents finds."""

import os
from datetime import UTC, datetime, timedelta, timezone
from threading import Event
from typing import Any

import pytest

from shared.automations.authoring import service
from shared.automations.authoring.validation import AutomationInput, StepInput
from shared.automations.starts import document_events
from shared.context import Context, bound
from shared.domains.activity import service as activity
from shared.domains.analytics import (
    cells,
    contributions,
    counting,
    folding,
    periods,
    plans,
    reading,
    repository,
    rollups,
)
from shared.domains.analytics.cells import ALL, Cell, Tally
from shared.gcp import firestore, sizes, writes
from shared.kit.clock import VirtualClock
from shared.kit.ids import new_id
from shared.store.changes import Change
from tests.automations.scenario import notify
from tests.domains.analytics.world import NOW, World, recount, rolled_up

EVENTS = int(os.environ.get("ANALYTICS_EVENTS", "300"))  # 5,000 in the long form


pytestmark = pytest.mark.usefixtures("time")


@pytest.mark.timeout(120 + EVENTS)
def test_rollups_equal_a_recount_under_duplicate_reordered_and_late_events(uid: str, time: VirtualClock) -> None:
    world = World(uid, seed=17)
    for third in range(3):  # with a fold between: late events come to months that are folded
        earlier = len(world.events)
        for _ in range(EVENTS // 3):
            world.step()
        later, world.events = world.events, world.events[earlier // 2 :]
        world.deliver()
        world.events = later
        assert rolled_up(uid) == recount(uid), third
        time.advance(timedelta(days=1, hours=2))
        assert folding.sweep()["folded"] > 0
        assert rolled_up(uid) == recount(uid), third
    assert sum(rolled_up(uid).values()) > EVENTS


def test_a_document_deleted_counts_no_more(uid: str) -> None:
    world = World(uid, seed=1)
    world.write("outreach", "m1", {"created_at": NOW, "sent_at": NOW, "replied_at": NOW, "template_id": "t1"})
    world.write("outreach", "m1", None)
    for event in reversed(world.events):  # the deletion's event comes first
        document_events.take(event)
    assert rolled_up(uid) == Tally()


def test_an_event_that_leaves_no_other_document_counts_once(uid: str) -> None:
    before: dict[str, Any] = {"created_at": NOW, "sent_at": NOW, "status": "sent"}
    change = Change(new_id(), uid, "outreach", "m1", before, before | {"delivered_at": NOW}, NOW)
    for _ in range(3):
        document_events.take(change)
    assert rolled_up(uid)[Cell(NOW, "outreach_delivered", ALL)] == 1


@pytest.mark.parametrize(
    "at", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC), datetime(2026, 1, 1), "soon", None, 3]
)
def test_a_time_that_is_none_counts_nothing(at: Any) -> None:
    assert contributions.of("outreach", {"created_at": at, "sent_at": at}) == Tally()


def test_values_that_are_no_texts_are_counted_under_none() -> None:
    fields = {"created_at": NOW, "template_id": {"a": 1}, "persona_id": "  ", "kind": "k" * 999, "cause": "x"}
    keys = {cell.key for cell in contributions.of("outreach", fields)}
    assert keys == {ALL, "template~-", "persona~-", f"kind~{'k' * 128}", "channel~-", "automation~-"}


def test_no_tag_is_taken_for_none_or_for_all_others() -> None:
    keys = {cell.key for cell in contributions.of("prospects", {"created_at": NOW, "tags": ["-", "(other)", "a"]})}
    assert keys == {ALL, "segment~“-”", "segment~“(other)”", "segment~a"}


def test_a_quarter_of_an_hour_is_one_of_utc() -> None:
    at = datetime(2026, 3, 1, 5, 50, tzinfo=timezone(timedelta(hours=5, minutes=40)))
    assert {cell.at for cell in contributions.of("templates", {"created_at": at})} == {
        datetime(2026, 3, 1, 0, tzinfo=UTC)
    }


def test_a_fold_that_is_overtaken_loses_nothing(uid: str, time: VirtualClock) -> None:
    firestore.client().commit(rollups.to_count(uid, "e1", Tally({Cell(NOW, "outreach_sent", ALL): 3})))
    [part] = [row for row in _rows(uid) if "~" in row.path]
    firestore.client().commit(rollups.to_count(uid, "e1", Tally({Cell(NOW, "outreach_sent", ALL): 4})))
    with pytest.raises(plans.TAKEN):
        folding.fold(uid, "2026-11", [part])
    assert rolled_up(uid) == {Cell(NOW, "outreach_sent", ALL): 7}
    time.advance(timedelta(days=1, hours=2))
    folding.sweep()
    assert rolled_up(uid) == {Cell(NOW, "outreach_sent", ALL): 7}
    assert not [row for row in _rows(uid) if "~" in row.path]


def _rows(uid: str) -> list[Any]:
    return [row for name in ["2026-11"] for row in _query(uid, name)]


def _query(uid: str, month: str) -> list[Any]:
    paths = [f"users/{uid}/rollups/{month}~{part:02d}" for part in range(2 * rollups.PARTS)]
    return [row for row in firestore.client().get_all([*paths, f"users/{uid}/rollups/{month}"]) if row]


def test_tens_of_thousands_of_templates_stay_below_a_document_and_keep_their_sum(uid: str, time: VirtualClock) -> None:
    whole: cells.Month = {}
    for number in range(30_000):
        at = NOW - timedelta(minutes=15 * (number % 1_000))
        slots = {cells.slot_of(at): 1 + number % 7, cells.slot_of(at - timedelta(hours=3)): 2}
        whole.setdefault("outreach_sent", {})[f"template~{new_id()}"] = slots
        whole.setdefault("sent_replied", {})[f"template~{new_id()}"] = slots
    total = sum(sum(slots.values()) for keys in whole.values() for slots in keys.values())
    body = folding.bounded(whole)
    assert len(body) <= folding.MOST_BYTES
    stored = rollups.cells_of({"packed": body})
    assert sum(sum(slots.values()) for keys in stored.values() for slots in keys.values()) == total
    other = f"template~{cells.OTHER}"
    assert other in stored["outreach_sent"]
    assert len(stored["outreach_sent"]) > 1_000


def test_what_one_event_leads_to_is_one_write_a_month() -> None:
    tally = Tally({Cell(NOW, "prospects_added", ALL): 1, Cell(NOW - timedelta(days=40), "prospects_added", ALL): 2})
    of_event = rollups.to_count("u", "e1", tally)
    of_run = rollups.to_count(
        "u", "e1:trigger", Tally({Cell(NOW, metric, ALL): 3 for metric in ("runs", "prospects_added")})
    )
    other = writes.create("users/u/prospects/p", {})
    first, *parts = rollups.merged([*of_event, other, *of_run])
    assert (first, len(parts)) == (other, 2)
    added = {
        path: value.by for part in parts for path, value in part.fields.items() if isinstance(value, writes.Increment)
    }
    assert sorted(added.values()) == [2, 3, 4]


def test_no_document_gets_more_than_firestore_transforms_in_a_commit(uid: str) -> None:
    cells_ = [Cell(NOW - timedelta(hours=n % 900), "outreach_sent", f"template~{n}") for n in range(2_000)]
    changes = rollups.merged(rollups.to_count(uid, "e", Tally(cells_)))
    assert (
        max(sum(isinstance(value, writes.Increment) for value in change.fields.values()) for change in changes) <= 500
    )
    firestore.client().commit(changes)
    assert rolled_up(uid) == Tally(cells_)


def test_a_light_run_is_counted_with_its_event(uid: str, time: VirtualClock) -> None:
    automation = service.create(
        uid, AutomationInput(name="A", trigger="new_prospect_added", steps=[StepInput.model_validate(notify("n", "N"))])
    )
    service.activate(uid, automation.id)
    change = Change(new_id(), uid, "prospects", "p1", None, {"created_at": NOW, "name": "Ann"}, NOW)
    with bound(Context()) as call:
        document_events.take(change)
    rolled = rolled_up(uid)
    assert (rolled[Cell(NOW, "prospects_added", ALL)], rolled[Cell(NOW, "runs_success", ALL)]) == (1, 1)
    assert len([row for row in _rows(uid) if "~" in row.path]) == 1
    assert call.meter.cost.commits == 1


def test_a_part_without_room_costs_the_count_and_nothing_else(uid: str) -> None:
    change = Change(new_id(), uid, "prospects", "p1", None, {"created_at": NOW, "name": "Ann"}, NOW)
    [part] = rollups.to_count(uid, change.event_id, Tally({Cell(NOW, "prospects_added", ALL): 1}))
    empty = sizes.of_document(part.path, {"span": "2026-11", "filler": ""})
    firestore.client().commit([writes.Write(part.path, {"span": "2026-11", "filler": "x" * (2**20 - empty - 20)})])
    for _ in range(2):
        document_events.take(change)
    assert [event.type for event in activity.repository.each(uid)] == ["prospect"]
    assert Cell(NOW, "prospects_added", ALL) not in rolled_up(uid)


def test_a_run_counts_as_it_ended_last(uid: str) -> None:
    failed = {"automation_id": "a", "counted": {"at": NOW, "status": "failed", "seconds": 5, "steps": 2, "step": "s"}}
    later = NOW + timedelta(hours=1)
    done = {"automation_id": "a", "counted": {"at": later, "status": "success", "seconds": 9, "steps": 3}}
    first = counting.of_end(uid, "r", {"automation_id": "a"}, failed)
    firestore.client().commit(first)
    firestore.client().commit(counting.of_end(uid, "r", failed, done))
    firestore.client().commit([writes.Write(f"users/{uid}/executions/r", done)])
    assert rolled_up(uid) == recount(uid)
    assert rolled_up(uid)[Cell(later, "runs_success", "automation~a")] == 1
    assert Cell(NOW, "runs_failed", ALL) not in rolled_up(uid)


@pytest.mark.parametrize("first", ["totals", "of_dimension"])
def test_what_is_folded_between_two_queries_is_counted_once(
    uid: str, time: VirtualClock, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    fields = {"created_at": NOW, "sent_at": NOW, "template_id": "t"}
    for number in range(3):
        firestore.client().commit(rollups.to_count(uid, str(number), contributions.of("outreach", fields)))
    time.advance(timedelta(days=1, hours=2))
    done, folded = Event(), []
    second = {"totals": "of_dimension", "of_dimension": "totals"}[first]
    read = {name: getattr(repository, name) for name in (first, second)}

    def read_first(*args: Any) -> Any:
        months = read[first](*args)
        done.set()
        return months

    def read_after_a_fold(*args: Any) -> Any:
        done.wait(10)
        folded.append(folding.sweep()["folded"])
        return read[second](*args)

    monkeypatch.setattr(repository, first, read_first)
    monkeypatch.setattr(repository, second, read_after_a_fold)
    period = periods.between(NOW.date(), NOW.date(), "UTC", "day")
    table = reading.table(uid, period, ["outreach_sent"], ["template"])
    assert folded[0] > 0
    assert table.sums(["outreach_sent"]) == [3]
    assert table.sums(["outreach_sent"], "template~t") == [3]
