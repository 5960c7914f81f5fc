"""Idempotency-Key: one effect and one answer, at once, again, and after a crash."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx

from infra.local.cloud import LocalCloud
from shared.gcp import firestore, writes
from shared.gcp.queries import Query
from tests.fixtures.api import Api

PATH = "/api/automations"
BODY = {"name": "A", "trigger": "manual", "actions": ["send_notification"]}


def _post(api: Api, key: str, body: object = BODY, path: str = PATH) -> httpx.Response:
    return api.http.post(path, json=body, headers={"Idempotency-Key": key})


def test_sent_again_it_gets_the_same_answer(api: Api) -> None:
    first, second = _post(api, "k1"), _post(api, "k1", path=PATH + "/")
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert second.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert api.get(PATH)["total"] == 1


def test_another_body_is_refused(api: Api) -> None:
    _post(api, "k1")
    answer = _post(api, "k1", BODY | {"name": "B"})
    assert (answer.status_code, "another body" in answer.json()["detail"]) == (422, True)


def test_twenty_at_once_have_one_effect(api: Api) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: _post(api, "k1"), range(20)))
    assert {answer.content for answer in answers} == {answers[0].content}
    assert {answer.status_code for answer in answers} == {201}
    assert api.get(PATH)["total"] == 1


def test_keys_belong_to_a_user_and_a_path(api: Api) -> None:
    _post(api, "k1")
    with api.another_user() as other:
        _post(other, "k1")
        assert other.get(PATH)["total"] == 1
    assert _post(api, "k1", {"name": "P"}, "/api/prospects").status_code == 201


def test_a_refused_request_leaves_the_key_free(api: Api) -> None:
    assert _post(api, "k1", BODY | {"trigger": "odd"}).status_code == 422
    assert _post(api, "k1").status_code == 201


def test_one_who_died_is_taken_over_and_nothing_is_made_twice(api: Api, cloud: LocalCloud) -> None:
    """As after a crash between the effect and the answer: the claim is there, the answer is not."""
    made = _post(api, "k1", {"name": "Ann"}, "/api/prospects").json()["prospect"]["id"]
    claims = firestore.client().query(Query("idempotency", parent=f"users/{api.uid}"))
    kept = {name: claims[0].data[name] for name in ("fingerprint", "lease_until", "expires_at")}
    firestore.client().commit([writes.Write(claims[0].path, kept)])
    early = _post(api, "k1", {"name": "Bob"}, "/api/prospects")
    cloud.clock.advance(timedelta(minutes=10))
    other = _post(api, "k1", {"name": "Bob"}, "/api/prospects")
    assert (early.status_code, other.status_code) == (422, 422)
    again = _post(api, "k1", {"name": "Ann"}, "/api/prospects")
    assert (again.status_code, again.json()["prospect"]["id"]) == (201, made)
    assert api.get("/api/prospects")["total"] == 1


def test_an_answer_larger_than_a_document_is_kept_whole(api: Api) -> None:
    """A batch whose answer does not get below 1 MiB however it is packed."""
    noise = random.Random(1)
    rows = [{"name": f"P{n}", "summary": noise.randbytes(2_400).hex()} for n in range(390)]
    first, second = (_post(api, "k1", {"prospects": rows}, "/api/prospects") for _ in range(2))
    assert (first.status_code, first.content) == (201, second.content)
    assert second.headers["idempotency-replayed"] == "true"
    assert api.get("/api/prospects", limit=1)["total"] == 390
    assert _post(api, "k1", {"prospects": rows[:1]}, "/api/prospects").status_code == 422


def test_a_bad_key_is_refused(api: Api) -> None:
    assert _post(api, "x" * 256).status_code == 400
