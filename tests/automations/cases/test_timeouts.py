"""A step that takes too long fails, as any other would."""

from shared import settings
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually
from tests.providers.fake import Provider, Reply


def test_a_slow_provider_is_not_waited_for(api: Api) -> None:
    with Provider(lambda n: Reply(seconds=1.5)) as provider:
        settings.use(settings.current().model_copy(update={"llm_api_key": "k", "llm_base_url": provider.url}))
        step = {"action": "generate_outreach", "timeout": 0.2, "retry": {"max_attempts": 1}}
        id = api.automation("new_prospect_added", step)
        api.post("/api/prospects", {"name": "Ann"})
        eventually(lambda: [run["status"] for run in api.executions(id)] == ["failed"])
    assert "within 0.2 seconds" in api.executions(id)[0]["error"]


def test_only_the_named_errors_are_tried_again(api: Api) -> None:
    with Provider(lambda n: Reply(503)) as provider:
        update = {"llm_api_key": "k", "llm_base_url": provider.url, "provider_attempts": 1}
        settings.use(settings.current().model_copy(update=update))
        step = {"action": "generate_outreach", "retry": {"only": ["too-many-requests"]}}
        id = api.automation("new_prospect_added", step)
        api.post("/api/prospects", {"name": "Ann"})
        eventually(lambda: [run["status"] for run in api.executions(id)] == ["failed"])
        assert len(provider.requests) == 1
