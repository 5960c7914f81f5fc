"""A failed request leaves an explained entry in its user's system log."""

from infra.local.process import free_port
from shared import settings
from tests.fixtures.api import Api

PATH = "/api/outreach/generate"


def test_a_language_model_that_is_down(api: Api) -> None:
    update = {"llm_api_key": "k", "llm_base_url": f"http://127.0.0.1:{free_port()}"}
    settings.use(settings.current().model_copy(update=update))
    prospect = api.post("/api/prospects", {"name": "Ann"})["prospect"]["id"]
    answer = api.http.post(PATH, json={"prospect_id": prospect})
    assert answer.status_code == 503
    entry = api.get("/api/system/logs", category="api")["logs"][0]
    assert (entry["level"], entry["error_class"]) == ("error", "api_failure")
    assert f"POST {PATH} answered 503" in entry["message"]
    assert "temporary" in entry["explanation"]
    assert entry["metadata"]["request_id"] == answer.headers["x-request-id"]


def test_a_clients_mistake_leaves_none(api: Api) -> None:
    assert api.http.get("/api/prospects/missing").status_code == 404
    assert api.get("/api/system/logs")["total"] == 0
