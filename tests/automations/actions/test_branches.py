"""A run goes one of several ways, and meets again after it."""

from typing import Any

import pytest

from tests.automations.played import notify, play, reach, records, start, statuses, titles
from tests.fixtures.api import Api

BRANCH = {
    "id": "size",
    "action": "branch",
    "config": {
        "cases": [
            {"when": "input.amount > 100", "steps": [notify("big"), notify("very big", when="input.amount > 1000")]},
            {"when": "input.amount > 10", "steps": [notify("middle")]},
        ],
        "else": [notify("small")],
    },
}


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (5000, ["big", "very big", "after"]),
        (200, ["big", "after"]),
        (50, ["middle", "after"]),
        (1, ["small", "after"]),
    ],
)
def test_the_first_case_that_holds(api: Api, amount: int, expected: list[str]) -> None:
    run = play(api, BRANCH, notify("after"), amount=amount)
    assert run["status"] == "success"
    assert titles(api) == sorted(expected)


def test_the_short_form_without_else(api: Api) -> None:
    step = {"action": "branch", "config": {"when": "input.go", "then": [notify("yes")]}}
    assert set(statuses(play(api, step, notify("after"), go=False))) == {"branch", "after"}
    assert set(statuses(play(api, step, notify("after"), go=True))) == {"branch", "yes", "after"}


def test_a_branch_within_a_branch(api: Api) -> None:
    inner = {"id": "inner", "action": "branch", "config": {"when": "input.b", "then": [notify("both")]}}
    outer = {"id": "outer", "action": "branch", "config": {"when": "input.a", "then": [inner, notify("a")]}}
    id, run = start(api, outer, a=True, b=True)
    reach(api, id, run, "success")
    assert [record["key"] for record in records(api, id, run)] == ["outer", "inner", "both", "a"]


def test_a_failure_takes_its_own_way(api: Api) -> None:
    failing = {
        "id": "bad",
        "action": "analyze_prospect",
        "on_error": "branch",
        "on_error_steps": [notify("sorry", config={"message": "{{ steps.bad.message }}"})],
    }
    run = play(api, failing, notify("after"))
    assert (run["status"], statuses(run)) == ("success", {"bad": "failed", "sorry": "success", "after": "success"})
    messages = {n["title"]: n["message"] for n in api.get("/api/notifications")["notifications"]}
    assert "needs a prospect" in messages["sorry"]


@pytest.mark.parametrize(
    ("step", "field"),
    [
        ({"action": "branch", "config": {"cases": []}}, "steps.0.config.cases"),
        ({"action": "branch", "config": {"when": "a.(", "then": []}}, ""),
        ({"action": "branch", "config": {"when": "true", "then": [{"action": "odd"}]}}, "steps.0.config.cases.0.steps"),
        (
            {"action": "branch", "config": {"when": "true", "then": [{"action": "delay"}]}},
            "steps.0.config.cases.0.steps.0.config",
        ),
        ({"action": "delay", "config": {"seconds": 1}, "on_error": "branch"}, "steps.0.on_error_steps"),
    ],
)
def test_a_bad_branch_names_its_field(api: Api, step: dict[str, Any], field: str) -> None:
    answer = api.http.post("/api/automations", json={"name": "A", "trigger": "manual", "steps": [step]})
    assert answer.status_code == 422, answer.text
    if field:
        assert any(error["field"].startswith(field) for error in answer.json()["errors"]), answer.text
