"""What conditions and placeholders see: the document as it is and was, its id, the prospect, the run itself."""

from datetime import timedelta
from typing import Any

import pytest

from shared.automations.engine import runner
from shared.context import Context, bound
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import ProspectInput
from shared.kit import clock
from tests.automations import seed
from tests.automations.played import notify, play, reach, statuses, titles
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually


def _told(*texts: str, **more: Any) -> dict[str, Any]:
    return {**notify("told", config={"title": " | ".join(texts)}), **more}


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


def test_the_word_in_a_text_is_not_the_name(api: Api) -> None:
    plain = _told("A prospect wrote to us")
    loop = {"action": "for_each", "config": {"items": [1], "steps": [{**plain, "id": "inner"}]}}
    run = play(api, plain, loop, prospect_id="gone")
    assert (run["status"], titles(api)) == ("success", ["A prospect wrote to us"] * 2)
    run = play(api, _told("{{ prospect.name }}"), prospect_id="gone")
    assert "there is no prospect" in run["error"]


def test_it_is_read_once(served: object) -> None:
    about = prospects.create(seed.UID, ProspectInput(name="Ann"))
    steps = [_told("{{ prospect.name }}", id=f"n{n}") for n in range(5)]
    message = seed.execution(seed.automation(*steps), prospect_id=about.id)
    with bound(Context()) as call:
        runner.run(message, until=clock.now() + timedelta(seconds=60))
    assert seed.stored(message).status == "success"
    assert (call.meter.cost.commits, call.meter.cost.reads) == (1, 3)


def test_a_long_text_is_there_whole(api: Api) -> None:
    api.automation("vault_item_added", _told("{{ vault.summary | length }} {{ vault.summary[-1] }}"))
    api.post("/api/vault", {"title": "T", "category": "c", "summary": "x" * 4_000})
    eventually(lambda: titles(api) == ["4000 x"])


def test_a_false_condition_is_asked_before_texts_are_filled(api: Api) -> None:
    to = _told("To {{ input.email }}", when="has(input.email)")
    run = play(api, to, _told("{{ steps.told.output.notification_id }}", id="b", when="steps.told.status == 'success'"))
    assert (run["status"], statuses(run)) == ("success", {"told": "skipped", "b": "skipped"})


def test_what_a_sub_automation_is_given_counts(api: Api) -> None:
    child = api.automation("manual", _told("{{ input.id }}"), active=False)
    runs_it = {"action": "run_automation", "config": {"automation_id": child, "input": {"id": "chosen"}}}
    api.automation("new_prospect_added", runs_it)
    api.post("/api/prospects", {"name": "Ann"})
    eventually(lambda: titles(api) == ["chosen"])


def test_a_dry_run_has_no_holes_where_nothing_was_done(api: Api) -> None:
    call = {"id": "call", "action": "call_webhook", "config": {"url": "https://example.com/"}}
    id = api.automation("manual", call, _told("{{ steps.call.output.status }}"), active=False)
    dry = api.post(f"/api/automations/{id}/dry-run", {})
    assert (dry["status"], dry["error"]) == ("success", None)


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
    texts = ["{{ [] | first | default('none') }}", "{{ input.nickname | default('friend') }}"]
    texts += ["{{ input.nickname or input.name }}", "{% if input.nickname %}!{% endif %}", "{{ input.empty }}"]
    play(api, _told(*texts), name="Ann", empty=None)
    assert titles(api) == ["none | friend | Ann |  | "]


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
        "{{ (((9 ** 64) ** 64) ** 64) ** 16 }}",
        "{{ '%600000000d' % 1 }}",
        "{{ 'a' | center(600000000) }}",
        "{{ 'a'.ljust(600000000) }}",
        "{{ '{:600000000}'.format(1) }}",
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


def test_a_field_comes_before_a_method_of_its_name(api: Api) -> None:
    loop = {"id": "each", "action": "for_each", "config": {"items": "input.items", "steps": [_told("{{ item }}")]}}
    play(api, loop, _told("{{ input.items | length }} {{ input.keys }}", id="last"), items=["a"], keys="k")
    assert sorted(titles(api)) == ["1 k", "a"]


def test_what_is_gone_through_once_becomes_a_list(api: Api) -> None:
    values = {"up": "{{ input.names | map('upper') }}", "keys": "{{ input.at.keys() }}"}
    named = {"id": "set", "action": "set_variables", "config": {"values": values}}
    told = _told("{{ vars.up[0] }} {{ vars.keys[0] }}", "{{ input.names | map('upper') }}")
    play(api, named, told, names=["ann"], at={"b": 1})
    assert titles(api) == ['ANN b | ["ANN"]']


def test_a_method_is_no_value(api: Api) -> None:
    run = play(api, _told("{{ input.name.upper }}"), name="Ann")
    assert (run["status"], "not a value" in run["error"]) == ("failed", True)


def test_times_are_written_as_answers_write_them(api: Api) -> None:
    api.automation("new_prospect_added", _told("{{ prospect.created_at }}", "{{ prospect | tojson }}"))
    made = api.post("/api/prospects", {"name": "Ann"})["prospect"]["created_at"]
    [title] = eventually(lambda: titles(api))
    assert title.startswith(f"{made} | ")
    assert f'"created_at": "{made}"' in title
