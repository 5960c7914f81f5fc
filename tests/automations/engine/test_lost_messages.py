"""Nothing depends on a message arriving: the sweeper sends again what is overdue."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import grpc
import pytest
from google.cloud.tasks_v2 import CloudTasksClient
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

from infra.local import plain
from infra.local.cloud import LocalCloud
from shared import settings
from shared.automations.engine import runner
from shared.automations.runs import store as run_store
from shared.automations.runs.queue import WAKE_QUEUE, RunMessage, wake_name
from shared.kit import clock
from tests.automations import seed
from tests.automations.played import find, reach, start
from tests.fixtures.api import Api
from tests.fixtures.served import Served
from tests.fixtures.waiting import eventually

NOTIFY = {"action": "send_notification"}


@contextmanager
def _queue_down() -> Iterator[None]:
    usual = settings.current()
    settings.use(usual.model_copy(update={"pubsub_emulator_host": "127.0.0.1:1"}))
    yield
    settings.use(usual)


def test_a_start_that_was_never_published(served: Served, cloud: LocalCloud) -> None:
    message = seed.execution(seed.automation(NOTIFY))
    assert served.tick("overdue_executions") == {"overdue": 0, "sent": 0}
    cloud.clock.advance(timedelta(seconds=61))
    assert served.tick("overdue_executions") == {"overdue": 1, "sent": 1}
    eventually(lambda: seed.stored(message).status == "success")
    cloud.clock.advance(timedelta(days=1))
    assert served.tick("overdue_executions") == {"overdue": 0, "sent": 0}


def test_a_queue_that_does_not_answer_fails_no_request(api: Api, served: Served, cloud: LocalCloud) -> None:
    """The run is committed: an error would invite a second one."""
    id = api.automation("manual", NOTIFY)
    with _queue_down():
        run = api.post(f"/api/automations/{id}/run")["execution"]["id"]
    cloud.clock.advance(timedelta(seconds=61))
    assert served.tick("overdue_executions") == {"overdue": 1, "sent": 1}
    reach(api, id, run, "success")


def test_the_end_of_an_automation_that_was_run(api: Api, served: Served, cloud: LocalCloud) -> None:
    """It is told in the commit that ends it; whoever waits for a day learns of it in a minute."""
    ask = {"action": "approval", "config": {"message": "Go on?"}}
    other = api.automation("manual", ask)
    id, run = start(api, {"action": "run_automation", "config": {"automation_id": other}})
    child = reach(api, id, run, "waiting")["results"]["run_automation"]["output"]["execution_id"]
    reach(api, other, child, "waiting")
    with _queue_down():
        api.post(f"/api/automations/{other}/executions/{child}/approve")
        runner.run(RunMessage(uid=api.uid, execution_id=child, automation_id=other), until=clock.now())
    assert find(api, other, child)["status"] == "success"
    cloud.clock.advance(timedelta(seconds=31))
    assert served.tick("overdue_executions") == {"overdue": 1, "sent": 1}
    reach(api, id, run, "success")


def test_a_wake_up_that_got_lost(served: Served, cloud: LocalCloud) -> None:
    message = seed.execution(seed.automation({"action": "delay", "config": {"seconds": 60}}, NOTIFY))
    runner.run(message, until=clock.now() + timedelta(seconds=60))
    transport = CloudTasksGrpcTransport(channel=grpc.insecure_channel(cloud.tasks.host))
    name = wake_name(seed.stored(message))
    queue = f"projects/{served.project}/locations/us-central1/queues/{WAKE_QUEUE}"
    CloudTasksClient(transport=transport).delete_task(name=f"{queue}/tasks/{name}")
    cloud.clock.advance(timedelta(seconds=95))
    assert served.tick("overdue_executions")["sent"] == 1
    eventually(lambda: seed.stored(message).status == "success")


def test_two_sweeps_send_once(served: Served, cloud: LocalCloud) -> None:
    seed.execution(seed.automation({"action": "delay", "config": {"seconds": 9999}}))
    cloud.clock.advance(timedelta(seconds=61))
    first, second = served.tick("overdue_executions"), served.tick("overdue_executions")
    assert (first["sent"], second["sent"]) == (1, 0)


def test_one_that_is_told_something_after_its_end_is_left_alone(api: Api, served: Served, cloud: LocalCloud) -> None:
    """The child's end is told to a parent that has ended before."""
    other = api.automation("manual", {"action": "delay", "config": {"seconds": 9999}})
    id, run = start(api, {"action": "run_automation", "config": {"automation_id": other}})
    child = reach(api, id, run, "waiting")["results"]["run_automation"]["output"]["execution_id"]
    api.post(f"/api/automations/{id}/executions/{run}/cancel")
    reach(api, other, child, "cancelled")
    told = run_store.executions.get(api.uid, run)
    assert (told.status, bool(told.due_at)) == ("cancelled", True)
    cloud.clock.advance(timedelta(seconds=31))
    assert served.tick("overdue_executions") == {"overdue": 1, "sent": 0}
    assert served.tick("overdue_executions") == {"overdue": 0, "sent": 0}
    assert run_store.executions.get(api.uid, run).due_at is None


def test_a_message_about_nothing_is_served(served: Served) -> None:
    headers = {"x-caller-secret": served.secret}
    body = {"uid": "nobody", "execution_id": "none", "automation_id": "none"}
    assert plain.post(f"{served.internal}/wake_execution/", json=body, headers=headers).status_code == 200


@pytest.mark.parametrize("body", [b"", b"{}", b'{"message":{}}', b'{"message":{"data":"???"}}'])
def test_a_poisoned_push_is_refused_for_good(served: Served, body: bytes) -> None:
    answer = plain.post(f"{served.internal}/run_execution/?secret={served.secret}", content=body)
    assert answer.status_code == 200
    assert "refused" in answer.json()
