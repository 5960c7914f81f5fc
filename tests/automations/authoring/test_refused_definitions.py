"""A definition that could not run is refused when it is written, by the name of its field, with the way out."""

import tracemalloc
from typing import Any

import pytest

from shared.automations.authoring.validation import StepInput, checked_steps, checked_trigger
from shared.errors import Invalid
from tests.automations.played import notify
from tests.fixtures.api import Api

Step = dict[str, Any]


def _step(action: str, **config: Any) -> Step:
    return {"action": action, "config": config}


def _refused(*steps: Step, **more: Any) -> dict[str, str]:
    """What is wrong, by field."""
    with pytest.raises(Invalid) as refused:
        _check(*steps, **more)
    return {error.field: error.message for error in refused.value.errors}


def _check(*steps: Step, trigger: str = "new_prospect_added", trigger_config: Step | None = None) -> None:
    """As a definition is checked when it is written."""
    checked_trigger(trigger, trigger_config or {})
    checked_steps([], [StepInput.model_validate(step) for step in steps])


TELL = notify("told")


@pytest.mark.parametrize(
    ("step", "field", "says"),
    [
        (_step("for_each", items="{{ event.tags }}", do=[TELL]), "steps.0.config.do", "the fields here are"),
        (_step("for_each", items="{{ event.tags }}"), "steps.0.config.steps", "is required"),
        (_step("for_each", items=[1], steps=["{{ x }}"]), "steps.0.config.steps.0", "dictionary"),
        (_step("for_each", items=[1], steps="{{ x }}"), "steps.0.config.steps", "list"),
        (_step("branch", cases="{{ x }}"), "steps.0.config.cases", "list"),
        (_step("branch", cases=[{"when": "true", "steps": ["{{ x }}"]}]), "steps.0.config.cases.0.steps.0", "dict"),
        (_step("branch", when="true", then=[{"action": "{{ x }}"}]), "steps.0.config.cases.0.steps.action", "unknown"),
        (_step("wait_for_event", match="{{ x }}"), "steps.0.config.event", "is required"),
        (_step("wait_for_event", event="{{ x }}"), "steps.0.config.event", "unknown event"),
        (_step("send_notification", titel="{{ event.name }}"), "steps.0.config.titel", "message, priority, title"),
        (_step("delay", minutes=5), "steps.0.config.minutes", "the fields here are seconds, until"),
        ({**TELL, "retry": {"only": ["banana"]}}, "steps.0.retry.only", "unavailable"),
    ],
)
def test_what_no_placeholder_excuses(step: Step, field: str, says: str) -> None:
    found = _refused(step)
    assert says in found[field]


def test_a_placeholder_is_judged_once_it_is_filled() -> None:
    later = [
        _step("update_prospect_status", status="{{ vars.next }}"),
        _step("for_each", items="{{ event.tags }}", steps=[TELL], max_items="{{ event.most }}"),
        _step("delay", seconds="{{ event.pause }}"),
    ]
    _check(_step("set_variables", values={"next": "replied"}), *later)


@pytest.mark.parametrize(
    ("step", "field", "says"),
    [
        ({**TELL, "when": "foo == 1"}, "steps.0.when", "unknown name foo; use one of after"),
        ({**TELL, "when": "a ==="}, "steps.0.when", "is not a valid CEL expression"),
        ({**TELL, "when": "steps.nobody.output.x == 1"}, "steps.0.when", "there is no step nobody; the steps are told"),
        ({**TELL, "when": "item == 1"}, "steps.0.when", "unknown name item"),
        (notify("a", config={"title": "Hi {{ prospekt.name }}"}), "steps.0.config.title", "unknown name prospekt"),
        (notify("a", config={"title": "{{ steps.b.x }}"}), "steps.0.config.title", "there is no step b"),
        (notify("a", config={"title": "{{ steps['b'].x }}"}), "steps.0.config.title", "there is no step b"),
        (notify("a", config={"title": "Hi {{ event.name "}), "steps.0.config.title", "cannot be read"),
        (notify("a", config={"title": "{{ event.name | shout }}"}), "steps.0.config.title", "No filter named 'shout'"),
        (_step("branch", when="foo", then=[TELL]), "steps.0.config.cases.0.when", "unknown name foo"),
        (
            _step("branch", when="true", then=[{**TELL, "when": "foo"}]),
            "steps.0.config.cases.0.steps.0.when",
            "unknown name foo",
        ),
        (_step("for_each", items="foo.tags", steps=[TELL]), "steps.0.config.items", "unknown name foo"),
        (_step("wait_for_event", event="outreach_replied", match="foo"), "steps.0.config.match", "unknown name foo"),
        (_step("wait_for_event", event="outreach_replied", match="vars.a"), "steps.0.config.match", "name vars"),
        (
            {**TELL, "on_error": "branch", "on_error_steps": [{**TELL, "id": "b", "when": "foo"}]},
            "steps.0.on_error_steps.0.when",
            "unknown name foo",
        ),
    ],
)
def test_names_that_no_run_gives(step: Step, field: str, says: str) -> None:
    found = _refused(step)
    assert says in found[field]


_OF_B = notify("a", config={"title": "{{ steps.b.message }}"})
_B = notify("b")


@pytest.mark.parametrize(
    ("steps", "field"),
    [
        ([_OF_B, _B], "steps.0.config.title"),
        ([{**_B, "when": "steps.b.message != ''"}], "steps.0.when"),
        ([_step("branch", when="true", then=[_OF_B]), _B], "steps.0.config.cases.0.steps.0.config.title"),
        ([_step("for_each", items=[1], steps=[_OF_B]), _B], "steps.0.config.steps.0.config.title"),
        ([{**_OF_B, "on_error": "branch", "on_error_steps": [_B]}], "steps.0.config.title"),
    ],
)
def test_what_has_not_run_by_then(steps: list[Step], field: str) -> None:
    found = _refused(*steps)
    assert "step b has not run by then" in found[field]


@pytest.mark.parametrize(
    "steps",
    [
        [_B, _OF_B],
        [_step("branch", when="true", then=[_B]), _OF_B],
        [_step("for_each", items=[1, 2], steps=[{**_OF_B, "when": "index > 0"}, _B]), notify("c")],
        [{**_B, "on_error": "branch", "on_error_steps": [_OF_B]}],
        [{**TELL, "on_error": "branch", "on_error_steps": [_B]}, _OF_B],
    ],
)
def test_what_may_have_run_by_then(steps: list[Step]) -> None:
    _check(*steps)


def test_names_that_a_run_gives(api: Api) -> None:
    inner = notify("inner", when="index >= 0 && [1, 2].exists(n, n == item)")
    assert api.automation(
        "new_prospect_added",
        {**TELL, "when": "after.fit_score > 0.5 && before == null && now > execution.started_at"},
        _step("for_each", items="prospect.tags", steps=[inner]),
        notify("last", config={"title": "{% for id in steps.values() %}{{ loop.index }}{% endfor %} {{ range(3) }}"}),
    )
    assert {"after", "before", "prospect", "steps", "vars"} <= set(api.get("/api/automations/catalog")["names"])


@pytest.mark.parametrize(
    ("trigger", "config", "field", "says"),
    [
        ("new_prospect_added", {"filter": "foo == 1"}, "trigger_config.filter", "use one of after, before"),
        ("new_prospect_added", {"filter": "after. =="}, "trigger_config.filter", "not a valid CEL"),
        ("new_prospect_added", {"fliter": "true"}, "trigger_config.fliter", "the fields here are filter"),
        ("prospect_status_changed", {"to": "xx"}, "trigger_config.to", "use one of new"),
        ("schedule", {"cron": "x"}, "trigger_config.cron", ""),
    ],
)
def test_a_triggers_settings(trigger: str, config: dict[str, Any], field: str, says: str) -> None:
    message = _refused(TELL, trigger=trigger, trigger_config=config)[field]
    assert says in message
    assert "Value error" not in message


def test_steps_are_nested_as_deep_as_is_said_and_no_deeper() -> None:
    def nested(depth: int) -> Step:
        inner = nested(depth - 1) if depth else TELL
        return _step("branch", when="'{{' != ''", then=[inner])

    _check(nested(2))
    assert list(_refused(nested(3))) == [
        "steps.0.config.cases.0.steps.0.config.cases.0.steps.0.config.cases.0.steps.0.config.cases.0.steps"
    ]


def test_the_answer_names_every_field(api: Api) -> None:
    body = {"name": "A", "trigger": "manual", "steps": [{**TELL, "titel": 1}], "stop_when": ["gone"]}
    answer = api.http.post("/api/automations", json=body)
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {"steps.0.titel", "stop_when.0"}
    body = {"name": "A", "trigger": "manual", "steps": [_step("branch", when="foo", then=[TELL])]}
    answer = api.http.post("/api/automations", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "steps.0.config.cases.0.when")


def test_an_unknown_trigger_is_no_empty_list(api: Api) -> None:
    answer = api.http.get("/api/automations", params={"trigger": "foo"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "trigger")
    api.automation("new_prospect_added", TELL)
    assert api.get("/api/automations", trigger="new_prospect")["total"] == 1


def test_what_a_step_names_and_is_not_there_is_told_at_activation(api: Api) -> None:
    there = api.automation("manual", TELL)
    steps = [
        {**_step("run_automation", automation_id="nobody"), "id": "run"},
        _step("run_automation", automation_id=there),
        _step("branch", when="true", then=[{**_step("use_template", template_id="none"), "id": "fill"}]),
        _step("run_automation", automation_id="{{ event.which }}"),
    ]
    id = api.automation("manual", *steps, active=False)
    assert api.post(f"/api/automations/{id}/activate")["warnings"] == [
        "Step run will fail: there is no automation nobody (automation_id).",
        "Step fill will fail: there is no template none (template_id).",
    ]


@pytest.mark.parametrize(
    "step",
    [
        _step("approval", message="m", n=2, expires_in=60),
        {"action": "branch", "config": {"if": "true", "then": [TELL]}},
        {"action": "branch", "config": {"condition": "true", "then": [TELL], "else": []}},
        {"action": "branch", "config": {"cases": [{"if": "true", "steps": [TELL]}]}},
        _step("set_variables", variables={"a": 1}),
        _step("store_insight", title="t", content="c"),
        _step("run_research", query="q"),
        _step("run_firecrawl", url="https://example.com/"),
        _step("add_calendar_event", days=2, prospect_id="p"),
        _step("add_calendar_event", scheduled_date="2030-01-31"),
    ],
)
def test_the_usual_other_words_are_taken(step: Step) -> None:
    _check(step)


@pytest.mark.parametrize(
    "text",
    [
        "{% if event.a %}{% set g = 'x' %}{% else %}{% set g = 'y' %}{% endif %}{{ g }}",
        "See https://example.com/steps.html {{ steps.told.message }} {{ event.steps.first }}",
        "{% for id, step in steps.items() %}{{ loop.index }} {{ step.message }}{% endfor %}",
        "{% macro line(x) %}- {{ x }}{% endmacro %}{{ line(event.name) }}",
        'body { color: red } {{ event.name }} {"a": {"b": 1}}',
    ],
)
def test_texts_that_are_right(text: str) -> None:
    _check(TELL, notify("b", config={"title": text}))


@pytest.mark.parametrize(
    "when",
    [
        "steps.told.message == 'see steps.foo'",
        "event.tags.exists (t, t == 'a') && event.tags . all(t, t != 'b')",
        "type(event.x) == string && has(event.y)",
        "steps['told'].output.x == 1",
    ],
)
def test_conditions_that_are_right(when: str) -> None:
    _check(TELL, notify("b", when=when))


@pytest.mark.parametrize(
    "text",
    [f"{{{{ {odd} }}}}" for odd in ("1" * 4_400, "(" * 1_500 + "1" + ")" * 1_500, "not " * 1_200 + "1")],
    ids=["digits", "parentheses", "not"],
)
def test_what_no_parser_takes_is_refused(text: str) -> None:
    assert "cannot be read" in _refused(notify("a", config={"message": text}))["steps.0.config.message"]


@pytest.mark.parametrize("text", ["{{ '%600000000d' % 1 }}", "{% if 'a' | center(600000000) %}{% endif %}"])
def test_nothing_is_computed_when_it_is_written(text: str) -> None:
    tracemalloc.start()
    try:
        _check(notify("a", config={"message": text}))
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


def test_a_secret_is_not_quoted() -> None:
    call = _step("call_webhook", url="https://example.com/", headers={"Authorization": "Bearer hush {{ "})
    [(field, message)] = _refused(call).items()
    assert (field, "hush" in message) == ("steps.0.config.headers", False)


def test_an_event_is_a_name() -> None:
    for odd in (["{{ x }}"], {"{{": 1}):
        assert "unknown event" in _refused(_step("wait_for_event", event=odd))["steps.0.config.event"]
