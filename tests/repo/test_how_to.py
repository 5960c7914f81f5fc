"""Each how-to does what it promises: its blocks are applied to a copy of the tree, and what they add is used there."""

import hashlib
import hmac
import json
from pathlib import Path

import pytest

from tests.fixtures import how_to
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually
from tests.providers.web.site import Site, response
from tests.repo.conftest import HOW_TOS, Extended

MASK = "•••"
NOTHING = {"action": "delay", "config": {"seconds": 0}}
SEND = """
from shared.providers import mail
from shared.providers.mail.base import Mail
provider = mail.configured()
print(provider and provider.name)
if provider:
    print(provider.send(Mail("key", "ann@example.org", "Ann", "News", "Hello")).provider_id)
"""
JUDGE = """
import json
from pathlib import Path
from infra import openapi
from tests.repo.domain_rules import RULES
from tests.repo.test_api_descriptions import undescribed
document = openapi.document()
offences = {rule: found for rule, find in RULES.items() if (found := find(Path.cwd()))}
schemas = json.dumps(document["components"]["schemas"])
judged = {"paths": [*document["paths"]], "schemas": schemas, "undescribed": undescribed(document), "offences": offences}
print(json.dumps(judged))
"""


@pytest.mark.parametrize("name", HOW_TOS)
def test_it_is_listed_and_its_code_is_in_order(extended: Extended, root: Path, name: str) -> None:
    assert f"infra/how-to/{name}.md" in (root / "README.md").read_text()
    files = sorted({block.path for block in how_to.blocks(root / f"infra/how-to/{name}.md")})
    extended.run("-m", "ruff", "check", "-q", *files)
    extended.run("-m", "ruff", "format", "--check", "-q", *files)


def test_an_action(extended: Extended, extended_api: Api) -> None:
    api = extended_api
    step = {"action": "sign_text", "config": {"text": "Hi {{ event.name }}", "key": "s3cret"}}
    within = {"action": "for_each", "config": {"items": [1], "steps": [step]}}
    answer = api.http.post("/api/automations", json={"name": "Sign", "trigger": "manual", "steps": [step, within]})
    made = api.ok(answer)["automation"]
    assert made["steps"][0]["config"]["key"] == made["steps"][1]["config"]["steps"][0]["config"]["key"] == MASK
    dry = api.http.post(f"/api/automations/{made['id']}/dry-run", json={"input": {"name": "Ann"}})
    assert "s3cret" not in answer.text + dry.text
    first = api.ok(dry)["steps"][0]
    assert first["input"] == {"text": "Hi Ann", "key": MASK}
    assert first["output"] == {"signature": hmac.new(b"s3cret", b"Hi Ann", hashlib.sha256).hexdigest()}
    catalog = {action["name"]: action for action in api.get("/api/automations/catalog")["actions"]}
    assert catalog["sign_text"]["config_schema"]["properties"].keys() == {"text", "key"}
    refused = api.http.post(
        "/api/automations", json={"name": "Sign", "trigger": "manual", "steps": [{"action": "sign_text"}]}
    )
    assert {error["field"] for error in refused.json()["errors"]} == {"steps.0.config.text", "steps.0.config.key"}


def test_a_trigger(extended_api: Api) -> None:
    api = extended_api
    automation = api.automation("calendar_event_completed", NOTHING)
    waiting = api.automation("manual", {"action": "wait_for_event", "config": {"event": "calendar_event_completed"}})
    assert waiting
    event = api.post("/api/calendar", {"scheduled_date": "2999-12-31"})["event"]["id"]
    api.ok(api.http.patch(f"/api/calendar/{event}", json={"notes": "Not yet."}))
    api.ok(api.http.patch(f"/api/calendar/{event}", json={"status": "completed"}))
    run = eventually(lambda: api.executions(automation))
    assert [(one["triggered_by"]) for one in run] == ["calendar_event_completed"]
    catalog = api.get("/api/automations/catalog")
    assert "calendar_event_completed" in [trigger["name"] for trigger in catalog["triggers"]]
    assert "calendar_event" in catalog["names"]


def test_a_provider(extended: Extended) -> None:
    with Site(lambda asked: response(b'{"MessageID": "m-1"}', content_type="application/json")) as site:
        env = {"MAIL_FROM": "us@example.org", "POSTMARK_BASE_URL": site.url}
        assert extended.run("-c", SEND, **env) == "None\n"
        assert extended.run("-c", SEND, **env, POSTMARK_TOKEN="t-1") == "postmark\nm-1\n"
    assert [asked.target for asked in site.asked] == ["/email"]
    assert site.asked[0].headers["x-postmark-server-token"] == "t-1"
    assert json.loads(site.asked[0].body)["To"] == "Ann <ann@example.org>"


def test_a_domain(extended: Extended, extended_api: Api) -> None:
    api = extended_api
    made = api.post("/api/bookmarks", {"title": "News", "url": "https://acme.example/news"})["bookmark"]
    assert api.get("/api/bookmarks")["bookmarks"] == [made]
    with api.another_user() as other:
        assert other.get("/api/bookmarks")["bookmarks"] == []
        assert other.http.delete(f"/api/bookmarks/{made['id']}").status_code == 404
    assert api.http.post("/api/bookmarks", json={"title": "News", "url": "javascript:x"}).status_code == 422
    api.ok(api.http.delete(f"/api/bookmarks/{made['id']}"))
    assert api.get("/api/bookmarks")["bookmarks"] == []


def test_a_recipe(extended_api: Api) -> None:
    api = extended_api
    assert "file_digest" in [recipe["id"] for recipe in api.get("/api/automations/recipes")["recipes"]]
    made = api.post("/api/automations/recipes/file_digest")["automation"]
    assert api.post(f"/api/automations/{made['id']}/activate")["warnings"] == []


def test_the_description_names_what_was_added_and_the_rules_are_kept(extended: Extended) -> None:
    judged = json.loads(extended.run("-c", JUDGE))
    assert {"/api/bookmarks", "/api/bookmarks/{id}"} <= set(judged["paths"])
    assert all(f'"{name}"' in judged["schemas"] for name in ("sign_text", "calendar_event_completed"))
    assert (judged["undescribed"], judged["offences"]) == ([], {})


def test_a_block_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\nx = 1\n")
    for path, line in (("a.py", None), ("a.py", "x = 1"), ("a.py", "x = 2")):
        with pytest.raises(AssertionError, match=r"a\.py"):
            how_to.Block(path, line, "y = 2\n").apply(tmp_path)
    page = tmp_path / "page.md"
    page.write_text("```python\nx = 1\n```\n")
    with pytest.raises(AssertionError, match="names no file"):
        list(how_to.blocks(page))
