"""A stand-in for Cloud Tasks: the part of its v2 gRPC surface that google-cloud-tasks calls.

Create with a schedule time and deduplication by name, delete; delivery with backoff is the courier's. After its last
attempt a task is dropped, as in production; its function keeps it as a dead letter.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta
from typing import Any

import grpc
from google.cloud.tasks_v2.types import cloudtasks, queue, task
from google.protobuf.empty_pb2 import Empty

from functions.manifest import FUNCTIONS
from functions.spec import Queue
from infra.local.courier import Courier, Parcel
from shared.kit.clock import Clock
from shared.kit.ids import new_id

_CreateTaskRequest = cloudtasks.CreateTaskRequest.pb()
_GetQueueRequest = cloudtasks.GetQueueRequest.pb()
_Queue = queue.Queue.pb()
_DeleteTaskRequest = cloudtasks.DeleteTaskRequest.pb()
_Task = task.Task.pb()
_FURTHEST = timedelta(hours=720)
_ATTEMPTS = {spec.trigger.queue: spec.trigger.max_attempts for spec in FUNCTIONS if isinstance(spec.trigger, Queue)}


class TaskQueues:
    """All queues of all projects on one loopback port."""

    def __init__(self, courier: Courier, clock: Clock) -> None:
        self._courier = courier
        self._clock = clock
        self._lock = threading.Lock()
        self._parcels: dict[str, Parcel] = {}
        self._server = grpc.server(ThreadPoolExecutor(max_workers=4, thread_name_prefix="tasks"))
        handlers = {
            "CreateTask": _unary(self._create, _CreateTaskRequest, _Task),
            "GetQueue": _unary(self._find, _GetQueueRequest, _Queue),
            "DeleteTask": _unary(self._delete, _DeleteTaskRequest, Empty),
        }
        service = grpc.method_handlers_generic_handler("google.cloud.tasks.v2.CloudTasks", handlers)
        self._server.add_generic_rpc_handlers((service,))
        self.host = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.stop(grace=None).wait()

    def _create(self, request: Any, context: Any) -> Any:
        made = request.task
        call = made.http_request
        if not call.url:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "the task has no http_request.url")
        name = made.name or f"{request.parent}/tasks/{new_id()}"
        at = made.schedule_time.ToDatetime(UTC) if made.HasField("schedule_time") else self._clock.now()
        if at - self._clock.now() > _FURTHEST:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "Schedule time must be no more than 720h in the future.")
        queue = request.parent.rpartition("/")[2]
        named = {"X-CloudTasks-QueueName": queue, "X-CloudTasks-TaskName": name.rpartition("/")[2]}
        parcel = Parcel(
            name,
            call.url,
            {**call.headers, **named},
            call.body,
            max_attempts=_ATTEMPTS.get(queue),
            counter="X-CloudTasks-TaskRetryCount",
        )
        with self._lock:
            if name in self._parcels:  # a name stays taken after its task is done, as in production
                context.abort(grpc.StatusCode.ALREADY_EXISTS, "Requested entity already exists")
            self._parcels[name] = parcel
        self._courier.send(parcel, at)
        answer = _Task()
        answer.CopyFrom(made)
        answer.name = name
        return answer

    def _find(self, request: Any, context: Any) -> Any:
        """Every queue is there."""
        return _Queue(name=request.name)

    def _delete(self, request: Any, context: Any) -> Any:
        parcel = self._parcels.get(request.name)
        if parcel is None:
            context.abort(grpc.StatusCode.NOT_FOUND, "Requested entity was not found")
        else:
            parcel.cancelled = True
        return Empty()


def _unary(method: Any, request: Any, response: Any) -> Any:
    return grpc.unary_unary_rpc_method_handler(
        method, request_deserializer=request.FromString, response_serializer=response.SerializeToString
    )
