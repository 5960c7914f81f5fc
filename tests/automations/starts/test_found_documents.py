"""Alerts of saved searches in the test's own hands: delivered twice, late, out of order, by two at once, half-way."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared import context
from shared.automations.starts import found_documents
from shared.domains.saved_searches import service
from shared.domains.saved_searches.announcing import EACH_HOUR
from shared.domains.saved_searches.models import SavedSearchUpdate
from shared.domains.saved_searches.repository import matches
from shared.gcp import firestore, writes
from shared.kit import clock
from shared.kit.clock import VirtualClock
from shared.kit.ids import new_id
from shared.settings import Settings
from shared.store.changes import Change
from tests.automations.scenario import standing_clock
from tests.automations.searched import notified, save, titles, written
from tests.fixtures.crashes import crashes


@pytest.fixture(autouse=True)
def time(local_settings: Settings) -> Iterator[VirtualClock]:
    with standing_clock() as standing:
        standing.advance(timedelta(minutes=10 - standing.now().minute % 60))  # an hour is not over at once
        yield standing


@pytest.fixture
def uid() -> str:
    return f"user-{new_id()}"


def test_a_new_document_that_matches_is_told_of_with_its_page_and_the_searchs_name(uid: str) -> None:
    search = save(uid)
    found_documents.take(written(uid, "v1", None, "Pumps of Acme"))
    found_documents.take(written(uid, "v2", None, "Bread"))
    [told] = notified(uid)
    assert (told.title, told.link) == ("New match: Pumps", "/vault?id=v1")
    assert told.message == "Pumps of Acme matches your saved search Pumps."
    assert told.metadata == {
        "saved_search_id": search.id,
        "saved_search": "Pumps",
        "kind": "vault",
        "document_id": "v1",
    }


def test_a_document_that_begins_to_match_is_told_of_one_that_goes_on_is_not(uid: str) -> None:
    save(uid)
    found_documents.take(written(uid, "v1", "Bread", "Pumps"))
    found_documents.take(written(uid, "v2", "Pumps", "Pumps and bread"))
    found_documents.take(written(uid, "v3", "Pumps", "Bread"))
    found_documents.take(written(uid, "v4", "Pumps", None))
    assert titles(uid) == ["Pumps"]


def test_of_a_document_each_search_tells_once(uid: str) -> None:
    save(uid)
    save(uid, "acme", name="Acme")
    for before, after in [(None, "Pumps of Acme"), ("Pumps of Acme", "Bread"), ("Bread", "Pumps of Acme")]:
        found_documents.take(written(uid, "v1", before, after))
    assert sorted(n.title for n in notified(uid)) == ["New match: Acme", "New match: Pumps"]


def test_a_search_that_asks_something_else_tells_anew(uid: str) -> None:
    search = save(uid)
    found_documents.take(written(uid, "v1", None, "Pumps of Acme"))
    service.update(uid, search.id, SavedSearchUpdate(query="acme"), None)
    found_documents.take(written(uid, "v1", "Pumps of Acme", "Pumps of Acme, again"))
    found_documents.take(written(uid, "v1", "Bread", "Pumps of Acme"))
    assert len(notified(uid)) == 2


def test_delivered_twice_late_and_out_of_order_it_is_told_of_once(uid: str) -> None:
    save(uid)
    first = written(uid, "v1", None, "Bread")
    second = written(uid, "v1", "Bread", "Pumps")
    third = written(uid, "v1", "Pumps", "More pumps")
    for change in (third, second, first, second, replace(second, fresh=False), third):
        found_documents.take(change)
    assert titles(uid) == ["Pumps"]


def test_what_was_written_before_the_alert_is_not_told_of_although_it_comes_later(uid: str, time: VirtualClock) -> None:
    """The store's own clock, which the test cannot move, says since when a search is watched."""
    change = replace(written(uid, "v1", None, "Pumps"), time=clock.now() - timedelta(days=60))
    save(uid)
    found_documents.take(change)
    assert notified(uid) == []


def test_a_document_that_is_gone_by_now_is_not_told_of(uid: str) -> None:
    save(uid)
    change = written(uid, "v1", None, "Pumps")
    written(uid, "v1", "Pumps", None)
    found_documents.take(change)
    assert notified(uid) == []


def test_two_handlers_at_once_tell_once(uid: str) -> None:
    save(uid)
    changes = [written(uid, f"v{n}", None, f"Pumps {n}") for n in range(5)] * 4
    with ThreadPoolExecutor(10) as threads:
        list(threads.map(lambda change: copy_context().run(found_documents.take, change), changes))
    assert titles(uid) == [f"Pumps {n}" for n in range(5)]


def test_died_at_any_boundary_a_later_delivery_completes_it(uid: str) -> None:
    save(uid)
    for boundary in range(1, 20):
        change = written(uid, f"v{boundary}", None, f"Pumps {boundary}")
        died = crashes(boundary, lambda change=change: found_documents.take(change))  # type: ignore[misc]
        found_documents.take(change)
        if not died:
            break
    else:
        pytest.fail("it has no end")
    assert len(titles(uid)) == boundary > 3


def test_twenty_an_hour_are_told_of_one_by_one_and_the_others_counted(uid: str, time: VirtualClock) -> None:
    search = save(uid)
    for n in range(EACH_HOUR + 5):
        found_documents.take(written(uid, f"v{n}", None, f"Pumps {n}"))
    told = notified(uid)
    [counted] = [notification for notification in told if "more" in notification.metadata]
    assert len(told) == EACH_HOUR + 1
    assert (counted.title, counted.metadata["more"]) == ("And 5 more match: Pumps", 5)
    assert "20 matches of Pumps had a notification each; 5 more match." in counted.message
    assert counted.metadata["saved_search_id"] == search.id
    time.advance(timedelta(hours=1))
    found_documents.take(written(uid, "later", None, "Pumps later"))
    assert len(notified(uid)) == EACH_HOUR + 2


def test_the_limit_and_the_number_hold_for_many_handlers_at_once_and_twice(uid: str) -> None:
    save(uid)
    changes = [written(uid, f"v{n}", None, f"Pumps {n}") for n in range(EACH_HOUR + 15)]
    with ThreadPoolExecutor(12) as threads:
        list(threads.map(lambda change: copy_context().run(found_documents.take, change), [*changes, *changes]))
    told = notified(uid)
    assert len(told) == EACH_HOUR + 1
    assert [n.metadata["more"] for n in told if "more" in n.metadata] == [15]
    each = {n.metadata["document_id"] for n in told if "more" not in n.metadata}
    assert len(each) == EACH_HOUR
    assert matches.count(uid) == len(changes)


def test_what_dies_while_it_is_counted_is_counted_by_a_later_delivery(uid: str) -> None:
    save(uid)
    for n in range(EACH_HOUR):
        found_documents.take(written(uid, f"v{n}", None, f"Pumps {n}"))
    for boundary in range(1, 20):
        change = written(uid, f"w{boundary}", None, f"Pumps {boundary}")
        died = crashes(boundary, lambda change=change: found_documents.take(change))  # type: ignore[misc]
        found_documents.take(change)
        assert [n.metadata["more"] for n in notified(uid) if "more" in n.metadata] == [boundary]
        if not died:
            break
    else:
        pytest.fail("it has no end")
    assert boundary > 3


def test_one_search_does_not_use_up_the_others_turns(uid: str) -> None:
    save(uid)
    for n in range(EACH_HOUR + 1):
        found_documents.take(written(uid, f"v{n}", None, f"Pumps {n}"))
    save(uid, "bread", name="Bread")
    found_documents.take(written(uid, "b", None, "Bread"))
    assert "New match: Bread" in [n.title for n in notified(uid)]


def test_filters_hold_for_alerts(uid: str) -> None:
    save(uid, filters={"tags": ["leeds"]}, name="Tagged")
    save(uid, filters={"kinds": ["prospects"]}, name="Other kind")
    save(uid, "", filters={"kinds": ["vault"], "tags": ["leeds", "graz"]}, name="Without words")
    found_documents.take(written(uid, "v1", None, "Pumps", tags=["graz"]))
    assert [n.title for n in notified(uid)] == ["New match: Without words"]


def test_an_alert_that_is_off_or_deleted_tells_nothing(uid: str) -> None:
    off, gone = save(uid), save(uid)
    service.update(uid, off.id, SavedSearchUpdate(alert=False), None)
    service.delete(uid, gone.id, None)
    found_documents.take(written(uid, "v1", None, "Pumps"))
    assert (notified(uid), matches.count(uid)) == ([], 0)


def test_an_entry_that_cannot_be_read_stops_no_other(uid: str) -> None:
    save(uid)
    fields: dict[str, Any] = {"name": "B", "query": '"', "filters": {}, "asks": "x", "terms": [], "kinds": ["vault"]}
    entries = {"searches.broken": fields | {"since": clock.now() - timedelta(days=60)}, "searches.odd": 3}
    firestore.client().commit([writes.merge(f"users/{uid}/search/alerts", entries)])
    found_documents.take(written(uid, "v1", None, "Pumps"))
    assert titles(uid) == ["Pumps"]


def _cost(change: Change) -> tuple[int, int]:
    """Reads and commits."""
    before = context.current().meter.cost
    reads, commits = before.reads, before.commits
    found_documents.take(change)
    return before.reads - reads, before.commits - commits


def test_what_it_costs(uid: str) -> None:
    assert _cost(written(uid, "v1", None, "Pumps")) == (1, 0)  # no saved search
    for n in range(10):
        save(uid, f"bread {n}")
    save(uid)
    assert _cost(written(uid, "v2", None, "Wheels")) == (1, 0)  # none matches
    same = written(uid, "v2", "Wheels", "Wheels")
    assert _cost(replace(same, after={**same.after, "usage": 3} if same.after else None)) == (0, 0)
    assert _cost(written(uid, "v2", "Wheels", None)) == (0, 0)
    change = written(uid, "v3", None, "Pumps")
    assert _cost(change) == (5, 2)
    assert _cost(replace(change, read={})) == (4, 0)  # delivered again
