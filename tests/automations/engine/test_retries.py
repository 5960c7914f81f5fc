"""A provider that fails for a while: the step is tried again later, and done once."""

from datetime import timedelta
from typing import Any

from infra.local.cloud import LocalCloud
from shared import settings
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually
from tests.providers.fake import Provider, Reply, completion

DRAFT = {"pieces": [{"subject": "Hello", "text": "From a model"}]}


def _with_model(provider: Provider) -> None:
    """Each attempt of the step is one request: what a call tries by itself is not the engine's."""
    update = {"llm_api_key": "k", "llm_base_url": provider.url, "provider_attempts": 1}
    settings.use(settings.current().model_copy(update=update))


def _drafting(api: Api, **step: Any) -> str:
    id = api.automation("new_prospect_added", {"action": "generate_outreach", **step})
    api.post("/api/prospects", {"name": "Ann"})
    return id


def test_it_succeeds_in_the_end(api: Api, cloud: LocalCloud) -> None:
    with Provider(lambda n: Reply(503) if n < 3 else completion(DRAFT)) as provider:
        _with_model(provider)
        id = _drafting(api)
        for failures in (1, 2):
            eventually(lambda: [len(run["attempts"]) for run in api.executions(id)] == [failures])  # noqa: B023
            cloud.clock.advance(timedelta(hours=1))
        eventually(lambda: api.executions(id)[0]["status"] == "success")
    assert len(provider.requests) == 3
    messages = api.get("/api/outreach")["outreach"]
    assert [(m["body"], m["generator"].split(":")[0]) for m in messages] == [("From a model", "llm")]
    run = api.executions(id)[0]
    record = api.get(f"/api/automations/{id}/executions/{run['id']}")["steps"][0]
    assert (record["status"], len(record["attempts"])) == ("success", 2)


def test_attempts_run_out(api: Api) -> None:
    with Provider(lambda n: Reply(500)) as provider:
        _with_model(provider)
        id = _drafting(api, retry={"max_attempts": 1})
        eventually(lambda: [run["status"] for run in api.executions(id)] == ["failed"])
    assert "not available" in api.executions(id)[0]["error"]


def test_a_refused_key_fails_at_once_and_says_what_to_do(api: Api) -> None:
    with Provider(lambda n: Reply(401)) as provider:
        _with_model(provider)
        id = _drafting(api)
        eventually(lambda: [run["status"] for run in api.executions(id)] == ["failed"])
    assert "LLM_API_KEY" in api.executions(id)[0]["error"]
    assert len(provider.requests) == 1
    assert api.get("/api/outreach")["total"] == 0
