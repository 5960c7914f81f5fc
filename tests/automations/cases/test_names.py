"""What conditions and placeholders see: the document as it is and was, its id, the prospect, the run itself."""

from typing import Any

import pytest

from tests.automations.played import notify, play, reach, titles
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually


def _told(*texts: str, **more: Any) -> dict[str, Any]:
    return notify("told", config={"title": " | ".join(texts)}, **more)


def _status(api: Api, prospect: str, status: str) -> None:
    api.ok(api.http.patch(f"/api/prospects/{prospect}", json={"status": status}))


def test_a_document_as_it_is_and_was(api: Api) -> None:
    moved = _told("{{ after.name }}", "{{ before.status }} -> {{ after.status }}", "{{ before.name }}")
    id = api.automation("prospect_status_changed", {**moved, "when": "before.status != after.status"})
    prospect = api.post("/api/prospects", {"name": "Ann"})["prospect"]["id"]
    _status(api, prospect, "contacted")
    eventually(lambda: titles(api) == ["Ann | new -> contacted | Ann"])
    assert len(api.executions(id)) == 1


def test_a_new_document_was_nothing(api: Api) -> None:
    api.automation("new_prospect_added", _told("{{ after.id }} {{ event.id }}", when="before == null"))
    prospect = api.post("/api/prospects", {"name": "Ann"})["prospect"]["id"]
    eventually(lambda: titles(api) == [f"{prospect} {prospect}"])


def test_filters_and_matches_see_the_id(api: Api) -> None:
    wait = {
        "action": "wait_for_event",
        "config": {"event": "outreach_replied", "match": "after.prospect_id == prospect.id"},
    }
    id = api.automation(
        "new_prospect_added", wait, _told("{{ prospect.name }}"), trigger_config={"filter": "size(after.id) > 3"}
    )
    prospect = api.post("/api/prospects", {"name": "Ann", "email": "ann@acme.io"})["prospect"]["id"]
    eventually(lambda: [run["status"] for run in api.executions(id)] == ["waiting"])
    message = api.post("/api/outreach", {"prospect_id": prospect, "subject": "s", "body": "b"})["outreach"]["id"]
    api.post(f"/api/outreach/{message}/reply", {"message": "Yes"})
    eventually(lambda: titles(api) == ["Ann"])


def test_the_prospect_of_another_documents_event(api: Api) -> None:
    api.automation("outreach_replied", _told("{{ prospect.company }} {{ prospect.id }}", when="prospect.name == 'Ann'"))
    prospect = api.post("/api/prospects", {"name": "Ann", "company": "Acme"})["prospect"]["id"]
    message = api.post("/api/outreach", {"prospect_id": prospect, "subject": "s", "body": "b"})["outreach"]["id"]
    api.post(f"/api/outreach/{message}/reply", {"message": "Yes"})
    eventually(lambda: titles(api) == [f"Acme {prospect}"])


def test_the_prospect_as_it_is_after_earlier_steps(api: Api) -> None:
    moves = {
        "action": "update_prospect_status",
        "config": {"status": "replied", "prospect_id": "{{ input.prospect_id }}"},
    }
    prospect = api.post("/api/prospects", {"name": "Ann"})["prospect"]["id"]
    run = play(api, moves, _told("{{ prospect.status }}"), prospect_id=prospect)
    assert (run["status"], titles(api)) == ("success", ["replied"])


def test_a_run_by_hand_about_a_document(api: Api) -> None:
    prospect = api.post("/api/prospects", {"name": "Ann"})["prospect"]["id"]
    id = api.automation("new_prospect_added", _told("{{ prospect.name }} {{ input.more }}"), active=False)
    body = {"document_id": prospect, "input": {"more": "x"}}
    run = api.post(f"/api/automations/{id}/run", body)["execution"]
    assert (run["triggered_by"], run["subject"]) == ("manual", prospect)
    reach(api, id, run["id"], "success")
    assert titles(api) == ["Ann x"]
    assert api.http.post(f"/api/automations/{id}/run", json={"document_id": "nobody"}).status_code == 404


def test_the_run_and_its_automation(api: Api) -> None:
    run = play(api, _told("{{ automation.name }} {{ execution.id }} {{ now.year > 2000 }}"))
    assert titles(api) == [f"Test {run['id']} True"]


@pytest.mark.parametrize(
    "text", ["Hi {{ input.nickname }}", "{{ input.nickname }}", "{{ prospect.name }}", "{{ input.a.b }}"]
)
def test_a_text_with_a_hole_is_not_sent(api: Api, text: str) -> None:
    run = play(api, _told(text), name="Ann")
    assert (run["status"], titles(api)) == ("failed", [])
    assert "cannot be filled: there is no " in run["error"]


def test_what_may_be_missing_says_so(api: Api) -> None:
    texts = ["{{ input.nickname | default('friend') }}", "{{ input.nickname or input.name }}"]
    play(api, _told(*texts, "{% if input.nickname %}!{% endif %}", "{{ input.empty }}"), name="Ann", empty=None)
    assert titles(api) == ["friend | Ann |  | "]


def test_values_within_a_text_are_written_as_json(api: Api) -> None:
    play(api, _told("tags: {{ input.tags }}", "{{ input.at }}"), tags=["a", "ü"], at={"b": None})
    assert titles(api) == ['tags: ["a", "ü"] | {"b": null}']


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'x' * 100000000 }}",
        "{{ 100000000 * 'x' }}",
        "{{ [1] * 100000000 }}",
        "{{ 9 ** 99999 }}",
        "{{ range(10 ** 9) }}",
    ],
)
def test_a_text_that_would_blow_up_fails_its_step(api: Api, text: str) -> None:
    run = play(api, _told(text))
    assert (run["status"], "cannot be filled" in run["error"]) == ("failed", True)


def test_a_condition_that_cannot_be_evaluated_says_why(api: Api) -> None:
    run = play(api, _told("t", when="input.score > 3"))
    assert "there is no score" in run["error"]
    run = play(api, _told("t", when="input.score > 3"), score=None)
    assert "of another kind, or empty" in run["error"]
