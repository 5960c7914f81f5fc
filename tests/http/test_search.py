"""/api/search: one call over all that a user has."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.search import reader, rebuilding
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

PATH = "/api/search"
_ITEM = {"summary": "Teachers leave. Tutoring helps schools keep pupils.", "category": "research"}


def _names(api: Api, q: str, **query: Any) -> list[str]:
    return [hit["title"] for hit in api.get(PATH, q=q, **query)["hits"]]


@pytest.fixture
def full(api: Api) -> Api:
    """A user with a few documents of several kinds."""
    for name, company, status in (
        ("María Núñez", "Acme Schools", "new"),
        ("Ann Lee", "Acme Schools", "contacted"),
        ("Bo Olsen", "Nordlys ASA", "new"),
    ):
        body = {"name": name, "company": company, "status": status, "tags": ["vip"] if name == "Ann Lee" else []}
        api.post("/api/prospects", body)
    api.post("/api/vault", {**_ITEM, "title": "Teacher burnout", "tags": ["schools", "vip"]})
    api.post("/api/templates", {"name": "First mail", "category": "email", "content": "Dear school, tutoring works."})
    api.post("/api/personas", {"name": "The careful tutor", "industry_focus": ["education"]})
    return api


def test_one_call_finds_what_is_of_any_kind(full: Api) -> None:
    answer = full.get(PATH, q="school tutoring")
    assert {hit["kind"] for hit in answer["hits"]} >= {"vault", "templates"}
    [item] = [hit for hit in answer["hits"] if hit["kind"] == "vault"]
    assert item["title"] == "Teacher burnout"
    assert item["link"] == f"/vault?id={item['id']}"
    assert item["tags"] == ["schools", "vip"]
    shown = [item["snippet"]["text"][start:end] for start, end in item["snippet"]["spans"]]
    assert [word.lower() for word in shown] == ["tutoring", "schools"]
    assert item["snippet"]["text"] == _ITEM["summary"]
    assert {match["word"] for match in item["matched"]} == {"school", "tutoring", None}
    assert answer["total"] == len(answer["hits"])
    assert sum(answer["facets"]["kinds"].values()) == answer["total"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("nunez", "María Núñez"),
        ("NÚÑEZ", "María Núñez"),
        ("mar", "María Núñez"),
        ("nuñes", "María Núñez"),
        ("acme ann", "Ann Lee"),
        ('"ann lee"', "Ann Lee"),
        ("acme -nunez", "Ann Lee"),
        ("company:nordlys", "Bo Olsen"),
        ("kind:prospects status:contacted acme", "Ann Lee"),
        ("tag:vip kind:prospects", "Ann Lee"),
    ],
)
def test_people_are_found_as_they_are_typed(typed: str, name: str, full: Api) -> None:
    assert _names(full, typed)[0] == name


def test_filters_are_combined_and_counted(full: Api) -> None:
    answer = full.get(PATH, q="acme", kinds="prospects", status="new,contacted")
    assert answer["facets"]["status"] == {"new": 1, "contacted": 1}
    assert [hit["status"] for hit in full.get(PATH, q="acme", status="new")["hits"]] == ["new"]
    assert _names(full, "", tags="vip", kinds="prospects,vault") != []
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    assert _names(full, "acme", **{"from": tomorrow}) == []
    assert len(_names(full, "acme", to=tomorrow, kinds="prospects")) == 2


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"kinds": "people"}, "kinds"),
        ({"colour": "red"}, "colour"),
        ({"since": "2026-01-01T00:00:00Z"}, "since"),
        ({"from": "yesterday"}, "from"),
        ({"mode": "fast"}, "mode"),
        ({"limit": "51"}, "limit"),
        ({"limit": "0"}, "limit"),
        ({"q": "x" * 1_001}, "q"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(query: Mapping[str, str], field: str, api: Api) -> None:
    refused = api.http.get(PATH, params={"q": "a", **query})
    assert refused.status_code in (400, 422)
    assert field in refused.text


def test_a_foreign_cursor_is_refused(full: Api) -> None:
    page = full.get(PATH, q="acme", limit=1)
    assert page["next_cursor"]
    with full.another_user() as other:
        for api, query in ((full, "nordlys"), (other, "acme")):
            refused = api.http.get(PATH, params={"q": query, "limit": 1, "cursor": page["next_cursor"]})
            assert refused.status_code == 400


def test_pages_follow_each_other(full: Api) -> None:
    whole = [(hit["kind"], hit["id"]) for hit in full.get(PATH, limit=50)["hits"]]
    assert len(whole) >= 6
    seen: list[tuple[str, str]] = []
    cursor: str | None = None
    while True:
        page = full.get(PATH, limit=2, **({"cursor": cursor} if cursor else {}))
        seen += [(hit["kind"], hit["id"]) for hit in page["hits"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == whole


def test_a_change_and_a_deletion_are_seen_at_once(full: Api) -> None:
    made = full.post("/api/prospects", {"name": "Zoltan Kodaly"})["prospect"]
    assert _names(full, "kodaly", kinds="prospects") == ["Zoltan Kodaly"]
    full.put(f"/api/prospects/{made['id']}", {"name": "Bela Bartok"})
    assert _names(full, "kodaly", kinds="prospects", mode="text") == []
    assert _names(full, "bartok", kinds="prospects") == ["Bela Bartok"]
    full.http.delete(f"/api/prospects/{made['id']}")
    answer = full.get(PATH, q="bartok", kinds="prospects", mode="text")
    assert (answer["hits"], answer["total"]) == ([], 0)


def test_meaning_finds_other_words(full: Api) -> None:
    full.post("/api/vault", {"title": "Fleet", "summary": "Our automobile needs a new engine.", "category": "notes"})
    found = full.get(PATH, q="car motor", mode="semantic", kinds="vault")["hits"]
    assert found[0]["title"] == "Fleet"
    assert full.get(PATH, q="car motor", mode="text", kinds="vault")["hits"] == []
    assert full.get(PATH, q="car motor")["mode"] == "hybrid"


def test_a_misspelling_is_found_and_corrected(full: Api) -> None:
    answer = full.get(PATH, q="tutorign", kinds="vault", mode="text")
    assert [hit["title"] for hit in answer["hits"]] == ["Teacher burnout"]
    assert answer["suggestions"] == ["tutoring"]


def test_markup_in_data_is_text(api: Api) -> None:
    summary = "<img src=x onerror=alert(1)> tutoring"
    api.post("/api/vault", {"title": "<b>Bold</b>", "summary": summary, "category": "x"})
    [hit] = api.get(PATH, q="tutoring")["hits"]
    assert hit["title"] == "<b>Bold</b>"
    [[start, end]] = hit["snippet"]["spans"]
    assert hit["snippet"]["text"][start:end] == "tutoring"


def test_nobody_finds_another_s(full: Api) -> None:
    with full.another_user() as other:
        assert other.get(PATH, q="acme")["total"] == 0
        assert other.get(PATH, kinds="prospects")["total"] == 0


@pytest.mark.parametrize("mode", ["text", "hybrid"])
def test_pages_go_on_while_documents_change(api: Api, mode: str) -> None:
    """Any change moves the scores of all, and the order of those that hardly differ: what was shown is not shown again,
    and what is left is."""
    rows = "".join(f"Person {n:03d},Firma {n % 7},p{n}@x{n % 7}.example\n" for n in range(120))
    api.import_csv("name,company,email\n" + rows)
    query = {"q": "firma person", "kinds": "prospects", "mode": mode, "limit": 25}
    page = api.get(PATH, **query)
    seen = [hit["id"] for hit in page["hits"]]
    everybody = {row["id"] for row in api.get("/api/prospects", limit=200)["prospects"]}
    left = everybody - {*seen}
    assert len(left) == 95
    changes: list[Callable[[], object]] = [
        lambda: api.http.delete(f"/api/prospects/{seen[-1]}"),
        lambda: api.http.put(f"/api/prospects/{seen[-1]}", json={"name": "Zed", "company": "None"}),
        lambda: api.post("/api/prospects", {"name": "Another person", "company": "Firma"}),
        lambda: api.post("/api/prospects", {"name": "Somebody", "company": "Else"}),
    ]
    for change in [*changes, *changes]:
        if page["next_cursor"] is None:
            break
        change()
        page = api.get(PATH, **query, cursor=page["next_cursor"])
        seen += [hit["id"] for hit in page["hits"]]
    assert page["next_cursor"] is None
    assert len(seen) == len(set(seen))
    assert left <= set(seen)


def test_a_period_that_ends_before_it_begins_is_refused(api: Api) -> None:
    first, second = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
    for period, status in (({"from": second, "to": first}, 422), ({"from": first, "to": first}, 200)):
        asked = api.http.get(PATH, params=period)
        saved = api.http.post(f"{PATH}/saved", json={"name": "S", "filters": period})
        assert (asked.status_code, saved.status_code) == (status, 201 if status == 200 else status)
        if status == 422:
            assert "from must not be after to" in asked.text
            assert "from must not be after to" in saved.text


def test_synonyms_are_the_user_s_own(full: Api) -> None:
    assert full.get(f"{PATH}/synonyms")["synonyms"] == {}
    assert _names(full, "coaching", kinds="vault", mode="text") == []
    full.put(f"{PATH}/synonyms", {"synonyms": {"coaching": ["tutoring"]}})
    assert full.get(f"{PATH}/synonyms")["synonyms"] == {"coaching": ["tutoring"]}
    [hit] = full.get(PATH, q="coaching", kinds="vault", mode="text")["hits"]
    assert [match["how"] for match in hit["matched"]] == ["synonym"]
    with full.another_user() as other:
        assert other.get(f"{PATH}/synonyms")["synonyms"] == {}
    refused = full.http.put(f"{PATH}/synonyms", json={"synonyms": {"a": []}})
    assert refused.status_code == 422


def test_synonyms_of_several_words_need_no_quotes_and_any_case(api: Api) -> None:
    for name in ("NYC Deli", "Big Apple Deli", "York Deli"):
        api.post("/api/prospects", {"name": name})
    api.put(f"{PATH}/synonyms", {"synonyms": {"New York": ["nyc"], "new york": ["big apple"]}})
    for q in ("new york deli", "deli new york", '"new york" deli'):
        assert set(_names(api, q, kinds="prospects", mode="text")) == {"NYC Deli", "Big Apple Deli"}
    assert "NYC Deli" not in _names(api, "york new", kinds="prospects", mode="text")


def test_a_snippet_marks_what_was_found_in_its_field(api: Api) -> None:
    item = {"title": "Apple", "summary": "A big deal. An apple a day. The Big Apple never sleeps.", "category": "x"}
    api.post("/api/vault", item)
    api.put(f"{PATH}/synonyms", {"synonyms": {"nyc": ["big apple"]}})
    for q, marked in {"nyc": ["Big Apple"], "title:apple": [], "aplle": ["apple", "Apple"]}.items():
        [hit] = api.get(PATH, q=q, kinds="vault", mode="text")["hits"]
        assert [hit["snippet"]["text"][start:end] for start, end in hit["snippet"]["spans"]] == marked, q


def test_a_telephone_number_is_found_in_whichever_way_it_is_written(api: Api) -> None:
    ways = ["+49 30 123456", "+4930123456", "(030) 12 34 56", "030/123456", "0049 30-123456", "+49 (0)30 123456"]
    for phone in ways:
        api.post("/api/prospects", {"name": phone, "phone": phone})
    api.post("/api/prospects", {"name": "Ann", "phone": "+1 (555) 123-4567"})
    for q in (*ways, "030 123456"):
        assert sorted(_names(api, q, kinds="prospects", mode="text")) == sorted(ways), q
        assert len(api.get("/api/prospects", search=q)["prospects"]) == len(ways), q
    for q in ("555-123-4567", "5551234567", "+1 555 123 4567", "+15551234567", "(555) 123 4567"):
        assert _names(api, q, kinds="prospects", mode="text") == ["Ann"], q


def test_the_index_is_built_anew_on_demand(full: Api) -> None:
    assert full.get(f"{PATH}/reindex")["reindex"]["state"] == "idle"
    before = full.get(PATH, q="acme schools")["hits"]
    begun = full.post(f"{PATH}/reindex")["reindex"]
    assert begun["state"] == "running"
    eventually(lambda: full.get(f"{PATH}/reindex")["reindex"]["state"] == "done")
    done = full.get(f"{PATH}/reindex")["reindex"]
    assert (done["id"], done["documents"] >= 6) == (begun["id"], True)
    assert full.get(PATH, q="acme schools")["hits"] == before


def test_an_index_that_a_search_cannot_build_in_its_time_is_built_by_a_worker(
    full: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "STEP", 2)
    with monkeypatch.context() as patched:
        patched.setattr(reader, "_BUILD_SECONDS", 0)
        refused = full.http.get(PATH, params={"q": "acme"})
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    eventually(lambda: full.get(f"{PATH}/reindex")["reindex"]["state"] == "done")
    assert len(_names(full, "acme", kinds="prospects")) == 2


def test_a_saved_search_is_run_and_counted(full: Api) -> None:
    body = {"name": "New at Acme", "query": "acme", "filters": {"kinds": ["prospects"], "status": ["new"]}}
    saved = full.post(f"{PATH}/saved", body)["saved_search"]
    answer = full.post(f"{PATH}/saved/{saved['id']}/run")
    assert [hit["title"] for hit in answer["hits"]] == ["María Núñez"]
    assert full.post(f"{PATH}/saved/{saved['id']}/count")["count"] == 1
    full.post("/api/prospects", {"name": "Zed", "company": "Acme"})
    assert full.post(f"{PATH}/saved/{saved['id']}/count")["count"] == 2
    page = full.http.post(f"{PATH}/saved/{saved['id']}/run", params={"limit": 1}).json()
    assert (len(page["hits"]), page["total"], page["next_cursor"] is None) == (1, 2, False)
    with full.another_user() as other:
        assert other.http.post(f"{PATH}/saved/{saved['id']}/run").status_code == 404
