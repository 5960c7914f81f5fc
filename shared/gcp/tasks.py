"""Creates Cloud Tasks: an HTTP call to a function at a given time, at most one for each name."""

import json
import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import grpc

from shared import settings, tracing
from shared.gcp import attempts, emulated_tasks
from shared.kit import failpoint

settings.require("it enqueues tasks", "location", "functions_url", "tasks_service_account")


class _Tasks:
    """The library's client and types; created on first use, since the import is slow."""

    def __init__(self, emulator: str | None) -> None:
        from google.cloud.tasks_v2 import CloudTasksClient, types
        from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

        self.types = types
        self.client = (
            CloudTasksClient(transport=CloudTasksGrpcTransport(channel=grpc.insecure_channel(emulator)))
            if emulator
            else CloudTasksClient()
        )


_lock = threading.Lock()
_clients: dict[str | None, _Tasks] = {}


def create(queue: str, *, name: str, function: str, body: dict[str, Any], at: datetime) -> None:
    """Enqueue a call of `function` with `body` at the given time; does nothing if the name is taken.

    `name` is a hash: sequential names slow the queue's deduplication down. Raises Unavailable.
    """
    create_raw(queue, name=name, function=function, body=json.dumps(body, separators=(",", ":")).encode(), at=at)


def create_raw(
    queue: str, *, name: str, function: str, body: bytes, at: datetime, headers: Mapping[str, str] | None = None
) -> None:
    """Like `create`, with a body as it is and further headers."""
    from google.api_core.exceptions import AlreadyExists, GoogleAPICallError

    config = settings.current()
    parent = f"projects/{config.project}/locations/{config.location}/queues/{queue}"
    if config.functions_emulator and config.cloud_tasks_emulator_host:
        host, seconds = config.cloud_tasks_emulator_host, config.rpc_seconds
        emulated_tasks.create(host, parent, name=name, body=body, headers=headers or {}, seconds=seconds)
        return
    tasks = _tasks()
    request = tasks.types.HttpRequest(
        url=config.function_url(function),
        http_method=tasks.types.HttpMethod.POST,
        headers={"content-type": "application/json", **(headers or {})},
        body=body,
    )
    if config.tasks_service_account:
        request.oidc_token = tasks.types.OidcToken(
            service_account_email=config.tasks_service_account, audience=request.url
        )
    elif config.local_caller_secret:
        request.headers["x-caller-secret"] = config.local_caller_secret
    if place := tracing.place():
        request.headers["traceparent"] = str(place)
    task = tasks.types.Task(name=f"{parent}/tasks/{name}", http_request=request, schedule_time=at)
    failpoint.hit()
    try:
        tasks.client.create_task(parent=parent, task=task, timeout=config.rpc_seconds)
    except AlreadyExists:
        return
    except GoogleAPICallError as error:
        status = error.grpc_status_code.value[0] if error.grpc_status_code else 0
        raise attempts.logged(attempts.unanswered("task queue", status, error.message)) from error
    failpoint.hit()


def reach(queue: str, seconds: float) -> None:
    """Look the queue up within `seconds`. Raises Misconfigured where it is missing, Unavailable without an answer."""
    from google.api_core.exceptions import GoogleAPICallError

    config = settings.current()
    name = f"projects/{config.project}/locations/{config.location}/queues/{queue}"
    try:
        _tasks().client.get_queue(name=name, timeout=seconds, retry=None)
    except GoogleAPICallError as error:
        attempts.check_reached("task queue", error.grpc_status_code, error.message)


def _tasks() -> _Tasks:
    emulator = settings.current().cloud_tasks_emulator_host
    with _lock:
        if emulator not in _clients:
            _clients[emulator] = _Tasks(emulator)
        return _clients[emulator]
