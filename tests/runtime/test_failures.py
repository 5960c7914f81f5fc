"""A failed request leaves an explained entry in its user's system log."""

from infra.local.cloud import LocalCloud
from infra.local.process import free_port
from shared import settings
from tests.fixtures.api import Api


def test_a_message_queue_that_is_down(api: Api, cloud: LocalCloud) -> None:
    id = api.automation("manual", "send_notification")
    config = settings.current()
    settings.use(config.model_copy(update={"pubsub_emulator_host": f"127.0.0.1:{free_port()}", "rpc_seconds": 0.5}))
    answer = api.http.post(f"/api/automations/{id}/run")
    settings.use(config)
    assert answer.status_code == 503
    entry = api.get("/api/system/logs", category="api")["logs"][0]
    assert (entry["level"], entry["error_class"]) == ("error", "api_failure")
    assert f"POST /api/automations/{id}/run answered 503" in entry["message"]
    assert "temporary" in entry["explanation"]
    assert entry["metadata"]["request_id"] == answer.headers["x-request-id"]


def test_a_clients_mistake_leaves_none(api: Api) -> None:
    assert api.http.get("/api/prospects/missing").status_code == 404
    assert api.get("/api/system/logs")["total"] == 0
