"""A run waits for people, and for no longer than it was told."""

from datetime import timedelta
from typing import Any

from infra.local.cloud import LocalCloud
from tests.automations.played import notify, reach, records, start, titles
from tests.fixtures.api import Api


def _ask(**config: Any) -> dict[str, Any]:
    return {"id": "ask", "action": "approval", "config": {"message": "Send it?", **config}}


def _say(api: Api, id: str, run: str, word: str, **body: Any) -> Any:
    return api.http.post(f"/api/automations/{id}/executions/{run}/{word}", json=body)


def test_it_goes_on_when_approved(api: Api) -> None:
    id, run = start(api, _ask(), notify("after"))
    reach(api, id, run, "waiting")
    assert titles(api) == ["Your approval is needed"]
    assert _say(api, id, run, "approve", comment="fine").status_code == 200
    ended = reach(api, id, run, "success", "failed")
    assert (ended["status"], ended["results"]["ask"]["output"]["approved_by"]) == ("success", [api.uid])
    assert [r["status"] for r in records(api, id, run)] == ["success", "success"]
    assert _say(api, id, run, "approve").status_code == 409


def test_it_fails_when_rejected(api: Api) -> None:
    id, run = start(api, _ask(), notify("after"))
    reach(api, id, run, "waiting")
    assert _say(api, id, run, "reject", comment="too early").status_code == 200
    ended = reach(api, id, run, "success", "failed")
    assert (ended["status"], "too early" in ended["error"]) == ("failed", True)


def test_two_of_three(api: Api) -> None:
    id, run = start(api, _ask(required=2, approvers=["ann", "bob", "cy"]), notify("after"))
    reach(api, id, run, "waiting")
    assert _say(api, id, run, "approve", approver="dan").status_code == 403
    assert _say(api, id, run, "approve", approver="ann").status_code == 200
    assert _say(api, id, run, "approve", approver="ann").status_code == 200
    assert _say(api, id, run, "reject", approver="bob").status_code == 200
    assert "after" not in titles(api)
    assert _say(api, id, run, "approve", approver="cy").status_code == 200
    ended = reach(api, id, run, "success", "failed")
    assert ended["results"]["ask"]["output"]["approved_by"] == ["ann", "cy"]


def test_too_few_are_left_to_agree(api: Api) -> None:
    id, run = start(api, _ask(required=2, approvers=["ann", "bob"]))
    reach(api, id, run, "waiting")
    _say(api, id, run, "reject", approver="ann")
    assert reach(api, id, run, "success", "failed")["status"] == "failed"


def test_it_expires(api: Api, cloud: LocalCloud) -> None:
    id, run = start(api, _ask(timeout=3600))
    reach(api, id, run, "waiting")
    cloud.clock.advance(timedelta(hours=2))
    ended = reach(api, id, run, "success", "failed")
    assert (ended["status"], "expired" in ended["error"]) == ("failed", True)


def test_silence_can_mean_yes(api: Api, cloud: LocalCloud) -> None:
    id, run = start(api, _ask(timeout=3600, on_expiry="approve"))
    reach(api, id, run, "waiting")
    cloud.clock.advance(timedelta(hours=2))
    assert reach(api, id, run, "success", "failed")["status"] == "success"


def test_more_than_there_are_cannot_be_required(api: Api) -> None:
    body = {"name": "A", "trigger": "manual", "steps": [_ask(required=3, approvers=["ann"])]}
    assert api.http.post("/api/automations", json=body).status_code == 422
