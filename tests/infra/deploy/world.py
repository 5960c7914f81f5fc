"""Google Cloud as a stand-in of gcloud and Terraform has it, and new revisions that answer over HTTP."""

import json
import os
import socket
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from infra.deploy import indexes, preflight
from infra.deploy.commands import Site
from infra.deploy.deploy import deploy
from infra.deploy.execute import Terminal
from infra.deploy.rollback import roll_back
from infra.local.process import LocalError
from tests.infra.deploy import recorded, stand_in

NAMES = ("health", "prospects", "hooks", "run-execution", "ended-executions")
EVENTS = ("prospect-written", "template-written", "another-applications")  # functions that have triggers
HTTP = ("health", "prospects", "hooks")
LOCK, LAST = "gs://state/deploy/lock.json", "gs://state/deploy/last.json"
PROBLEM = '{"type":"urn:problem:x"}'


class World:
    """Google Cloud as the stand-in has it: its state, and new revisions that answer over HTTP."""

    def __init__(self, file: Path, url: str) -> None:
        self.file, self.url = file, url
        self.site = Site("shop-1", "", "state", resource_manager=url, firestore=url)
        self.answers: dict[str, tuple[int, str]] = {}  # of single revisions
        index = {"queryScope": "COLLECTION", "state": "READY"}
        fields = [
            {
                **index,
                "name": f"p/d/(default)/collectionGroups/{group}/indexes/i",
                "queryScope": scope,
                "fields": _fields(of),
            }
            for group, scope, of in indexes.declared()
        ]
        self.write(
            services={name: _first(f"{name}-00001") for name in NAMES},
            deploys=list(NAMES), functions=[_triggered(name) for name in EVENTS],
            indexes=fields, index_state="READY", polls=0, polls_until_ready=0,
            objects={}, generations={}, jobs={"ended-executions": {}}, plan=recorded.content("plan"),
            faults={}, log=[], unstarted=[],
            bad_revisions=[], apply_seconds=0, exempted=[], url=url,
            eventarc=dict.fromkeys([f"{name}-1" for name in EVENTS], ""),
        )  # fmt: skip

    def write(self, **changes: Any) -> None:
        state = self.state if self.file.exists() else {}
        self.file.write_text(json.dumps({**state, **changes}))

    @property
    def state(self) -> dict[str, Any]:
        with stand_in.opened(self.file) as state:
            return state

    def exempt(self, collection: str) -> None:
        with stand_in.opened(self.file) as state:
            state["exempted"].append(collection)

    def lock(self, holder: str) -> None:
        """Another deployment has the lock, whoever had it before."""
        with stand_in.opened(self.file) as state:
            state["objects"][LOCK] = json.dumps({"holder": holder, "since": "2026-11-30T04:00:00Z"})
            state["generations"][LOCK] = "7000"

    @property
    def serving(self) -> dict[str, str]:
        """The number of the revision that serves each function."""
        return {name: (s["traffic"] or s["ready"])[-1] for name, s in self.state["services"].items()}

    def deploy(self) -> None:
        terminal = Terminal(agreed=True, pause=lambda _: None)
        deploy(self.site, terminal, lambda: dict.fromkeys(NAMES, "x.zip"))

    def refused(self) -> str:
        with pytest.raises(LocalError) as caught:
            self.deploy()
        assert LOCK not in self.state["objects"]
        return str(caught.value)

    def rollback(self) -> None:
        roll_back(self.site, Terminal(agreed=True))


def _first(revision: str) -> dict[str, Any]:
    return {"revisions": [revision], "ready": revision, "traffic": None, "tag": None}


def _triggered(name: str) -> dict[str, Any]:
    trigger = {"trigger": f"projects/shop-1/locations/nam5/triggers/{name}-1"}
    return {"name": f"projects/shop-1/locations/europe-west1/functions/{name}", "eventTrigger": trigger}


def _fields(fields: tuple[str, ...]) -> list[dict[str, str]]:
    pairs = (field.split(":") for field in fields)
    return [{"fieldPath": path, "arrayConfig" if order == "CONTAINS" else "order": order} for path, order in pairs]


def _revisions(made: World) -> type[BaseHTTPRequestHandler]:
    """The handler of requests to new revisions and to Google's APIs."""

    class Revisions(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _, name, revision, *_ = self.path.split("/")
            good = {"health": (200, "{}"), "prospects": (401, PROBLEM), "hooks": (404, PROBLEM)}[name]
            self._answer(*made.answers.get(revision, good))

        def do_POST(self) -> None:  # testIamPermissions
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(200, json.dumps({"permissions": list(preflight.PERMISSIONS)}))

        def do_PATCH(self) -> None:  # of a collection's fields
            wanted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            assert wanted == {"indexConfig": {"indexes": []}}
            collection = self.path.partition("/collectionGroups/")[2].partition("/fields/*?")[0]
            made.exempt(collection)
            self._answer(*made.answers.get(collection, (200, "{}")))

        def _answer(self, status: int, body: str) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Keep quiet."""

    return Revisions


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("gcloud", "terraform"):
        (programs / name).write_text(f"#!{sys.executable} -SE\n{Path(stand_in.__file__).read_text()}")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv(stand_in.STATE, str(tmp_path / "state.json"))

    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    made = World(tmp_path / "state.json", f"http://127.0.0.1:{port}")
    server = ThreadingHTTPServer(("127.0.0.1", port), _revisions(made))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()
