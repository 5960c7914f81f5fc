"""Who says no is put on the suppression list by the commit that says so, however it is said, and stays there."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import REFUSALS
from tests.automations.played import play
from tests.fixtures.api import Api


def _prospect(api: Api, **fields: Any) -> str:
    body = {"name": "Ann", "email": "ann@acme.io", **fields}
    return str(api.post("/api/prospects", body)["prospect"]["id"])


def _patch(api: Api, id: str, **fields: Any) -> dict[str, Any]:
    return api.ok(api.http.patch(f"/api/prospects/{id}", json=fields))


def _suppressed(api: Api) -> list[str]:
    return sorted(entry["address"] for entry in api.get("/api/contacts/suppressions")["suppressions"])


def _by_patch(api: Api, status: str) -> None:
    assert "on the suppression list now" in _patch(api, _prospect(api), status=status)["note"]


def _by_put(api: Api, status: str) -> None:
    api.put(f"/api/prospects/{_prospect(api)}", {"status": status})


def _by_post(api: Api, status: str) -> None:
    _prospect(api, status=status)


def _by_batch(api: Api, status: str) -> None:
    rows = [{"name": "Ann", "email": "Ann@Acme.io", "status": status}, {"name": "Bob", "email": "bob@acme.io"}]
    assert len(api.post("/api/prospects", {"prospects": rows})["created_ids"]) == 2


def _by_batch_of_one_who_exists(api: Api, status: str) -> None:
    _prospect(api)
    [error] = api.post("/api/prospects", {"prospects": [{"name": "A", "email": "ann@acme.io", "status": status}]})[
        "errors"
    ]
    assert "already exists" in error
    assert "suppression list" in error


def _by_action(api: Api, status: str) -> None:
    step = {"action": "update_prospect_status", "config": {"status": status}}
    assert play(api, step, prospect_id=_prospect(api))["status"] == "success"


def _by_another_address(api: Api, status: str) -> None:
    id = _prospect(api, email="", status=status)
    assert _suppressed(api) == []
    assert "ann@acme.io is on the suppression list now" in _patch(api, id, email="ann@acme.io")["note"]


@pytest.mark.parametrize("status", sorted(REFUSALS))
@pytest.mark.parametrize(
    "say", [_by_patch, _by_put, _by_post, _by_batch, _by_batch_of_one_who_exists, _by_action, _by_another_address]
)
def test_a_status_that_says_no_suppresses_the_address(api: Api, say: Callable[[Api, str], None], status: str) -> None:
    say(api, status)
    [entry] = api.get("/api/contacts/suppressions")["suppressions"]
    assert (entry["address"], entry["suppressed"], entry["include_subaddresses"]) == ("ann@acme.io", True, True)
    assert entry["reason"].endswith(f"is {status.replace('_', ' ')}.")


@pytest.mark.parametrize("status", ["new", "contacted", "replied", "meeting_booked", "converted"])
def test_another_status_does_not(api: Api, status: str) -> None:
    assert _patch(api, _prospect(api), status=status)["note"] is None
    assert _suppressed(api) == []


def test_each_address_that_such_a_prospect_has_had_is_suppressed(api: Api) -> None:
    id = _prospect(api, status="unsubscribed")
    _patch(api, id, email="ann@home.example")
    assert _suppressed(api) == ["ann@acme.io", "ann@home.example"]


def test_another_status_later_does_not_lift_it_and_says_so(api: Api) -> None:
    id = _prospect(api, status="not_interested")
    note = _patch(api, id, status="contacted")["note"]
    [entry] = api.get("/api/contacts/suppressions")["suppressions"]
    assert f"DELETE /api/contacts/suppressions/{entry['id']}" in note
    assert _patch(api, id, job_title="CTO")["note"] is None
    lifted = api.ok(api.http.delete(f"/api/contacts/suppressions/{entry['id']}"))["message"]
    assert "ann@acme.io was lifted" in lifted
    assert _suppressed(api) == []


def test_a_lifted_suppression_is_not_written_again_by_an_unrelated_change(api: Api) -> None:
    id = _prospect(api, status="unsubscribed")
    [entry] = api.get("/api/contacts/suppressions")["suppressions"]
    api.ok(api.http.delete(f"/api/contacts/suppressions/{entry['id']}"))
    assert _patch(api, id, job_title="CTO", status="unsubscribed")["note"] is None
    assert _patch(api, id, status="new")["note"] is None
    assert _suppressed(api) == []


def test_it_outlives_the_prospect(api: Api) -> None:
    id = _prospect(api, status="complained")
    api.ok(api.http.delete(f"/api/prospects/{id}"))
    assert _suppressed(api) == ["ann@acme.io"]


def test_a_no_that_is_refused_writes_nothing(api: Api) -> None:
    stale = api.http.patch(
        f"/api/prospects/{_prospect(api)}",
        json={"status": "unsubscribed"},
        headers={"If-Match": '"2020-01-01T00:00:00Z"'},
    )
    assert stale.status_code in (400, 412)
    assert _suppressed(api) == []


def test_many_at_once_say_no(api: Api) -> None:
    id = _prospect(api)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda n: _patch(api, id, status=sorted(REFUSALS)[n % 5]), range(12)))
    assert _suppressed(api) == ["ann@acme.io"]


def test_thousands_in_one_request(api: Api) -> None:
    rows = [{"name": f"P{n}", "email": f"p{n}@acme.io", "status": "unsubscribed"} for n in range(700)]
    answer = api.post("/api/prospects", {"prospects": rows})
    assert (len(answer["created_ids"]), answer["errors"]) == (700, [])
    assert api.get("/api/contacts/suppressions", limit=1)["total"] == 700


def test_an_entry_says_how_far_it_reaches(api: Api) -> None:
    def made(**body: Any) -> tuple[str, bool, bool]:
        entry = api.post("/api/contacts/suppressions", body)["suppression"]
        return entry["address"], entry["include_subaddresses"], entry["include_subdomains"]

    assert made(email="Ann+News@Acme.io") == ("ann@acme.io", True, True)
    assert made(email="bob+news@acme.io", include_subaddresses=False) == ("bob+news@acme.io", False, True)
    assert made(domain="MÜNCHEN.de", include_subdomains=False) == ("@münchen.de", True, False)
    assert made(domain="xn--mnchen-3ya.de") == ("@münchen.de", True, True)
    assert _suppressed(api) == ["@münchen.de", "ann@acme.io", "bob+news@acme.io"]


@pytest.mark.parametrize(
    "body", [{"email": "st\u200bop@x.io"}, {"email": "stop"}, {"domain": "x"}, {"domain": "a@x.io"}]
)
def test_what_is_no_address_or_domain_is_refused(api: Api, body: dict[str, str]) -> None:
    refused = api.http.post("/api/contacts/suppressions", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, next(iter(body)))


def test_no_write_of_a_status_that_says_no_goes_round_the_list(local_settings: object) -> None:
    for fields in ({"status": "unsubscribed"}, {"email": "ann@acme.io"}):
        with pytest.raises(TypeError):
            prospects.repository.to_update("ann", "p1", fields)
