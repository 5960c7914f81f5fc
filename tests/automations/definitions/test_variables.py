"""Steps name values, and later ones find them; outputs are found by either path."""

import secrets
from typing import Any

import pytest

from shared.automations.definitions import expressions
from tests.automations.played import notify, play, titles
from tests.fixtures.api import Api


def _set(id: str, **values: Any) -> dict[str, Any]:
    return {"id": id, "action": "set_variables", "config": {"values": values}}


def test_named_values_are_there_for_later_steps(api: Api) -> None:
    told = notify("told", config={"title": "{{ vars.greeting }} {{ steps.first.who }} {{ steps.first.output.who }}"})
    run = play(api, _set("first", greeting="Hello {{ input.name }}", who="{{ input.name }}"), told, name="Ann")
    assert run["results"]["first"]["output"] == {"greeting": "Hello Ann", "who": "Ann"}
    assert titles(api) == ["Hello Ann Ann Ann"]


def test_a_later_value_of_the_same_name_counts(api: Api) -> None:
    told = notify("told", config={"title": "{{ vars.a }}{{ vars.b }}"})
    play(api, _set("first", a="1", b="2"), _set("second", a="{{ vars.a }}3"), told)
    assert titles(api) == ["132"]


def test_conditions_see_them_with_their_types(api: Api) -> None:
    values = {"people": "{{ input.people }}", "limit": 2}
    yes = notify("yes", when="size(vars.people) > vars.limit && steps.first.output.limit == 2")
    play(api, _set("first", **values), yes, notify("no", when="vars.limit > 2"), people=["a", "b", "c"])
    assert titles(api) == ["yes"]


def test_what_is_inserted_is_not_evaluated_again(api: Api) -> None:
    play(api, _set("first", a="{{ input.text }}"), notify("told", config={"title": "{{ vars.a }}"}), text="{{ 1 + 1 }}")
    assert titles(api) == ["{{ 1 + 1 }}"]


def test_large_values_are_whole(api: Api) -> None:
    long = "x" * 9_000
    told = notify("told", config={"title": "{{ vars.a | length }} {{ steps.first.output.a | length }}"})
    play(api, _set("first", a="{{ input.text }}"), told, text=long)
    assert titles(api) == ["9000 9000"]


def test_a_name_is_a_plain_word(api: Api) -> None:
    body = {"name": "A", "trigger": "manual", "steps": [_set("first", **{"two words": 1})]}
    answer = api.http.post("/api/automations", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith("steps.0.config.values")


def test_what_no_document_holds_fails_the_step_and_not_its_runner(api: Api) -> None:
    shuffled = "".join(f"{{{{ input.text[::{by}] }}}}" for by in (1, -1, 2, -2, 3, -3))  # what packing cannot see
    values = {f"v{n}": shuffled for n in range(50)}
    text = "".join(chr(0x4E00 + secrets.randbelow(20_000)) for _ in range(5_000))
    run = play(api, {**_set("first", **values), "on_error": "continue"}, notify("told"), text=text)
    first = run["results"]["first"]
    assert (first["status"], run["status"]) == ("failed", "success")
    assert "2,000,000" in first["message"]


@pytest.mark.parametrize(
    "odd", ["{{ '\\ud800' * 9000 }}", "{{ [10 ** 30] }}", "{{ [range(3)] }}", "{{ [1e308 * 10] }}"]
)
def test_what_cannot_be_stored_fails_the_step_and_not_its_runner(api: Api, odd: str) -> None:
    run = play(api, {**_set("first", a=odd), "on_error": "continue"}, notify("told"))
    first = run["results"]["first"]
    assert (first["status"], run["status"]) == ("failed", "success")
    assert "cannot be filled" in first["message"]


def test_names_within_a_value_become_text(api: Api) -> None:
    run = play(api, _set("first", a="{{ {(1, 2): 3, 4: 5} }}"))
    assert run["results"]["first"]["output"]["a"] == {"(1, 2)": 3, "4": 5}


def test_values_keep_their_types(api: Api) -> None:
    named = _set("first", n="{{ input.n }}", no="{{ input.no }}", none="{{ input.none }}", more="{{ input.n + 1 }}")
    yes = notify("yes", when="vars.n > 4 && vars.no == false && vars.none == null && vars.more == 6")
    run = play(api, named, yes, notify("text", config={"title": "{{ vars.n }}"}), n=5, no=False, none=None)
    assert run["results"]["first"]["output"] == {"n": 5, "no": False, "none": None, "more": 6}
    assert titles(api) == ["5", "yes"]


def test_what_another_automation_is_given_keeps_its_type(api: Api) -> None:
    child = api.automation("manual", notify("yes", when="input.n > 4"), active=False)
    play(
        api,
        {"action": "run_automation", "config": {"automation_id": child, "input": {"n": "{{ input.five }}"}}},
        five=5,
    )
    assert titles(api) == ["yes"]


@pytest.mark.parametrize(
    ("text", "steps", "all_steps"),
    [
        ("{{ steps.a.output.n }} {{ steps['b-c'].n }}", {"a", "b-c"}, False),
        ("{{ steps.a.output.items() | list }}", {"a"}, False),
        ("{{ steps.values() | list }} {{ steps.a.n }}", {"a"}, True),
        ("{{ steps[event.name].n }}", set(), True),
        ("{{ steps | length }}", set(), True),
        ("see steps.a {{ event.steps.b }}", set(), False),
    ],
)
def test_a_text_names_the_steps_that_it_uses(text: str, steps: set[str], all_steps: bool) -> None:
    named = expressions.placeholders(text)
    assert (named.steps, named.all_steps) == (steps, all_steps)


@pytest.mark.parametrize(
    ("source", "steps", "all_steps"),
    [
        ("steps.a.output.n > 1 && steps['b-c'].n == 'steps'", {"a", "b-c"}, False),
        ("size(steps) > 1 || steps.a.n > 1", {"a"}, True),
        ("steps.exists(id, id == 'a')", set(), True),
        ("event.steps.a == 1", set(), False),
    ],
)
def test_a_condition_names_the_steps_that_it_uses(source: str, steps: set[str], all_steps: bool) -> None:
    named = expressions.condition(source)
    assert (named.steps, named.all_steps) == (steps, all_steps)
