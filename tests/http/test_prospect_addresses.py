"""One address is one prospect, whatever writes it, in whatever order, and however many at once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from shared.domains.prospects import service
from shared.domains.prospects.models import ProspectInput
from shared.gcp import firestore
from shared.gcp.queries import Query
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

PATH = "/api/prospects"


def make(api: Api, email: str | None, name: str = "Ann") -> str:
    id: str = api.post(PATH, {"name": name, "email": email})["prospect"]["id"]
    return id


def patch(api: Api, id: str, **fields: Any) -> httpx.Response:
    return api.http.patch(f"{PATH}/{id}", json=fields)


def create(api: Api, email: str, name: str = "New") -> httpx.Response:
    return api.http.post(PATH, json={"name": name, "email": email})


def at_once(*calls: Callable[[], httpx.Response]) -> list[int]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return [answer.status_code for answer in pool.map(lambda call: call(), calls)]


def holders(api: Api) -> Counter[str]:
    return Counter(p["email"] for p in api.get(PATH, limit=500)["prospects"] if p["email"])


def keys(api: Api) -> dict[str, int]:
    """How many keys each prospect has."""
    rows = firestore.client().query(Query("prospect_addresses", parent=f"users/{api.uid}"))
    return dict(Counter(row.data["prospect_id"] for row in rows))


def test_a_changed_address_frees_the_old_one_and_takes_the_new_one(api: Api) -> None:
    ann = make(api, "old@x.io")
    assert patch(api, ann, email="new@x.io").status_code == 200
    taken = create(api, "NEW@x.io")
    assert (taken.status_code, ann in taken.json()["detail"]) == (409, True)
    bob = api.ok(create(api, "old@x.io"))["prospect"]["id"]
    assert bob != ann
    report = api.import_csv("name,email\nC,new@x.io\nD,old@x.io\nE,free@x.io\n")
    assert [(row["status"], row["prospect_id"]) for row in report["rows"][:2]] == [
        ("duplicate", ann),
        ("duplicate", bob),
    ]
    assert holders(api) == {"new@x.io": 1, "old@x.io": 1, "free@x.io": 1}
    assert set(keys(api).values()) == {1}


def test_of_twenty_changes_to_one_address_at_once_one_is_made(api: Api) -> None:
    ids = [make(api, f"p{n}@x.io" if n % 2 else None) for n in range(20)]
    answers = at_once(*(lambda id=id: patch(api, id, email="one@x.io") for id in ids))
    assert Counter(answers) == {200: 1, 409: 19}
    assert holders(api)["one@x.io"] == 1
    assert set(keys(api).values()) == {1}


def test_of_twenty_creations_and_changes_at_once_one_wins(api: Api) -> None:
    ids = [make(api, None) for n in range(6)]
    calls: list[Callable[[], httpx.Response]] = [lambda: create(api, "one@x.io") for _ in range(6)]
    calls += [lambda id=id: patch(api, id, email="one@x.io") for id in ids]  # type: ignore[misc]
    table, plain = "name,email\nC,one@x.io\nD,d@x.io\n", {"Content-Type": "text/csv"}
    calls += [lambda: api.http.post(f"{PATH}/import", content=table, headers=plain) for _ in range(4)]
    calls += [lambda: api.http.post(PATH, json={"prospects": [{"name": "E", "email": "one@x.io"}]}) for _ in range(4)]
    assert {200, 201, 409} >= set(at_once(*calls))
    assert holders(api) == {"one@x.io": 1, "d@x.io": 1}


def test_two_addresses_are_not_swapped_but_may_go_round(api: Api) -> None:
    ann, bob = make(api, "a@x.io"), make(api, "b@x.io")
    calls = (lambda: patch(api, ann, email="b@x.io"), lambda: patch(api, bob, email="a@x.io"))
    assert at_once(*calls) == [409, 409]
    for id, email in ((ann, "c@x.io"), (bob, "a@x.io"), (ann, "b@x.io")):
        assert patch(api, id, email=email).status_code == 200
    assert (holders(api), keys(api)) == ({"a@x.io": 1, "b@x.io": 1}, {ann: 1, bob: 1})


def test_ones_own_address_in_another_case_is_no_conflict(api: Api) -> None:
    ann = make(api, "a@x.io")
    answers = at_once(*[lambda: patch(api, ann, email="A@X.io", name="Anna")] * 8)
    assert set(answers) == {200}
    assert keys(api) == {ann: 1}
    assert set(at_once(*[lambda: patch(api, ann, email="b@x.io")] * 8)) == {200}
    assert (holders(api), keys(api)) == ({"b@x.io": 1}, {ann: 1})


def test_a_deleted_prospect_frees_its_address(api: Api) -> None:
    first = make(api, "a@x.io")
    moved = make(api, "b@x.io")
    patch(api, moved, email="c@x.io")
    for id in (first, moved):
        api.ok(api.http.delete(f"{PATH}/{id}"))
    assert keys(api) == {}
    made = [make(api, f"{letter}@x.io") for letter in "abc"]
    for id in made:
        api.post("/api/outreach", {"prospect_id": id, "subject": "Hi", "body": "Hello"})
    wanted = {"New prospect", "Prospect deleted"}
    eventually(lambda: wanted <= {a["title"] for a in api.get("/api/activity")["activities"]})
    assert api.get("/api/outreach")["total"] == 3  # the late event of the deletion takes nothing of the new one


def test_creations_and_deletions_at_once_leave_no_key_behind(api: Api) -> None:
    def once(_: int) -> None:
        answer = create(api, "a@x.io")
        if answer.status_code == 201:
            api.http.delete(f"{PATH}/{answer.json()['prospect']['id']}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(once, range(40)))
    assert (holders(api), keys(api)) == ({}, {})
    assert create(api, "a@x.io").status_code == 201


def test_prospects_stored_before_addresses_had_keys_still_hold_theirs(api: Api) -> None:
    data = ProspectInput(name="Before", email="old@x.io")
    before = service.build(api.uid, data, service.prospect_id(data))
    firestore.client().commit([service.repository.to_create(before)])
    for answer in (create(api, "OLD@x.io"), patch(api, make(api, None), email="old@x.io")):
        assert (answer.status_code, before.id in answer.json()["detail"]) == (409, True)
    [row] = api.import_csv("name,email\nC,old@x.io\n")["rows"]
    assert (row["status"], row["prospect_id"]) == ("duplicate", before.id)
    assert patch(api, before.id, email="new@x.io").status_code == 200
    assert create(api, "new@x.io").status_code == 409
    assert create(api, "old@x.io").status_code == 201


def test_an_address_is_taken_among_ones_own_alone(api: Api) -> None:
    make(api, "a@x.io")
    with api.another_user() as other:
        assert create(other, "a@x.io").status_code == 201


def test_a_batch_with_taken_addresses_stores_all_others(api: Api) -> None:
    kept = [make(api, f"p{n}@x.io") for n in range(3)]
    patch(api, kept[0], email="moved@x.io")
    rows = [{"name": f"P{n}", "email": f"p{n}@x.io"} for n in range(600)] + [{"name": "M", "email": "moved@x.io"}]
    body = api.post(PATH, {"prospects": rows})
    assert (len(body["created_ids"]), len(body["errors"])) == (598, 3)
    assert sum(holders(api).values()) == 500  # of the first page
    assert api.get(PATH, limit=1)["total"] == 601
    assert set(keys(api).values()) == {1}


def test_costs_of_addresses(api: Api) -> None:
    """A key is a write in the commit that there is anyway."""
    made = create(api, "a@x.io")
    assert made.headers["x-firestore-cost"] == "rpcs=1 reads=0 writes=3 commits=1"
    id = made.json()["prospect"]["id"]
    assert patch(api, id, email="b@x.io").headers["x-firestore-cost"] == "rpcs=3 reads=2 writes=4 commits=1"
    assert patch(api, id, name="B").headers["x-firestore-cost"] == "rpcs=2 reads=1 writes=2 commits=1"
    rows = [{"name": "P", "email": f"q{n}@x.io"} for n in range(250)]
    many = api.http.post(PATH, json={"prospects": rows})
    assert many.headers["x-firestore-cost"] == "rpcs=2 reads=0 writes=504 commits=2"
