"""Switching an automation off stops what is under way at its next step; a run keeps its definition."""

from datetime import timedelta

from infra.local.cloud import LocalCloud
from shared.automations.engine.runner import run as run_execution
from shared.automations.operations import control
from shared.automations.runs import store as run_store
from shared.kit import clock
from tests.automations import seed
from tests.automations.rivals import Runner
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

DELAY = {"action": "delay", "config": {"seconds": 600}}
NOTIFY = {"action": "send_notification"}


def _waiting(api: Api) -> str:
    id = api.automation("new_prospect_added", DELAY, NOTIFY)
    api.post("/api/prospects", {"name": "Ann"})
    eventually(lambda: [run["status"] for run in api.executions(id)] == ["waiting"])
    return id


def test_a_deactivated_automation_does_not_go_on(api: Api, cloud: LocalCloud) -> None:
    id = _waiting(api)
    api.post(f"/api/automations/{id}/deactivate")
    eventually(lambda: api.executions(id)[0]["status"] == "cancelled")
    cloud.clock.advance(timedelta(hours=1))
    assert api.get("/api/notifications")["total"] == 0
    assert "switched off" in api.executions(id)[0]["error"]


def test_a_deleted_automation_does_not_go_on(api: Api, cloud: LocalCloud) -> None:
    id = _waiting(api)
    api.ok(api.http.delete(f"/api/automations/{id}"))
    cloud.clock.advance(timedelta(hours=1))
    eventually(lambda: api.executions(id)[0]["status"] == "cancelled")


def test_new_prospects_no_longer_start_it(api: Api) -> None:
    id = api.automation("new_prospect_added", NOTIFY)
    api.post(f"/api/automations/{id}/deactivate")
    api.post("/api/prospects", {"name": "Ann"})
    eventually(lambda: api.get("/api/activity", type="prospect")["total"] == 1)
    assert api.executions(id) == []


def test_a_run_finishes_the_definition_it_started_with(api: Api, cloud: LocalCloud) -> None:
    id = _waiting(api)
    api.put(f"/api/automations/{id}", {"actions": ["analyze_prospect"]})
    cloud.clock.advance(timedelta(hours=1))
    eventually(lambda: api.executions(id)[0]["status"] == "success")
    run = api.executions(id)[0]
    assert (run["automation_version"], sorted(run["results"])) == (1, ["delay", "send_notification"])


def test_a_stop_meets_the_runners_next_commit(local_settings: object) -> None:
    """It is written to the execution, so a runner at work learns of it without reading."""
    message = seed.execution(seed.automation(*[NOTIFY] * 3))
    runner = Runner(lambda: run_execution(message, until=clock.now() + timedelta(seconds=60)))
    runner.start()  # it has done all its steps, and is about to commit them
    control.cancel_all(seed.UID, message.automation_id)
    while not runner.over:
        runner.step()
    assert seed.stored(message).status == "cancelled"
    assert run_store.step_records(seed.UID, message.execution_id) == []
