"""The Cloud Tasks stand-in, through Google's own client."""

from datetime import timedelta

import grpc
import pytest
from google.api_core.exceptions import AlreadyExists, InvalidArgument, NotFound
from google.cloud.tasks_v2 import CloudTasksClient, HttpRequest, Task
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

from infra.local.cloud import LocalCloud
from shared.automations.runs.queue import RunMessage
from shared.kit import clock
from tests.automations import seed
from tests.fixtures.served import Served
from tests.fixtures.waiting import eventually

QUEUE = "projects/p/locations/us-central1/queues/q"


@pytest.fixture
def tasks(cloud: LocalCloud) -> CloudTasksClient:
    return CloudTasksClient(transport=CloudTasksGrpcTransport(channel=grpc.insecure_channel(cloud.tasks.host)))


def _wake(served: Served, execution: RunMessage) -> HttpRequest:
    headers = {"x-caller-secret": served.secret, "Content-Type": "application/json"}
    url = f"{served.internal}/wake_execution/"
    return HttpRequest(url=url, headers=headers, body=execution.model_dump_json().encode())


def test_a_name_is_taken_once(tasks: CloudTasksClient, served: Served) -> None:
    execution = seed.execution(seed.automation({"action": "send_notification"}))
    task = Task(name=f"{QUEUE}/tasks/once-{served.project}", http_request=_wake(served, execution))
    tasks.create_task(parent=QUEUE, task=task)
    with pytest.raises(AlreadyExists):
        tasks.create_task(parent=QUEUE, task=task)
    eventually(lambda: seed.stored(execution).status == "success")
    with pytest.raises(AlreadyExists):
        tasks.create_task(parent=QUEUE, task=task)


def test_a_deleted_task_is_not_run(tasks: CloudTasksClient, served: Served, cloud: LocalCloud) -> None:
    execution = seed.execution(seed.automation({"action": "send_notification"}))
    at = clock.now() + timedelta(hours=1)
    made = tasks.create_task(parent=QUEUE, task=Task(http_request=_wake(served, execution), schedule_time=at))
    tasks.delete_task(name=made.name)
    with pytest.raises(NotFound):
        tasks.delete_task(name=f"{QUEUE}/tasks/unknown")
    cloud.clock.advance(timedelta(hours=2))
    eventually(lambda: cloud.courier.idle(served.url))
    assert seed.stored(execution).status == "pending"


def test_a_task_for_more_than_thirty_days_ahead_is_refused(tasks: CloudTasksClient) -> None:
    at = clock.now() + timedelta(days=31)
    request = HttpRequest(url="http://127.0.0.1:1/")
    with pytest.raises(InvalidArgument):
        tasks.create_task(parent=QUEUE, task=Task(http_request=request, schedule_time=at))
