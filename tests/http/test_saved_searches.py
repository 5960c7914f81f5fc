"""/api/search/saved: keeping searches, and what is refused of them."""

from typing import Any

import pytest

from shared.domains.saved_searches.models import MAX_SEARCHES, SavedSearch
from shared.domains.saved_searches.repository import repository
from shared.gcp import firestore
from shared.kit.schema import stamp
from tests.fixtures.api import Api

URL = "/api/search/saved"
SEARCH: dict[str, Any] = {"name": "Tutors", "query": "tutor shortage", "filters": {"kinds": ["vault"]}}


def _make(api: Api, **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = api.post(URL, {**SEARCH, **fields})["saved_search"]
    return made


def _watched(api: Api) -> dict[str, Any]:
    """What events are compared with, by search."""
    document = firestore.client().get(f"users/{api.uid}/search/alerts")
    return dict(document.data["searches"]) if document else {}


def _refusal(api: Api, **fields: Any) -> tuple[int, list[str], str]:
    answer = api.http.post(URL, json={**SEARCH, **fields})
    problem = answer.json()
    return answer.status_code, [error["field"] for error in problem.get("errors", ())], problem["detail"]


def test_one_is_kept_changed_and_deleted(api: Api) -> None:
    made = _make(api)
    url = f"{URL}/{made['id']}"
    no_time = {"from": None, "to": None}
    assert made["filters"] == {"kinds": ["vault"], "tags": [], "status": [], **no_time}
    assert (made["name"], made["query"], made["alert"]) == ("Tutors", "tutor shortage", False)
    assert api.get(url)["saved_search"] == made
    assert api.get(URL)["saved_searches"] == [made]
    changed = api.put(url, {"filters": {"tags": "education, k12", "from": "2026-01-31T09:00:00Z"}})["saved_search"]
    assert changed["filters"] == {"kinds": [], "tags": ["education", "k12"], "status": []} | {
        "from": "2026-01-31T09:00:00Z",
        "to": None,
    }
    assert (changed["query"], changed["updated_at"] > made["updated_at"]) == ("tutor shortage", True)
    api.ok(api.http.delete(url))
    assert (api.http.get(url).status_code, api.http.delete(url).status_code) == (404, 404)
    assert _watched(api) == {}


def test_those_with_an_alert_are_listed_apart(api: Api) -> None:
    first, second = _make(api)["id"], _make(api, alert=True)["id"]
    assert [s["id"] for s in api.get(URL)["saved_searches"]] == [second, first]
    assert [s["id"] for s in api.get(URL, alert="true")["saved_searches"]] == [second]
    page = api.get(URL, limit=1)
    assert (page["total"], [s["id"] for s in page["saved_searches"]]) == (2, [second])
    assert [s["id"] for s in api.get(URL, cursor=page["next_cursor"])["saved_searches"]] == [first]


def test_a_stale_change_or_delete_is_refused(api: Api) -> None:
    url = f"{URL}/{_make(api)['id']}"
    stale = {"If-Match": api.http.get(url).headers["etag"]}
    fresh = {"If-Match": api.http.put(url, json={"alert": True}).headers["etag"]}
    assert api.http.put(url, json={"alert": False}, headers=stale).status_code == 412
    assert api.http.delete(url, headers=stale).status_code == 412
    [watched] = _watched(api).values()
    assert watched["alert"] is True
    api.ok(api.http.delete(url, headers=fresh))


def test_what_events_are_compared_with_follows_each_change(api: Api) -> None:
    id = _make(api, alert=True)["id"]
    listed = _watched(api)[id]
    assert (listed["name"], listed["query"]) == ("Tutors", SEARCH["query"])
    assert "shortag" in listed["terms"]
    api.put(f"{URL}/{id}", {"name": "Tuition"})
    renamed = _watched(api)[id]
    assert (renamed["name"], renamed["since"], renamed["asks"]) == ("Tuition", listed["since"], listed["asks"])
    api.put(f"{URL}/{id}", {"query": "pumps"})
    changed = _watched(api)[id]
    assert changed["since"] > listed["since"]
    assert changed["asks"] != listed["asks"]
    api.put(f"{URL}/{id}", {"alert": False})
    assert _watched(api)[id]["since"] == changed["since"]
    api.put(f"{URL}/{id}", {"alert": True})
    assert _watched(api)[id]["since"] > changed["since"]
    api.put(f"{URL}/{id}", {"alert": False, "filters": {"kinds": ["activity"]}})
    assert _watched(api) == {}


@pytest.mark.parametrize(
    ("fields", "field", "told"),
    [
        ({"name": ""}, "name", "at least 1 character"),
        ({"name": "x" * 201}, "name", "at most 200 characters"),
        ({"query": "x" * 1001}, "query", "at most 1000 characters"),
        ({"query": 'tutor "shortage'}, "query", "at character 7: the quote"),
        ({"query": "", "filters": {}}, "query", "needs a query or a filter"),
        ({"filters": {"colour": "red"}}, "filters.colour", "unknown field"),
        ({"filters": {"since": "2026-01-31T09:00:00Z"}}, "filters.since", "unknown field"),
        ({"filters": {"kinds": ["pumps"]}}, "filters.kinds", "unknown kind pumps; the kinds are"),
        ({"query": "kind:pumps tutor"}, "query", "at character 6: there is no kind pumps; use activity"),
        ({"filters": {"tags": [str(n) for n in range(21)]}}, "filters.tags", "at most 20 items"),
        ({"filters": {"from": "yesterday"}}, "filters.from", "2026-01-31T09:00:00Z"),
        (
            {"filters": {"from": "2026-02-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}},
            "filters",
            "from must not be after to",
        ),
        ({"mode": "semantic"}, "mode", "unknown field; the fields here are alert, filters, name, query"),
        (
            {"alert": True, "filters": {"kinds": ["vault", "activity"]}},
            "alert",
            "activity can be searched, but have no",
        ),
        ({"alert": True, "filters": {"kinds": ["system_logs"]}}, "alert", "system_logs can be searched, but have no"),
        ({"alert": True, "query": "kind:activity pumps", "filters": {}}, "alert", "activity can be searched"),
    ],
)
def test_what_is_refused_is_named(api: Api, fields: dict[str, Any], field: str, told: str) -> None:
    status, named, detail = _refusal(api, **fields)
    assert (status, named) == (422, [field])
    assert told in detail


def test_a_change_is_judged_as_what_it_makes_of_the_search(api: Api) -> None:
    id = _make(api, filters={"kinds": ["activity"]})["id"]
    refused = api.http.put(f"{URL}/{id}", json={"alert": True})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "alert")
    assert api.http.put(f"{URL}/{id}", json={"query": "", "filters": {}}).status_code == 422
    assert api.http.put(f"{URL}/{id}", json={}).status_code == 400
    assert api.get(f"{URL}/{id}")["saved_search"]["alert"] is False


def test_there_may_be_a_hundred(api: Api) -> None:
    repository.create_each([SavedSearch(**stamp(api.uid), name="S", query="pump") for _ in range(MAX_SEARCHES - 1)])
    _make(api)
    refused = api.http.post(URL, json=SEARCH)
    assert (refused.status_code, refused.json()["detail"][:40]) == (409, "There may be at most 100 saved searches;")
