"""A definition goes out as JSON and comes back as the same definition."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shared.automations.authoring import portable, service
from shared.automations.authoring.portable import PortableInput
from shared.automations.authoring.validation import AutomationInput
from tests.automations import seed
from tests.automations.played import notify
from tests.fixtures.api import Api

letters = st.characters(codec="utf-8", exclude_characters="{}", exclude_categories=["C"])
words = st.text(letters, min_size=1, max_size=20)
names = words.filter(lambda word: word.strip() != "")
triggers = st.sampled_from(
    [
        ("manual", {}),
        ("new_prospect", {"filter": "after.fit_score > 0.5"}),
        ("high_fit", {"threshold": 0.5}),
        ("prospect_status_changed", {"to": "contacted"}),
        ("schedule", {"cron": "0 8 * * MON", "timezone": "Europe/Berlin", "misfire": "skip"}),
        ("schedule", {"cron": "*/5 * * * *"}),
        ("webhook", {"signed": True}),
        ("webhook", {}),
    ]
)
leaves = st.one_of(
    st.builds(lambda title: {"action": "send_notification", "config": {"title": title}}, words),
    st.builds(lambda seconds: {"action": "delay", "config": {"seconds": seconds}}, st.integers(0, 9_999)),
    st.builds(lambda value: {"action": "set_variables", "config": {"values": {"a": value}}}, st.integers() | words),
    st.just({"action": "analyze_prospect", "when": "trigger == 'manual'", "retry": {"max_attempts": 2}}),
)
blocks = st.lists(leaves, min_size=1, max_size=3)
steps = st.one_of(
    leaves,
    st.builds(lambda then: {"action": "branch", "config": {"when": "true", "then": then, "else": []}}, blocks),
    st.builds(lambda each: {"action": "for_each", "config": {"items": "input.list", "steps": each}}, blocks),
    st.builds(lambda inner: {"action": "analyze_prospect", "on_error": "branch", "on_error_steps": inner}, blocks),
)
definitions = st.builds(
    lambda name, description, trigger, steps, more: {
        "name": name,
        "description": description,
        "trigger": trigger[0],
        "trigger_config": trigger[1],
        "steps": steps,
        **more,
    },
    names,
    words,
    triggers,
    st.lists(steps, min_size=1, max_size=4),
    st.sampled_from([{}, {"stop_when": ["replied"], "metadata": {"a": [1]}}, {"limits": {"concurrency": 2}}]),
)


@hypothesis_settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(definition=definitions)
@pytest.mark.usefixtures("local_settings")
def test_there_and_back_is_the_same(definition: dict[str, Any]) -> None:
    made = service.create(seed.UID, AutomationInput.model_validate(definition))
    out = portable.export(seed.UID, made.id).model_dump(mode="json")
    back = portable.create("bob", PortableInput.model_validate(out))
    assert portable.export("bob", back.id).model_dump(mode="json") == out
    assert out["automation"]["name"] == made.name
    assert back.steps == made.steps
    assert made.id not in str(out)
    assert "/api/hooks/" not in str(out)


def test_over_http_to_another_user(api: Api) -> None:
    id = api.automation("webhook", notify("told"), trigger_config={"signed": True}, metadata={"a": 1})
    out = api.get(f"/api/automations/{id}/export")
    assert (out["format"], out["version"]) == ("automation", 1)
    assert out["automation"].keys() == {
        "name",
        "description",
        "trigger",
        "trigger_config",
        "steps",
        "stop_when",
        "limits",
        "reentry",
        "metadata",
    }
    assert out["automation"]["trigger_config"] == {"signed": True}
    with api.another_user() as bob:
        made = bob.post("/api/automations/import", out)["automation"]
        assert (made["status"], made["metadata"], made["user_id"]) == ("inactive", {"a": 1}, bob.uid)
        again = bob.get(f"/api/automations/{made['id']}/export")
        assert again == out
        assert bob.http.get(f"/api/automations/{id}/export").status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"format": "other"}, "format"),
        ({"version": 2}, "version"),
        ({"owner": "x"}, "owner"),
        ({"automation": {"name": "A", "trigger": "odd", "actions": ["delay"]}}, "automation.trigger"),
        ({"automation": {"name": "A", "trigger": "manual", "steps": [{"action": "delay"}]}}, "steps.0.config"),
    ],
)
def test_it_is_checked_like_any_other(api: Api, change: dict[str, Any], field: str) -> None:
    good = {"name": "A", "trigger": "manual", "actions": ["send_notification"]}
    body = {"format": "automation", "version": 1, "automation": good}
    answer = api.http.post("/api/automations/import", json=body | change)
    assert answer.status_code == 422
    assert any(error["field"].startswith(field) for error in answer.json()["errors"]), answer.text


def test_secrets_stay_where_they_are(api: Api) -> None:
    secret = "whsec_" + "A" * 44
    config = {"url": "https://crm.example.com/in", "secret": secret, "headers": {"x-key": "confidential"}}
    call = {"action": "call_webhook", "config": config}
    branch = {"action": "branch", "config": {"when": "true", "then": [{**call, "id": "inner"}]}}
    handled = {"action": "analyze_prospect", "on_error": "branch", "on_error_steps": [{**call, "id": "handler"}]}
    id = api.automation("manual", call, branch, handled)
    out = api.get(f"/api/automations/{id}/export")
    text = str(out)
    assert (secret in text, "confidential" in text, text.count("crm.example.com")) == (False, False, 3)
    assert api.post("/api/automations/import", out)["automation"]["status"] == "inactive"
