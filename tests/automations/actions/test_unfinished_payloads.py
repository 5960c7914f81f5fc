"""A webhook's text and a notification are refused where their author left them unfinished; data may hold anything."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.automations.played import play, titles
from tests.fixtures.api import Api
from tests.providers.web.site import Site, response


@pytest.fixture
def site() -> Iterator[Site]:
    with Site(lambda asked: response()) as site:
        yield site


def _call(site: Site, body: Any, **config: Any) -> dict[str, Any]:
    return {"id": "call", "action": "call_webhook", "config": {"url": f"{site.url}/hook", "body": body, **config}}


def _notify(message: str) -> dict[str, Any]:
    return {"id": "tell", "action": "send_notification", "config": {"title": "T", "message": message}}


UNFINISHED = [
    ("Hi {first_name}, welcome to {{ event.company }}.", "body: “{first_name}”"),
    ({"text": "New: {{ event.name }} [Your Name]"}, "body.text: “[Your Name]”"),
    ({"blocks": [{"text": "ok"}, {"text": "See %%link%% for {{ event.name }}"}]}, "body.blocks.1.text: “%%link%%”"),
    ('{"text": "Hi {first_name}, {{ event.name }}"}', "body.text: “{first_name}”"),
    ({"text": "Hi {{ event.title }},\n\nwelcome."}, "body.text: “Hi Dr.,” has a title and no name"),
    ({"text": "{{ event.name }} works at {{ event.nothing }}, as you know."}, "body.text: “at N/A” has no value"),
    ("{{ event.name }} works for {{ event.nil }}.", "body: “for null” has no value"),
]
DATA = {"name": "Ann", "company": "Acme", "title": "Dr.", "nothing": "N/A", "nil": "null", "code": "if (x) {y} [name]"}


@pytest.mark.parametrize(("body", "reason"), UNFINISHED)
def test_a_webhook_with_unfinished_text_is_not_called(api: Api, site: Site, body: Any, reason: str) -> None:
    run = play(api, _call(site, body), **DATA)
    assert run["status"] == "failed"
    assert reason in run["error"]
    assert "{% raw %}" in run["error"]
    assert site.asked == []


PAYLOADS = [
    ({"name": "{{ event.name }}", "company": "{{ event.nothing }}", "dash": "-", "none": "None", "nil": None}, "N/A"),
    ({"all": "{{ event }}"}, "if (x) {y} [name]"),
    ({"code": "{{ event.code }}", "note": "from {{ event.name }}: {{ event.code }}"}, "if (x) {y} [name]"),
    ({"query": "query { user { name } }", "variables": {"id": "{{ event.name }}"}}, "user { name }"),
    ('{"company": "{{ event.nothing }}", "ids": [1, 2]}', "N/A"),
    ("{% raw %}Hi {first_name}{% endraw %}, says {{ event.name }}", "Hi {first_name}, says Ann"),
    ("<person><name>{{ event.name }}</name></person>", "<name>Ann</name>"),
    ("see [1] and [our page](https://acme.io), {{ event.name }}", "[our page](https://acme.io), Ann"),
]


@pytest.mark.parametrize(("body", "sent"), PAYLOADS)
def test_a_payload_may_hold_anything_that_is_data(api: Api, site: Site, body: Any, sent: str) -> None:
    run = play(api, _call(site, body), **DATA)
    assert run["status"] == "success", run["error"]
    [asked] = site.asked
    assert sent in asked.body.decode()


def test_what_is_sent_by_default_is_data(api: Api, site: Site) -> None:
    run = play(api, {"id": "call", "action": "call_webhook", "config": {"url": f"{site.url}/hook"}}, text="Hi {name},,")
    assert run["status"] == "success", run["error"]
    assert json.loads(site.asked[0].body)["data"] == {"text": "Hi {name},,"}


def test_what_a_template_left_open_is_not_sent(api: Api, site: Site) -> None:
    content = "Hi {first_name},\n\nbook a time: [[calendar link]]."
    template = api.post("/api/templates", {"name": "T", "category": "email", "content": content})["template"]
    fill: dict[str, Any] = {"id": "fill", "action": "use_template", "config": {"template_id": template["id"]}}
    person = api.post("/api/prospects", {"name": "Jane Doe"})["prospect"]["id"]
    for step in (_call(site, {"html": "{{ steps.fill.text }}"}), _notify("{{ steps.fill.text }}")):
        run = play(api, fill, step, prospect_id=person)
        assert run["status"] == "failed"
        assert "“[[calendar link]]” is an open placeholder" in run["error"]
    keep = {"id": "keep", "action": "set_variables", "config": {"variables": {"text": "{{ steps.fill.text }}"}}}
    run = play(api, fill, keep, _call(site, {"html": "{{ vars.text }}"}), prospect_id=person)
    assert "“[[calendar link]]” is an open placeholder" in run["error"]
    given = {"template_id": template["id"], "variables": {"calendar link": "https://cal.example/nora"}}
    fill["config"] = given
    run = play(api, fill, _call(site, {"html": "{{ steps.fill.text }}"}), prospect_id=person)
    assert run["status"] == "success", run["error"]
    assert [json.loads(asked.body)["html"] for asked in site.asked] == [
        "Hi Jane,\n\nbook a time: https://cal.example/nora."
    ]


def test_a_notification_is_refused_like_that(api: Api) -> None:
    run = play(api, _notify("Call {{ event.name }}, {phone}"), **DATA)
    assert "message: “{phone}” is an open placeholder" in run["error"]
    assert play(api, _notify("{{ event.name }} wrote: {{ event.code }}"), **DATA)["status"] == "success"
    assert titles(api) == ["T"]


def test_an_unfinished_question_is_put_to_nobody(api: Api) -> None:
    run = play(api, {"id": "ask", "action": "approval", "config": {"message": "May [name] be called?"}})
    assert "message: “[name]” is an open placeholder" in run["error"]
    assert titles(api) == []


def test_a_dry_run_tells_what_would_be_refused(api: Api, site: Site) -> None:
    steps = [_call(site, {"text": "Hi {{ event.name }}, {calendar_link}"}), _notify("For {{ event.name }}")]
    id = api.automation("manual", *steps, active=False)
    told = api.post(f"/api/automations/{id}/dry-run", {"input": DATA})
    [shown] = told["messages"]
    assert shown["channel"] == "webhook"
    assert json.loads(shown["preview"]["body"]) == {"text": "Hi Ann, {calendar_link}"}
    assert [(found["field"], found["excerpt"]) for found in shown["findings"]] == [("body.text", "{calendar_link}")]
    assert (told["status"], told["cost"]["messages"], site.asked) == ("failed", 0, [])
