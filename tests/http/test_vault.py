"""/api/vault: items, filters, topics and trendlines."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from shared.domains.vault import service
from shared.domains.vault.models import VaultItem
from shared.gcp import firestore, writes
from shared.kit import clock
from shared.kit.schema import stamp
from tests.fixtures.api import Api
from tests.fixtures.notes import NOTES
from tests.fixtures.vault import item_of, message_of
from tests.fixtures.waiting import eventually


def _titles(api: Api, **query: Any) -> list[str]:
    page = api.get("/api/vault", **query)
    assert page["total"] == len(page["items"])
    return sorted(item["title"] for item in page["items"])


def test_what_was_sent_is_what_is_read(api: Api) -> None:
    made = item_of(api, tags=["schools"], sources=[{"title": "Report", "url": "https://x.io"}], metadata={"a": 1})
    assert api.get(f"/api/vault/{made['id']}/")["item"] == made
    assert (made["topic"], made["user_id"], made["created_at"]) == ("Teacher burnout", api.uid, made["updated_at"])
    assert made["highlights"] == ["Teacher burnout grows."]
    assert (made["linked_outreach_ids"], made["linked_content_ids"]) == ([], [])
    assert set(made["suggestions"]) == {"outreach", "content", "follow_ups"}
    assert made["suggestions"]["follow_ups"] == ["Follow up with the source Report"]


def test_an_update_changes_only_the_given_fields(api: Api, cloud: LocalCloud) -> None:
    made = item_of(api, tags=["a"])
    cloud.clock.advance(timedelta(minutes=1))
    changed = api.put(f"/api/vault/{made['id']}", {"summary": "Schools hire. It rains."})["item"]
    assert changed["highlights"] == ["Schools hire.", "It rains."]
    assert changed["updated_at"] > made["updated_at"]
    same = ["title", "tags", "category", "created_at", "sources", "metadata"]
    assert {name: changed[name] for name in same} == {name: made[name] for name in same}
    assert api.get(f"/api/vault/{made['id']}")["item"] == changed
    assert _titles(api, search="hire") == ["Teacher burnout"]
    kept = api.put(f"/api/vault/{made['id']}", {"summary": "New.", "highlights": ["Mine"]})["item"]
    assert kept["highlights"] == ["Mine"]


def test_an_empty_update_is_refused(api: Api) -> None:
    refused = api.http.put(f"/api/vault/{item_of(api)['id']}", json={})
    assert (refused.status_code, refused.json()["detail"]) == (400, "No fields to update")


def test_a_lost_update_is_refused(api: Api) -> None:
    id = item_of(api)["id"]
    old = api.http.get(f"/api/vault/{id}").headers["etag"]
    assert api.http.put(f"/api/vault/{id}", json={"title": "A"}, headers={"If-Match": old}).status_code == 200
    assert api.http.put(f"/api/vault/{id}", json={"title": "B"}, headers={"If-Match": old}).status_code == 412
    assert api.http.delete(f"/api/vault/{id}", headers={"If-Match": old}).status_code == 412
    assert api.get(f"/api/vault/{id}")["item"]["title"] == "A"
    assert Api.ok(api.http.delete(f"/api/vault/{id}"))["message"] == "The vault item was deleted."
    assert api.http.get(f"/api/vault/{id}").status_code == 404
    assert api.http.delete(f"/api/vault/{id}").status_code == 404


def test_filters_and_their_combinations(api: Api) -> None:
    item_of(api, "Alpha one", tags=["a", "b"])
    item_of(api, "Alpha two", tags=["c"], category="free choice")
    item_of(api, "Beta", tags=["b"], category="free choice")
    assert _titles(api, category="free choice") == ["Alpha two", "Beta"]
    assert _titles(api, tags="a,c") == ["Alpha one", "Alpha two"]
    assert _titles(api, tags="b", category="free choice") == ["Beta"]
    assert _titles(api, search="alp") == ["Alpha one", "Alpha two"]
    assert _titles(api, search="alpha tw") == ["Alpha two"]
    assert _titles(api, search="alpha", category="free choice") == ["Alpha two"]
    assert _titles(api, search="alpha", tags="b, c") == ["Alpha one", "Alpha two"]
    assert _titles(api, search="alpha", tags="b", category="market_trends") == ["Alpha one"]
    assert _titles(api, search="nothing") == []
    since = clock.now().isoformat()
    item_of(api, "Alpha three", tags=["a"])
    assert _titles(api, since=since) == ["Alpha three"]
    everything = {"since": since, "tags": "a", "search": "alpha", "category": "market_trends"}
    assert _titles(api, **everything) == ["Alpha three"]
    assert _titles(api, since=since, tags="a", category="market_trends") == ["Alpha three"]
    assert _titles(api, since=since, search="alpha", category="market_trends") == ["Alpha three"]


@pytest.mark.parametrize("query", [{}, {"tags": "x"}, {"search": "item"}, {"search": "item", "tags": "x"}])
def test_pages_follow_each_other(api: Api, query: dict[str, str]) -> None:
    for number in range(5):
        item_of(api, f"Item {number}", tags=["x"])
    first = api.get("/api/vault", limit=3, **query)
    rest = api.get("/api/vault", limit=3, cursor=first["next_cursor"], **query)
    titles = [item["title"] for page in (first, rest) for item in page["items"]]
    assert titles == [f"Item {number}" for number in (4, 3, 2, 1, 0)]
    assert (first["total"], rest["next_cursor"]) == (5, None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"summary": "s", "category": "c"}, "title"),
        ({"title": "t", "summary": "s"}, "category"),
        ({"title": "t", "summary": "s", "category": "c", "tags": ["x"] * 51}, "tags"),
        ({"title": "t", "summary": "s", "category": "c", "sources": [{"a": "x" * 40_000}]}, "sources"),
        ({"title": "t", "summary": "s", "category": "c", "colour": "red"}, "colour"),
    ],
)
def test_invalid_items_name_the_field(api: Api, body: dict[str, Any], field: str) -> None:
    refused = api.http.post("/api/vault", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)


def test_too_many_tags_in_a_filter_are_refused(api: Api) -> None:
    refused = api.http.get("/api/vault", params={"tags": ",".join(map(str, range(31)))})
    assert (refused.status_code, "1 to 30 tags" in refused.json()["detail"]) == (422, True)
    assert api.http.get("/api/vault", params={"tags": " , "}).status_code == 422


def test_users_do_not_see_each_other(api: Api) -> None:
    id = item_of(api)["id"]
    message = message_of(api)
    with api.another_user() as other:
        assert other.get("/api/vault")["total"] == 0
        assert other.get("/api/vault/topics")["clusters"] == []
        assert other.http.get(f"/api/vault/{id}").status_code == 404
        assert other.http.put(f"/api/vault/{id}", json={"title": "x"}).status_code == 404
        assert other.http.delete(f"/api/vault/{id}").status_code == 404
        own = item_of(other)["id"]
        assert other.http.post(f"/api/vault/{own}/link-outreach?outreach_id={message}").status_code == 404
    assert api.get(f"/api/vault/{id}")["item"]["linked_outreach_ids"] == []


@pytest.mark.parametrize("path", ["/api/vault/topics", "/api/vault/topics/clusters"])
def test_topics_are_found_in_the_content_not_the_category(api: Api, path: str) -> None:
    item_of(api, "Burnout of teachers", summary="Marking drives teachers to burnout.", category="a")
    item_of(api, "Teachers who quit", summary="Most teachers who quit name burnout.", category="b")
    item_of(api, "Cold email benchmarks", summary="Open rates of cold email fall.", category="a")
    item_of(api, "Cold email subject lines", summary="Short lines double the open rate.", category="b")
    item_of(api, "Office plants", summary="Ferns need little light.", category="a")
    clusters = api.get(path)["clusters"]
    assert [cluster["item_count"] for cluster in clusters] == [2, 2, 1]
    assert [sorted(item["title"] for item in cluster["items"]) for cluster in clusters] == [
        ["Cold email benchmarks", "Cold email subject lines"],
        ["Burnout of teachers", "Teachers who quit"],
        ["Office plants"],
    ]
    assert [cluster["topic"] for cluster in clusters] == ["Cold email", "Burnout and teachers", "Office plants"]
    assert "burnout" in [word.lower() for word in clusters[1]["keywords"]]


def _at(api: Api, number: int, when: datetime, category: str = "c") -> VaultItem:
    return VaultItem(**stamp(api.uid, f"i{number}", at=when), title="T", summary="S", category=category)


def test_trendlines_have_every_day_of_the_users_zone(api: Api) -> None:
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    midnight = noon.replace(hour=0)
    # 13:00 UTC is already tomorrow in Auckland, whose offset is 12 or 13 hours
    yesterday = noon - timedelta(days=1, hours=-1)
    moments = [(yesterday, "a"), (yesterday, "b"), (midnight - timedelta(days=6), "a"), (noon - timedelta(days=9), "a")]
    service.repository.create_each([_at(api, n, when, category) for n, (when, category) in enumerate(moments)])
    answer = api.get("/api/vault/trendlines", days=7)
    days = {day["date"]: day for day in answer["trendlines"]}
    assert list(days) == [(noon - timedelta(days=back)).date().isoformat() for back in reversed(range(7))]
    assert days[yesterday.date().isoformat()]["categories"] == {"a": 1, "b": 1}
    assert [day["item_count"] for day in answer["trendlines"]] == [1, 0, 0, 0, 0, 2, 0]
    assert (answer["period"], answer["total_items"], answer["complete"]) == ("7 days", 3, True)
    there = api.get("/api/vault/trendlines", days=30, timezone="Pacific/Auckland")["trendlines"]
    shifted = {day["date"]: day["item_count"] for day in there}
    assert shifted[(yesterday.date() + timedelta(days=1)).isoformat()] == 2
    assert len(shifted) == 30


@pytest.mark.parametrize(
    ("query", "field"), [({"days": "6"}, "days"), ({"days": "366"}, "days"), ({"timezone": "Mars/Base"}, "timezone")]
)
def test_trendlines_refuse(api: Api, query: dict[str, str], field: str) -> None:
    refused = api.http.get("/api/vault/trendlines", params=query)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)


def test_new_and_deleted_items_are_told_in_the_feed(api: Api) -> None:
    id = item_of(api)["id"]
    api.put(f"/api/vault/{id}", {"title": "Renamed"})
    Api.ok(api.http.delete(f"/api/vault/{id}"))
    eventually(lambda: len(api.get("/api/activity", type="insight")["activities"]) == 2)
    told = {event["title"]: event for event in api.get("/api/activity", type="insight")["activities"]}
    assert set(told) == {"Insight saved", "Insight deleted"}
    assert told["Insight saved"]["metadata"] == {"vault_id": id, "category": "market_trends"}
    assert told["Insight saved"]["link"] == f"/vault?id={id}"


def test_costs(api: Api) -> None:
    made = api.http.post("/api/vault", json={"title": "T", "summary": "S", "category": "c"})
    id = made.json()["item"]["id"]
    message_of(api)
    assert made.headers["x-firestore-cost"] == "rpcs=1 reads=0 writes=2 commits=1"
    costs = {
        "read": api.http.get(f"/api/vault/{id}"),
        "list": api.http.get("/api/vault"),
        "update": api.http.put(f"/api/vault/{id}", json={"title": "U"}),
        "link": api.http.post(f"/api/vault/{id}/link-outreach?outreach_id=o1"),
        "topics": api.http.get("/api/vault/topics"),
        "trendlines": api.http.get("/api/vault/trendlines"),
    }
    assert {name: answer.headers["x-firestore-cost"] for name, answer in costs.items()} == {
        "read": "rpcs=1 reads=1 writes=0 commits=0",
        "list": "rpcs=3 reads=3 writes=0 commits=0",
        "update": "rpcs=2 reads=1 writes=2 commits=1",
        "link": "rpcs=2 reads=2 writes=3 commits=1",
        "topics": "rpcs=2 reads=2 writes=0 commits=0",
        "trendlines": "rpcs=1 reads=1 writes=0 commits=0",
    }


def test_the_vector_of_an_item_is_kept_but_not_shown(api: Api) -> None:
    made = item_of(api)
    path = f"users/{api.uid}/vault/{made['id']}"
    before = firestore.client().get(path)
    assert before
    assert (len(before.data["vector"]), "vector" in made, "vector_model" in made) == (256, False, False)
    api.put(f"/api/vault/{made['id']}", {"category": "other"})
    same = firestore.client().get(path)
    api.put(f"/api/vault/{made['id']}", {"summary": "Ferns need light."})
    changed = firestore.client().get(path)
    assert same
    assert changed
    assert same.data["vector"] == before.data["vector"] != changed.data["vector"]


def test_an_item_without_a_vector_is_compared_too(api: Api) -> None:
    item_of(api, "Cold email benchmarks", summary="Open rates of cold email fall.")
    id = item_of(api, "Cold email subject lines", summary="Short lines double the open rate.")["id"]
    firestore.client().commit([writes.update(f"users/{api.uid}/vault/{id}", {"vector": None, "vector_model": "old"})])
    assert [cluster["item_count"] for cluster in api.get("/api/vault/topics")["clusters"]] == [2]


def test_topics_keep_their_ids_and_names_as_the_vault_grows(api: Api, cloud: LocalCloud) -> None:
    notes = [(topic, *note) for topic, listed in NOTES.items() for note in listed]
    seen: dict[str, tuple[str, set[str]]] = {}
    moved = kept = 0
    for number, (_, title, summary) in enumerate(notes[::2] + notes[1::2]):
        cloud.clock.advance(timedelta(minutes=1))
        item_of(api, title, summary=summary)
        if number % 4:
            continue
        clusters = api.get("/api/vault/topics")["clusters"]
        now = {c["id"]: (c["topic"], {item["id"] for item in c["items"]}) for c in clusters}
        assert all(now[id][0] == seen[id][0] for id in seen.keys() & now.keys())
        moved += sum(id not in now or not members <= now[id][1] for id, (_, members) in seen.items())
        kept += len(seen)
        seen = {id: value for id, value in now.items() if len(value[1]) > 1}
    assert len(seen) >= 5
    assert moved <= 0.3 * kept


def test_topics_are_found_anew_where_their_memory_is_gone(api: Api) -> None:
    titles = ("Cold email benchmarks", "Cold email subject lines")
    ids = [item_of(api, title, summary="Open rates of cold email fall.")["id"] for title in titles]
    before = api.get("/api/vault/topics")["clusters"]
    firestore.client().commit([writes.delete(f"users/{api.uid}/vault_topics/map")])
    assert api.get("/api/vault/topics")["clusters"] == before
    assert before[0]["weekly"] == [0, 0, 0, 0, 0, 0, 0, 2]
    Api.ok(api.http.delete(f"/api/vault/{ids[1]}"))
    [alone] = api.get("/api/vault/topics")["clusters"]
    assert (alone["topic"], alone["item_count"]) == ("Cold email benchmarks", 1)


def test_suggestions_name_the_prospects_whom_an_item_concerns(api: Api) -> None:
    def prospect(name: str, **more: Any) -> str:
        return str(api.post("/api/prospects", {"name": name, **more})["prospect"]["id"])

    head = prospect("Ann", job_title="Superintendent", company="Lake School District", tags=["tutoring", "schools"])
    prospect("Bo", job_title="Florist", company="Petals", tags=["plants"])
    prospect("Cy", job_title="Superintendent", tags=["tutoring", "schools"], status="unsubscribed")
    late = prospect("Di", job_title="Director of tutoring", company="Hill School District", status="contacted")
    item = item_of(
        api,
        "Tutor shortage in school districts",
        summary="67% of school districts have open tutoring places.",
        tags=["tutoring", "schools"],
        sources=[{"title": "Survey", "url": "https://s.example"}],
    )
    found = api.get(f"/api/vault/{item['id']}/suggestions")
    assert {match["prospect_id"] for match in found["outreach"]} == {head, late}
    first = next(match for match in found["outreach"] if match["prospect_id"] == head)
    assert first["reason"] == "Their tags (tutoring, schools) are about what this item says."
    assert first["angle"] == "Refer to this: “67% of school districts have open tutoring places.”"
    assert found["content"][0]["angle"].startswith("Build it around this figure: “67%")
    steps = [(step["prospect_id"], "Survey" in step["action"]) for step in found["follow_ups"]]
    assert steps == [(late, False), (None, True)]
    assert api.http.get("/api/vault/unknown/suggestions").status_code == 404
    with api.another_user() as other:
        assert other.http.get(f"/api/vault/{item['id']}/suggestions").status_code == 404
        own = item_of(other)["id"]
        assert other.get(f"/api/vault/{own}/suggestions")["outreach"] == []
