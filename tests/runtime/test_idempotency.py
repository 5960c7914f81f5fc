"""Idempotency-Key: one effect and one answer, at once, again, and after a crash."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest
from flask import Request, Response
from werkzeug.test import EnvironBuilder

from infra.local.cloud import LocalCloud
from shared.domains.prospects import service
from shared.domains.prospects.models import ProspectInput
from shared.domains.suppression import service as suppression
from shared.domains.suppression.models import Contact
from shared.errors import Invalid, Unavailable
from shared.gcp import firestore, writes
from shared.gcp.queries import Query
from shared.kit import clock
from shared.runtime import idempotency
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
    kept = {name: claims[0].data[name] for name in ("fingerprint", "seed", "lease_until", "expires_at")}
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


ANN = {"name": "Ann", "email": "ann@x.io"}


def test_a_fresh_key_turns_no_conflict_into_a_success(api: Api) -> None:
    made = _post(api, "k1", ANN, "/api/prospects").json()["prospect"]["id"]
    taken = _post(api, "k2", {"name": "Other", "email": "ann@x.io"}, "/api/prospects")
    assert (taken.status_code, made in taken.json()["detail"]) == (409, True)
    batch = _post(api, "k3", {"prospects": [{"name": "Other", "email": "ann@x.io"}]}, "/api/prospects").json()
    assert (batch["created_ids"], len(batch["errors"])) == ([], 1)


def test_a_key_with_a_suppression_of_one_written_to_before_suppresses(api: Api) -> None:
    """The contact is there, by the id that its address gives it, and is not yet suppressed."""
    now = clock.now()
    contact = Contact(
        id=suppression.contact_id("ann@x.io"), user_id=api.uid, created_at=now, updated_at=now, address="ann@x.io"
    )
    suppression.repository.create(contact)
    answer = _post(api, "k1", {"email": "ann@x.io"}, "/api/contacts/suppressions")
    assert answer.is_success, answer.text
    assert suppression.is_suppressed(api.uid, "ann@x.io")


def test_a_key_used_again_after_its_day_is_a_new_request(api: Api, cloud: LocalCloud) -> None:
    first = _post(api, "k1", {"name": "Ann"}, "/api/prospects").json()["prospect"]
    cloud.clock.advance(timedelta(hours=25))
    second = _post(api, "k1", {"name": "Bob"}, "/api/prospects").json()["prospect"]
    assert (second["name"], second["id"] != first["id"]) == ("Bob", True)
    [claim] = firestore.client().query(Query("idempotency", parent=f"users/{api.uid}"))
    firestore.client().commit([writes.delete(claim.path)])  # as the store does some time after its day
    third = _post(api, "k1", {"name": "Cid"}, "/api/prospects").json()["prospect"]
    assert (third["name"], len({first["id"], second["id"], third["id"]})) == ("Cid", 3)


def test_after_a_crash_a_batch_is_answered_as_it_would_have_been(api: Api, cloud: LocalCloud) -> None:
    """Also where a row's address had been another prospect's, whose id follows from it."""
    moved = _post(api, "k0", {"name": "Moved", "email": "p1@x.io"}, "/api/prospects").json()["prospect"]["id"]
    api.ok(api.http.patch(f"/api/prospects/{moved}", json={"email": "p9@x.io"}))
    rows = [{"name": f"P{n}", "email": f"p{n}@x.io"} for n in range(3)] + [{"name": "Q"}]
    first = _post(api, "k1", {"prospects": rows}, "/api/prospects").json()
    claims = firestore.client().query(Query("idempotency", parent=f"users/{api.uid}"))
    for claim in claims:
        kept = {name: claim.data[name] for name in ("fingerprint", "seed", "lease_until", "expires_at")}
        firestore.client().commit([writes.Write(claim.path, kept)])
    cloud.clock.advance(timedelta(minutes=10))
    again = _post(api, "k1", {"prospects": rows}, "/api/prospects").json()
    assert (again["created_ids"], again["errors"]) == (first["created_ids"], [])
    assert api.get("/api/prospects")["total"] == 5


def test_after_a_failure_that_may_have_stored_something_the_same_body_is_stored_once(api: Api) -> None:
    """As when the store's answer is lost after the commit: the client is told to come again, and does."""
    environment = EnvironBuilder("/things", method="POST", headers=[("Idempotency-Key", "k1")]).get_environ()

    def act(*, lost: bool) -> Response:
        made = service.create(api.uid, ProspectInput(name="Ann"))
        if lost:
            raise Unavailable("the store did not answer; try again")
        return Response(made.id)

    with pytest.raises(Unavailable):
        idempotency.once(api.uid, Request(environment), b"body", lambda: act(lost=True))
    with pytest.raises(Invalid, match="another body"):
        idempotency.once(api.uid, Request(environment), b"other", lambda: act(lost=False))
    idempotency.once(api.uid, Request(environment), b"body", lambda: act(lost=False))
    assert api.get("/api/prospects")["total"] == 1
