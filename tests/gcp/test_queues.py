"""A queue that does not take what it is sent: for the moment, or because the deployment lacks it."""

import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
import pytest

from shared import settings
from shared.errors import Misconfigured, Unavailable
from shared.gcp import pubsub, tasks
from shared.kit import clock
from shared.kit.ids import new_id
from shared.settings import Settings


@contextmanager
def _refusing(code: grpc.StatusCode, words: str) -> Iterator[None]:
    """Pub/Sub and Cloud Tasks, which refuse whatever they are asked."""

    def refuse(request: Any, context: Any) -> bytes:
        context.abort(code, words)
        return b""

    method = grpc.unary_unary_rpc_method_handler(refuse)
    services = [
        grpc.method_handlers_generic_handler("google.pubsub.v1.Publisher", {"Publish": method}),
        grpc.method_handlers_generic_handler("google.cloud.tasks.v2.CloudTasks", {"CreateTask": method}),
    ]
    server = grpc.server(ThreadPoolExecutor(max_workers=2), handlers=services)
    host = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    update = {"pubsub_emulator_host": host, "cloud_tasks_emulator_host": host}
    replaced = settings.use(settings.current().model_copy(update=update))
    yield
    settings.use(replaced)
    server.stop(grace=None).wait()


def _publish() -> None:
    pubsub.publish("automation-steps", [("key", {"n": 1})])


def _enqueue() -> None:
    tasks.create("wake-execution", name=new_id(), function="wake_execution", body={}, at=clock.now())


@pytest.mark.parametrize("send", [_publish, _enqueue])
@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (grpc.StatusCode.NOT_FOUND, Misconfigured),
        (grpc.StatusCode.PERMISSION_DENIED, Misconfigured),
        (grpc.StatusCode.UNAUTHENTICATED, Misconfigured),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, Unavailable),
        (grpc.StatusCode.INTERNAL, Unavailable),
    ],
)
def test_what_a_person_has_to_mend_is_told_from_what_passes(
    send: Any, code: grpc.StatusCode, kind: type[Unavailable], local_settings: Settings, caplog: Any
) -> None:
    with (
        _refusing(code, "Resource not found (resource=x)."),
        caplog.at_level(logging.ERROR),
        pytest.raises(kind) as refused,
    ):
        send()
    assert type(refused.value) is kind
    assert "resource=x" not in refused.value.detail
    logged = json.dumps([vars(record) for record in caplog.records], default=str)
    assert ("Resource not found" in logged) is (kind is Misconfigured)
