"""What people have reported of saved searches and alerts elsewhere, rebuilt on ours."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.automations.starts import found_documents
from shared.domains.saved_searches import service
from shared.domains.saved_searches.models import SavedSearchUpdate
from shared.gcp import firestore, writes
from shared.kit import clock
from shared.kit.clock import VirtualClock
from shared.kit.ids import new_id
from shared.search import kinds
from shared.search.index import Index
from shared.search.results import Filters
from shared.search.segments import Segment
from shared.search.text import query as queries
from shared.settings import Settings
from shared.store.changes import Change
from tests.automations.scenario import standing_clock
from tests.automations.searched import notified, save, titles, written


@pytest.fixture(autouse=True)
def time(local_settings: Settings) -> Iterator[VirtualClock]:
    with standing_clock() as standing:
        standing.advance(timedelta(minutes=10 - standing.now().minute % 60))
        yield standing


@pytest.fixture
def uid() -> str:
    return f"user-{new_id()}"


def _take(*changes: Change) -> None:
    for each in changes:
        found_documents.take(each)


_TEXTS = (
    "Pumps for chemical works",
    "The pump of Acme, running since 1999",
    "Follow-up with Zoë Núñez about centrifugal pumping",
    "Bread and wheels",
    "Acme Pumps GmbH: Müller, Straße 5",
    "東京のポンプ",
)
_QUERIES = (
    "pumps",
    "PUMPING",
    '"chemical works"',
    '"works chemical"',
    "pump -acme",
    "nunez",
    "followup",
    "follow-up",
    "mueller",
    "strasse",
    "title:acme",
    "centri*",
    "ポンプ",
    "kind:vault bread",
    "acme pumps",
)


@pytest.mark.parametrize("query", _QUERIES)
def test_what_a_search_finds_its_alert_finds(uid: str, query: str) -> None:
    """elastic/elasticsearch #28911, #28315, #60373: a document does not find the queries that find it."""
    save(uid, query)
    changes = [written(uid, f"v{number}", None, text) for number, text in enumerate(_TEXTS)]
    _take(*changes)
    vault = kinds.KINDS["vault"]
    entries = {vault.key(each.id): kinds.entries_of(vault, each.id, each.after or {}) for each in changes}
    index = Index([Segment.of(entries, None, "")])
    found = index.search(queries.parsed(query), Filters(), mode="text", vector=None, limit=10)
    assert {n.metadata["document_id"] for n in notified(uid)} == {hit.key.id for hit in found.hits}
    assert bool(found.hits) is (query != '"works chemical"')


def test_an_exclusion_holds_for_the_whole_document(uid: str) -> None:
    """elastic/elasticsearch #42361: must_not with nested parts gives false matches."""
    save(uid, "pumps -diesel")
    long = "Of pumps. " * 400
    _take(written(uid, "v1", None, "Pumps", summary=f"{long} Some run on diesel."), written(uid, "v2", None, "Pumps"))
    assert [n.metadata["document_id"] for n in notified(uid)] == ["v2"]


def test_an_exclusion_in_a_field_is_not_ignored(uid: str) -> None:
    """apache/ponymail-foal #334: `subject:-keyword` is the same as `subject:keyword`."""
    save(uid, "pumps -title:bread")
    _take(written(uid, "v1", None, "Bread and pumps"), written(uid, "v2", None, "Pumps", summary="bread"))
    assert [n.metadata["document_id"] for n in notified(uid)] == ["v2"]


def test_a_hyphen_within_a_word_excludes_nothing(uid: str) -> None:
    """FreeFeed/freefeed-server #132: a minus within a word was taken for an exclusion."""
    save(uid, "heat-pumps")
    _take(written(uid, "v1", None, "Heat-pumps"), written(uid, "v2", None, "Heat"))
    assert titles(uid) == ["Heat-pumps"]


def test_a_new_search_tells_nothing_of_what_is_there(uid: str) -> None:
    """USStateDept/State-TalentMAP-API #229: a search that was just saved notified of everything that it found."""
    old = written(uid, "v1", None, "Pumps")
    save(uid)
    _take(replace(old, time=clock.now() - timedelta(days=60)), written(uid, "v1", "Pumps", "Pumps, with a comma"))
    assert notified(uid) == []


def test_a_document_that_is_written_again_as_it_was_tells_nothing(uid: str) -> None:
    """mysociety/alaveteli #7089: sending again what was sent alerts again; KeywordTracker #63: the same match twice."""
    save(uid)
    first = written(uid, "v1", None, "Pumps")
    again = written(uid, "v1", "Pumps", "Pumps")
    _take(first, first, again, replace(again, after={**(again.after or {}), "updated_at": clock.now()}))
    assert titles(uid) == ["Pumps"]


def test_a_deleted_search_is_silent_at_once(uid: str) -> None:
    """grafana/grafana #11224, #10037: rules that were deleted went on to notify."""
    search = save(uid)
    change = written(uid, "v1", None, "Pumps")
    service.delete(uid, search.id, None)
    _take(change)
    assert notified(uid) == []


def test_a_notification_names_the_search_not_its_query(uid: str) -> None:
    """GoogleChrome/webstatus.dev #2296: notifications showed the query, not the name."""
    save(uid, "pumps -diesel", name="Everything")
    _take(written(uid, "v1", None, "Pumps"))
    [told] = notified(uid)
    assert (told.title, "-diesel" in told.message) == ("New match: Everything", False)


def test_the_first_match_after_an_alert_was_off_is_told_of(uid: str) -> None:
    """getsentry/sentry #17655: the first event after an issue was ignored was swallowed."""
    search = save(uid)
    service.update(uid, search.id, SavedSearchUpdate(alert=False), None)
    _take(written(uid, "v1", None, "Pumps while it is off"))
    service.update(uid, search.id, SavedSearchUpdate(alert=True), None)
    _take(written(uid, "v2", None, "Pumps"))
    assert titles(uid) == ["Pumps"]


def test_what_arrives_hours_late_counts_in_its_own_hour(uid: str, time: VirtualClock) -> None:
    """getsentry/sentry #50067: events that come late never reach an alert; #103575: an interval was not kept."""
    save(uid)
    late = [replace(written(uid, f"v{n}", None, f"Pumps {n}"), fresh=False) for n in range(22)]
    time.advance(timedelta(hours=5))
    now = [written(uid, f"w{n}", None, f"New pumps {n}") for n in range(20)]
    _take(*late[:21], *now, late[21])
    assert [n.metadata["more"] for n in notified(uid) if "more" in n.metadata] == [2]
    assert len(notified(uid)) == 20 + 20 + 1


def test_a_document_of_several_searches_is_told_of_by_each_under_its_name(uid: str) -> None:
    """ushahidi/platform #981, mysociety/alaveteli #5956: several messages for one post, of which none said why."""
    save(uid, name="One")
    save(uid, "acme", name="Two")
    _take(written(uid, "v1", None, "Pumps of Acme"))
    assert sorted((n.title, n.link) for n in notified(uid)) == [
        ("New match: One", "/vault?id=v1"),
        ("New match: Two", "/vault?id=v1"),
    ]


@pytest.mark.parametrize("odd", [None, 3, ["a"], {"b": "c"}, "x" * 200_000, "\ud7ff\u0000", b"pumps"])
def test_odd_documents_stop_no_event(uid: str, odd: Any) -> None:
    """Fields of another shape are no reason for an event to be delivered for a day."""
    save(uid)
    fields = {"title": odd, "summary": "pumps", "tags": odd, "created_at": odd}
    firestore.client().commit([writes.Write(f"users/{uid}/vault/v1", {"title": "t"})])
    _take(Change("e", uid, "vault", "v1", None, fields, clock.now()))
    assert len(notified(uid)) == 1
