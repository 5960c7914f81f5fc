"""/api/personas: exactly one is the default, whatever happens at once."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx

from tests.fixtures.api import Api

Request = Callable[[httpx.Client], httpx.Response]


def make(api: Api, name: str) -> str:
    id: str = api.post("/api/personas", {"name": name})["persona"]["id"]
    return id


def defaults(api: Api) -> list[str]:
    return [p["id"] for p in api.get("/api/personas", limit=500)["personas"] if p["is_default"]]


def deleting(ids: list[str]) -> list[Request]:
    return [partial(httpx.Client.delete, url=f"/api/personas/{id}") for id in ids]


def making(count: int) -> list[Request]:
    return [partial(httpx.Client.post, url="/api/personas", json={"name": "New"})] * count


def choosing(ids: list[str]) -> list[Request]:
    return [partial(httpx.Client.post, url=f"/api/personas/{id}/set-default") for id in ids]


def at_once(api: Api, requests: list[Request]) -> list[httpx.Response]:
    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(lambda request: request(api.http), requests))


def test_the_first_persona_is_the_default_and_stays_it(api: Api) -> None:
    assert api.http.get("/api/personas/default").status_code == 404
    first = api.post("/api/personas", {"name": "A", "industry_focus": "education, health"})["persona"]
    second = api.post("/api/personas", {"name": "B"})["persona"]
    assert (first["is_default"], second["is_default"]) == (True, False)
    assert first["industry_focus"] == ["education", "health"]
    assert api.get("/api/personas/default")["persona"]["id"] == first["id"]
    assert api.post(f"/api/personas/{second['id']}/set-default")["persona"]["is_default"] is True
    assert api.get("/api/personas/default")["persona"]["id"] == second["id"]
    assert api.get(f"/api/personas/{first['id']}")["persona"]["is_default"] is False


def test_the_default_comes_first_then_names(api: Api) -> None:
    assert api.get("/api/personas")["personas"] == []
    ids = {name: make(api, name) for name in ("Mia", "zoe", "Ann")}
    api.post(f"/api/personas/{ids['zoe']}/set-default")
    assert [p["name"] for p in api.get("/api/personas")["personas"]] == ["zoe", "Ann", "Mia"]
    shown: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = api.get("/api/personas", limit=1, cursor=cursor)
        shown += [p["name"] for p in page["personas"]]
        cursor = page["next_cursor"]
        assert page["total"] == 3
    assert shown == ["zoe", "Ann", "Mia"]
    assert api.http.get("/api/personas", params={"cursor": "odd"}).status_code == 400


def test_pages_go_on_though_the_last_persona_shown_is_gone(api: Api) -> None:
    for name in ("A", "b", "C", "d", "E"):
        api.post("/api/personas", {"name": name})
    page = api.get("/api/personas", limit=2)
    Api.ok(api.http.delete(f"/api/personas/{page['personas'][-1]['id']}"))
    api.post("/api/personas", {"name": "Aa"})
    rest = api.get("/api/personas", cursor=page["next_cursor"])
    assert [persona["name"] for persona in rest["personas"]] == ["C", "d", "E"]
    assert (page["total"], rest["total"], rest["next_cursor"]) == (5, 5, None)


def test_only_the_given_fields_change(api: Api) -> None:
    id = make(api, "A")
    changed = api.put(f"/api/personas/{id}", {"brand_voice": "warm"})["persona"]
    assert (changed["name"], changed["brand_voice"], changed["is_default"]) == ("A", "warm", True)
    assert api.get(f"/api/personas/{id}")["persona"] == changed
    empty = api.http.put(f"/api/personas/{id}", json={})
    assert (empty.status_code, empty.json()["detail"]) == (400, "No fields to update")
    odd = api.http.put(f"/api/personas/{id}", json={"mood": "good"})
    assert (odd.status_code, odd.json()["errors"][0]["field"]) == (422, "mood")


def test_a_stale_change_or_delete_is_refused(api: Api) -> None:
    id = make(api, "A")
    url = f"/api/personas/{id}"
    stale = {"If-Match": api.http.get(url).headers["etag"]}
    fresh = {"If-Match": api.http.put(url, json={"name": "B"}, headers=stale).headers["etag"]}
    assert api.http.put(url, json={"name": "C"}, headers=stale).status_code == 412
    assert api.http.delete(url, headers=stale).status_code == 412
    assert defaults(api) == [id]
    assert api.http.delete(url, headers=fresh).status_code == 200


def test_deleting_the_default_promotes_the_oldest_that_is_left(api: Api) -> None:
    ids = [make(api, name) for name in ("Z", "Y", "X")]
    api.post(f"/api/personas/{ids[1]}/set-default")
    api.ok(api.http.delete(f"/api/personas/{ids[1]}"))
    assert defaults(api) == [ids[0]]
    api.ok(api.http.delete(f"/api/personas/{ids[2]}"))
    assert defaults(api) == [ids[0]]
    api.ok(api.http.delete(f"/api/personas/{ids[0]}"))
    assert api.http.get("/api/personas/default").status_code == 404
    again = make(api, "W")
    assert defaults(api) == [again]
    assert api.get("/api/personas/default")["persona"]["id"] == again


def test_first_personas_at_once_leave_one_default(api: Api) -> None:
    answers = at_once(api, making(12))
    made = [api.ok(answer)["persona"] for answer in answers]
    assert [p["id"] for p in made if p["is_default"]] == defaults(api)
    assert len(defaults(api)) == 1


def test_thirty_changes_of_the_default_at_once_leave_one(api: Api) -> None:
    ids = [make(api, f"P{n:02}") for n in range(20)]
    requests = choosing(ids[5:]) + deleting(ids[:15])
    random.Random(7).shuffle(requests)
    answers = at_once(api, requests)
    assert {answer.status_code for answer in answers} <= {200, 404}
    left = {p["id"] for p in api.get("/api/personas")["personas"]}
    assert left == set(ids[15:])
    assert len(defaults(api)) == 1
    assert api.get("/api/personas/default")["persona"]["id"] in left


def test_all_deleted_while_others_are_made_leave_one_default(api: Api) -> None:
    ids = [make(api, f"P{n}") for n in range(10)]
    answers = at_once(api, deleting(ids) + making(5))
    assert all(answer.is_success for answer in answers)
    assert {p["name"] for p in api.get("/api/personas")["personas"]} == {"New"}
    assert len(defaults(api)) == 1


def test_nobody_reaches_anothers_personas(api: Api) -> None:
    id = make(api, "A")
    with api.another_user() as other:
        assert other.http.get(f"/api/personas/{id}").status_code == 404
        assert other.http.post(f"/api/personas/{id}/set-default").status_code == 404
        assert other.http.delete(f"/api/personas/{id}").status_code == 404
        assert other.get("/api/personas")["total"] == 0


def test_costs(api: Api) -> None:
    made = api.http.post("/api/personas", json={"name": "A"})
    assert made.headers["x-firestore-cost"] == "rpcs=2 reads=1 writes=3 commits=1"
    url = f"/api/personas/{made.json()['persona']['id']}"
    assert api.http.get(url).headers["x-firestore-cost"] == "rpcs=1 reads=2 writes=0 commits=0"
    assert api.http.delete(url).headers["x-firestore-cost"] == "rpcs=3 reads=3 writes=3 commits=1"
