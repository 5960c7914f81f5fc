"""A dry run of everything that a step can do leaves the whole store, and the outside, as they were."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from shared import settings
from shared.automations.catalog.registry import ACTIONS
from shared.automations.catalog.schemas import catalog
from tests.automations.frozen import Store
from tests.automations.played import notify
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually
from tests.providers.fake import Provider, Reply


@pytest.fixture
def outside(api: Api) -> Iterator[Provider]:
    """A language model, a mail provider and a webhook, none of which should be asked."""
    with Provider(lambda n: Reply(500)) as provider:
        update = {
            "llm_api_key": "k",
            "llm_base_url": provider.url,
            "resend_api_key": "re_1",
            "resend_base_url": provider.url,
            "mail_from": "nora@sender.example",
        }
        settings.use(settings.current().model_copy(update=update))
        yield provider


def _everything(api: Api, cloud: LocalCloud) -> dict[str, Any]:
    return Store(cloud.emulators.firestore_host, api.project).dump(f"users/{api.uid}")


def _at_rest(api: Api, cloud: LocalCloud) -> dict[str, Any]:
    """Everything, once nothing has changed it for a while: the emulator may send an event late."""
    looks = [_everything(api, cloud)]

    def stands_still() -> bool:
        time.sleep(0.3)
        looks.append(_everything(api, cloud))
        return cloud.courier.idle(api.url) and looks[-1] == looks[-2]

    eventually(stands_still)
    return looks[-1]


def _settings(action: str, api: Api, outside: Provider) -> dict[str, Any]:
    """What each action needs to do something."""
    other = api.automation("manual", notify("inner"))
    special: dict[str, dict[str, Any]] = {
        "branch": {"when": "true", "then": [notify("yes")]},
        "for_each": {"items": [1, 2], "steps": [notify("each")]},
        "run_automation": {"automation_id": other},
        "call_webhook": {"url": outside.url},
    }
    short = {piece.name: piece.short_form for piece in catalog().actions}
    return special.get(action, short[action])


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_nothing_changes(api: Api, cloud: LocalCloud, outside: Provider, action: str) -> None:
    prospect = api.post("/api/prospects", {"name": "Ann", "company": "Acme", "email": "ann@acme.io"})["prospect"]["id"]
    api.post("/api/outreach", {"prospect_id": prospect, "subject": "Hello", "body": "Hello Ann"})
    outreach = api.get("/api/outreach")["outreach"][0]["id"]
    api.post("/api/templates", {"name": "T", "category": "email", "content": "Hello {name}"})
    step = {"action": action, "config": _settings(action, api, outside)}
    id = api.automation("new_prospect_added", step, active=False, limits={"concurrency": 1, "daily": {"steps": 1}})
    eventually(lambda: api.get("/api/activity")["total"] == 6)  # of what was made, and of the other's activation
    before = _at_rest(api, cloud)
    told = api.post(f"/api/automations/{id}/dry-run", {"document_id": prospect, "input": {"outreach_id": outreach}})
    assert told["status"] == "success", told["error"]
    assert told["cost"]["steps"] >= 1
    assert told["writes"] or told["messages"] or told["cost"]["provider_calls"] or action in _WRITES_NOTHING
    eventually(lambda: cloud.courier.idle(api.url))
    assert _everything(api, cloud) == before
    assert outside.requests == []


_WRITES_NOTHING = {"delay", "set_variables", "summarize", "wait_for_event"}
