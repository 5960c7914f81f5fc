"""A delay is a row with a deadline: Cloud Tasks wakes it, and it costs one commit."""

from datetime import timedelta

from infra.local import plain
from infra.local.cloud import LocalCloud
from shared.automations.engine import runner
from shared.context import Context, bound
from shared.kit import clock
from tests.automations import seed
from tests.fixtures.api import Api
from tests.fixtures.served import Served
from tests.fixtures.waiting import eventually

DELAY = {"action": "delay", "config": {"seconds": 3600}}
NOTIFY = {"action": "send_notification"}


def test_it_waits_and_is_woken(api: Api, cloud: LocalCloud) -> None:
    id = api.automation("manual", DELAY, NOTIFY)
    api.post(f"/api/automations/{id}/run")
    eventually(lambda: api.executions(id)[0]["status"] == "waiting")
    cloud.clock.advance(timedelta(minutes=59))
    assert api.get("/api/notifications")["total"] == 0
    cloud.clock.advance(timedelta(minutes=2))
    eventually(lambda: api.executions(id)[0]["status"] == "success")
    run = api.executions(id)[0]
    view = api.get(f"/api/automations/{id}/executions/{run['id']}")
    assert [step["status"] for step in view["steps"]] == ["success", "success"]
    assert api.get("/api/notifications")["total"] == 1


def test_it_costs_one_commit(served: Served, cloud: LocalCloud) -> None:
    message = seed.execution(seed.automation(DELAY, NOTIFY))
    with bound(Context()) as call:
        runner.run(message, until=clock.now() + timedelta(seconds=60))
        assert (seed.stored(message).status, call.meter.cost.commits) == ("waiting", 1)
        cloud.clock.advance(timedelta(hours=2))
        runner.run(message, until=clock.now() + timedelta(seconds=60))
    eventually(lambda: seed.stored(message).status == "success")


def test_a_delay_at_the_end_completes_the_execution(api: Api, cloud: LocalCloud) -> None:
    id = api.automation("manual", NOTIFY, DELAY)
    api.post(f"/api/automations/{id}/run")
    eventually(lambda: api.executions(id)[0]["status"] == "waiting")
    cloud.clock.advance(timedelta(hours=2))
    eventually(lambda: api.executions(id)[0]["status"] == "success")


def test_one_longer_than_cloud_tasks_may_plan_is_ended_by_the_sweeper(
    api: Api, served: Served, cloud: LocalCloud
) -> None:
    id = api.automation("manual", {"action": "delay", "config": {"seconds": 31 * 86_400}}, NOTIFY)
    api.post(f"/api/automations/{id}/run")
    eventually(lambda: api.executions(id)[0]["status"] == "waiting")
    cloud.clock.advance(timedelta(days=31, seconds=40))
    assert served.tick("overdue_executions") == {"overdue": 1, "sent": 1}
    eventually(lambda: api.executions(id)[0]["status"] == "success")


def test_a_wake_up_that_comes_early_changes_nothing(served: Served) -> None:
    message = seed.execution(seed.automation(DELAY, NOTIFY))
    runner.run(message, until=clock.now() + timedelta(seconds=60))
    before = seed.stored(message)
    headers = {"x-caller-secret": served.secret}
    answer = plain.post(f"{served.internal}/wake_execution/", json=message.model_dump(), headers=headers)
    assert answer.status_code == 503
    assert seed.stored(message).version == before.version
