"""Tasks in the Firebase CLI's emulator: a server that answers as its source says."""

import json
import threading
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from shared import settings
from shared.errors import Unavailable
from shared.gcp import tasks


class _Emulator(BaseHTTPRequestHandler):
    queues: dict[str, list[Any]] = {}

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["task"]
        queue = self.queues.get(self.path)
        names = [task["name"] for task in queue or ()]
        status = 404 if queue is None else 409 if sent["name"] in names else 200
        if status == 200 and queue is not None:
            queue.append(sent)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""


@pytest.fixture
def queue() -> Iterator[list[Any]]:
    created: list[Any] = []
    _Emulator.queues = {"/projects/demo-x/locations/us-central1/queues/wake-execution/tasks": created}
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Emulator)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = f"127.0.0.1:{server.server_address[1]}"
    given = {"project": "demo-x", "functions_emulator": True, "cloud_tasks_emulator_host": host}
    replaced = settings.use(settings.Settings.model_validate(given))
    yield created
    settings.use(replaced)
    server.shutdown()
    server.server_close()


def _create(queue: str = "wake-execution") -> None:
    at = datetime(2026, 11, 30, tzinfo=UTC)
    tasks.create(queue, name="n1", function="wake_execution", body={"id": "e1"}, at=at)


def test_a_name_is_taken_once_and_the_queue_calls_its_own_function(queue: list[Any]) -> None:
    _create()
    _create()
    (task,) = queue
    assert json.loads(b64decode(task["httpRequest"]["body"])) == {"id": "e1"}
    assert task["httpRequest"]["url"] == ""
    assert task["name"].endswith("/queues/wake-execution/tasks/n1")


def test_a_queue_without_its_function_and_a_dead_emulator_are_unavailable(queue: list[Any]) -> None:
    with pytest.raises(Unavailable, match="is its function loaded"):
        _create("nobody")
    config = settings.current().model_copy(update={"cloud_tasks_emulator_host": "127.0.0.1:1"})
    settings.use(config)
    with pytest.raises(Unavailable, match="did not answer"):
        _create()
