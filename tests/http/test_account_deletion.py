"""DELETE /api/account: whoever had everything has nothing, can call nothing, and leaves no trace; others keep all."""

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import httpx
import pytest

from infra.local import plain
from shared.domains.account import deletion
from shared.domains.account.ownership import OWNED
from shared.domains.dead_letters import arrivals
from shared.gcp import firestore, writes
from shared.kit.undelivered import Undelivered
from shared.runtime import accounts
from tests.automations.played import notify, start
from tests.contract.entities import made
from tests.contract.operations import operations
from tests.contract.operations import served as in_description
from tests.fixtures.accounts import below, everything, traces
from tests.fixtures.api import Api
from tests.fixtures.served import Served
from tests.fixtures.waiting import eventually
from tests.providers.web.site import Asked, Site, response

CONFIRMED = {"confirm": "delete my account"}


def _delete(api: Api) -> httpx.Response:
    return api.http.request("DELETE", "/api/account", json=CONFIRMED)


def _at_rest(served: Served) -> None:
    eventually(lambda: served.cloud.courier.idle(served.internal))


@pytest.mark.timeout(240)
def test_whoever_had_everything_leaves_nothing_and_others_keep_all(api: Api, served: Served) -> None:
    ids = made(api, in_description())
    with api.another_user() as bob, plain.client(base_url=api.url) as anybody:
        made(bob, in_description())
        for user in (api, bob):
            user.post("/api/realtime/tickets")
        for uid in (api.uid, bob.uid):
            arrivals.keep(Undelivered("message", "run_execution", "s", uid, json.dumps({"uid": uid}).encode()))
        _at_rest(served)
        bobs = {path: row for path, row in everything().items() if path in traces(bob.uid)}
        assert {path.split("/")[0] for path in traces(api.uid)} >= {"users", *(owned.collection for owned in OWNED)}

        progress = Api.ok(_delete(api))["deletion"]

        assert progress["state"] == "verifying"
        assert progress["documents"] > 40
        for operation in operations():
            if operation.public:
                continue
            answer = operation.call(api, ids)
            assert (answer.status_code, answer.json()["type"]) == (410, "urn:problem:gone"), operation.name
        assert anybody.post(f"/api/hooks/{ids['/api/hooks/{token}']}", json={}).status_code == 404
        link = f"/api/unsubscribe/{ids['/api/unsubscribe/{token}']}"
        for answer in (anybody.get(link), anybody.post(link)):
            assert answer.status_code == 200
            assert "closed" in answer.text
        assert anybody.post(link, headers={"Accept": "application/json"}).json()["address"] is None
        _at_rest(served)  # the deletions were events, too
        assert below(api.uid) == {}
        assert {path: row for path, row in everything().items() if path in traces(bob.uid)} == bobs
    served.cloud.clock.advance(timedelta(minutes=16))
    served.tick("unfinished_deletions")
    served.cloud.clock.advance(timedelta(hours=25))
    assert served.tick("unfinished_deletions") == {"deletions_due": 1, "deletions_served": 1}
    assert traces(api.uid) == []
    assert served.tick("unfinished_deletions") == {"deletions_due": 0, "deletions_served": 0}


@pytest.mark.parametrize("body", [{}, {"confirm": "yes"}, {"confirm": True}, {"confirm": "DELETE MY ACCOUNT"}])
def test_it_takes_the_very_words(api: Api, body: dict[str, object]) -> None:
    refused = api.http.request("DELETE", "/api/account", json=body)
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["confirm"]
    assert "delete my account" in refused.text or body == {}
    assert api.get("/api/prospects")["total"] == 0


def test_nobody_deletes_another_users_account(api: Api) -> None:
    api.post("/api/prospects", {"name": "Ann"})
    with api.another_user() as bob:
        for more in ({"params": {"user_id": api.uid}}, {"headers": {"X-User-Id": api.uid}}):
            bob.http.request("DELETE", "/api/account", json=CONFIRMED, **more)  # type: ignore[arg-type]
        bob.http.request("DELETE", "/api/account", json={**CONFIRMED, "user_id": api.uid})
        bob.http.request("DELETE", f"/api/account/{api.uid}", json=CONFIRMED)
    assert api.get("/api/prospects")["total"] == 1


def test_asked_for_several_times_at_once(api: Api) -> None:
    made(api, in_description(), {"/api/prospects/{id}"})
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: _delete(api).status_code, range(5)))
    assert set(answers) <= {200, 410}
    assert 200 in answers
    assert _delete(api).status_code == 410
    assert below(api.uid) == {}


def test_a_runner_amid_a_step_brings_nothing_back(api: Api, served: Served) -> None:
    deleted = Event()

    def answer(asked: Asked) -> Iterable[bytes]:
        Api.ok(_delete(api))
        deleted.set()
        return response(b"{}", content_type="application/json")

    with Site(answer) as site:
        start(api, {"action": "call_webhook", "config": {"url": f"{site.url}/in"}}, notify("after"))
        assert deleted.wait(10)
        _at_rest(served)
        served.cloud.clock.advance(timedelta(minutes=16))
        assert served.tick("unfinished_deletions")["deletions_served"] == 1
        assert sorted(below(api.uid)) == []
        assert len(site.asked) == 1


def test_events_and_messages_of_a_deleted_account_are_dropped(api: Api, served: Served) -> None:
    api.post("/api/prospects", {"name": "Ann"})
    _at_rest(served)
    Api.ok(_delete(api))
    _at_rest(served)
    # As what was under way elsewhere does: its event comes here.
    firestore.client().commit([writes.create(f"users/{api.uid}/prospects/late", {"name": "late", "status": "new"})])
    _at_rest(served)
    late, entry = sorted(below(api.uid))
    assert (late, entry.split("/")[2]) == (f"users/{api.uid}/prospects/late", "stream")  # its own, and no other
    message = {"uid": api.uid, "webhook_id": "w", "delivery_id": "d"}
    with plain.client(headers={"x-caller-secret": served.secret}) as client:
        assert client.post(f"{served.internal}/deliver_webhook/", json=message).status_code == 200
    served.cloud.clock.advance(timedelta(minutes=16))
    served.tick("unfinished_deletions")
    assert below(api.uid) == {}


def test_an_instance_asks_once_a_minute_and_an_old_token_is_of_no_use(api: Api, served: Served) -> None:
    asked: list[str] = []

    def look_up(uid: str) -> bool:
        asked.append(uid)
        return len(asked) > 1

    accounts.use(look_up)
    try:
        assert [api.http.get("/api/prospects").status_code for _ in range(3)] == [200, 200, 200]
        assert asked == [api.uid]
        served.cloud.clock.advance(timedelta(seconds=61))
        assert [api.http.get("/api/prospects").status_code for _ in range(3)] == [410, 410, 410]
        assert asked == [api.uid, api.uid]
    finally:
        accounts.use(deletion.is_closed)
