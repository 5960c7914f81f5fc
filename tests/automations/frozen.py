"""Runs frozen in the middle of their way, as Firestore holds them: later versions must still finish each.

`python -m tests.automations.frozen` plays what has no file in `histories/` yet and writes it; what is there is
never written again, as it is the format of its time.
"""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from infra.local import plain
from infra.local.cloud import LocalCloud
from shared import context, settings
from shared.automations.builtins import research as research_runs
from shared.automations.engine import runner
from shared.automations.operations import control
from shared.automations.operations.control import Vote
from shared.automations.runs import queue
from shared.automations.runs import store as run_store
from shared.automations.runs.models import Execution
from shared.automations.runs.queue import STEPS_TOPIC, RunMessage
from shared.context import Context
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import ProspectInput
from shared.domains.research import service as research
from shared.domains.research.models import TaskInput
from shared.domains.vault import service as vault
from shared.domains.vault.models import VaultInput
from shared.gcp import firestore, writes
from shared.kit import clock, failpoint
from tests.automations import seed

FOLDER = Path(__file__).with_name("histories")
Step = dict[str, Any]


def _notify(id: str, title: str, **more: Any) -> Step:
    return {"id": id, "action": "send_notification", "config": {"title": title, "message": "m"}, **more}


def _delay(seconds: int) -> Step:
    return {"id": "pause", "action": "delay", "config": {"seconds": seconds}}


def _each(items: Any, *steps: Step) -> Step:
    return {"id": "each", "action": "for_each", "config": {"items": items, "steps": list(steps)}}


def run_on(message: RunMessage, *, for_seconds: float = 60) -> None:
    runner.run(message, until=clock.now() + timedelta(seconds=for_seconds))


def _begun(*steps: Step, **data: Any) -> RunMessage:
    """A run, as far as it comes by itself."""
    message = seed.execution(seed.automation(*steps), **data)
    run_on(message)
    return message


def _prospect(name: str = "Ann Lee") -> str:
    return prospects.create(seed.UID, ProspectInput(name=name, company="Acme", email="ann@acme.example")).id


def _not_begun() -> None:
    seed.execution(seed.automation(_notify("one", "One"), _notify("two", "Two")))


def _in_a_delay() -> None:
    _begun(_notify("before", "Before"), _delay(3600), _notify("after", "After {{ steps.before.notification_id }}"))


def _in_an_approval_within_a_loop() -> None:
    ask = {"id": "ask", "action": "approval", "config": {"message": "May {{ item }} go?"}}
    message = _begun(_each(["Ann", "Bob", "Cy"], ask, _notify("told", "{{ index }} {{ item }}")), _notify("z", "End"))
    control.vote(seed.UID, message.automation_id, message.execution_id, Vote(comment="fine"), approved=True)
    run_on(message)


def _with_a_pending_intent() -> None:
    call = {"id": "call", "action": "call_webhook", "config": {"url": "http://127.0.0.1:9/"}}
    message = seed.execution(seed.automation(_notify("before", "Before"), call, _notify("after", "After")))
    run_on(message, for_seconds=0)
    failpoint.arm(3)  # the claim is committed, the call made, and its outcome not recorded
    with suppress(failpoint.Crash):
        run_on(message)
    failpoint.arm(None)


def _paused() -> None:
    message = _begun(_delay(600), _notify("after", "After"))
    control.pause(seed.UID, message.automation_id, message.execution_id)
    run_on(message)


def _half_way_through_a_loop() -> None:
    status = {"id": "move", "action": "update_prospect_status", "config": {"status": "{{ item }}"}}
    steps = [_each(["contacted", "replied", "meeting_booked"], status), _notify("z", "End")]
    message = seed.execution(seed.automation(*steps), prospect_id=_prospect())
    for _ in range(2):
        run_on(message, for_seconds=0)


def _with_a_spilled_payload() -> None:
    big = {"id": "big", "action": "set_variables", "config": {"values": {"text": "x" * 9_000, "word": "short"}}}
    _begun(big, _delay(60), _notify("after", "{{ vars.text | length }} {{ vars.word }}"))


def _waiting_to_try_again() -> None:
    retry = {"max_attempts": 2, "initial_seconds": 3600, "jitter": 0}
    call = {"id": "call", "action": "call_webhook", "config": {"url": "http://127.0.0.1:9/", "idempotent": True}}
    _begun({**call, "retry": retry, "on_error": "continue"}, _notify("after", "After"))


def _waiting_for_an_event_that_came_early() -> None:
    wait = {"id": "reply", "action": "wait_for_event", "config": {"event": "outreach_replied"}}
    message = _begun(_delay(3600), wait, _notify("after", "{{ steps.reply.output.event.data.subject }}"))
    signal = {"at": clock.now(), "collection": "outreach", "document_id": "o1", "data": {"subject": "Hello"}}
    path = run_store.executions.path(seed.UID, message.execution_id)
    firestore.client().commit([writes.update(path, {writes.field_path("signals", "reply", "event-1"): signal})])


def _with_another_automation_under_way() -> None:
    other = seed.automation(_delay(3600), _notify("inner", "For {{ input.who }}"))
    config = {"automation_id": other, "input": {"who": "{{ input.name }}"}}
    _begun({"id": "sub", "action": "run_automation", "config": config}, _notify("after", "After"), name="Ann")
    for child in run_store.executions.select(seed.UID, where=[("automation_id", "==", other)]):
        run_on(queue.message(child))


def _after_a_failure_that_takes_its_own_way() -> None:
    failing = {"id": "bad", "action": "analyze_prospect", "on_error": "branch", "on_error_steps": [_delay(60)]}
    choice = {"when": "steps.bad.status == 'failed'", "then": [_notify("yes", "Yes")], "else": [_notify("no", "No")]}
    _begun(failing, {"id": "choice", "action": "branch", "config": choice})


def _research_in_mid_stage() -> None:
    summary = "Schools in the Midwest ask for tutors in mathematics; two of three cannot fill the places they have."
    for title in ("Tutor shortage", "Tutors in mathematics"):
        vault.create(seed.UID, VaultInput(title=title, summary=summary, category="market_trends"))
    data = TaskInput(
        title="Tutors", input_source="tutors in mathematics", source_type="keywords", research_engine="vault",
        priority="high",
    )  # fmt: skip
    task = research.create(seed.UID, data)
    task = research.run(seed.UID, task.id)
    run = research_runs.execution(seed.UID, task.id, task.runs, task.title)
    firestore.client().commit([run_store.executions.to_create(run)])
    for _ in range(3):
        run_on(queue.message(run), for_seconds=0)


SCENES: dict[str, Callable[[], None]] = {
    scene.__name__.strip("_"): scene
    for scene in (
        _not_begun,
        _in_a_delay,
        _in_an_approval_within_a_loop,
        _with_a_pending_intent,
        _paused,
        _half_way_through_a_loop,
        _with_a_spilled_payload,
        _waiting_to_try_again,
        _waiting_for_an_event_that_came_early,
        _with_another_automation_under_way,
        _after_a_failure_that_takes_its_own_way,
        _research_in_mid_stage,
    )
}


class Store:
    """The emulator's documents as the REST API writes them: with the type of each value."""

    def __init__(self, host: str, project: str) -> None:
        self._root = f"projects/{project}/databases/(default)/documents"
        self._url = f"http://{host}/v1/"

    def dump(self, path: str) -> dict[str, Any]:
        """Everything below a document, by path."""
        found = {}
        for document in self._below(path):
            found[document["name"].removeprefix(f"{self._root}/")] = document.get("fields", {})
        return dict(sorted(found.items()))

    def load(self, documents: dict[str, Any]) -> None:
        written = [{"update": {"name": f"{self._root}/{path}", "fields": f}} for path, f in documents.items()]
        self._post(f"{self._root}:commit", {"writes": written})

    def _below(self, path: str) -> Iterator[dict[str, Any]]:
        for collection in self._post(f"{self._root}/{path}:listCollectionIds", {}).get("collectionIds", []):
            query = {"structuredQuery": {"from": [{"collectionId": collection}]}}
            for row in self._post(f"{self._root}/{path}:runQuery", query):
                if document := row.get("document"):
                    yield document
                    yield from self._below(document["name"].removeprefix(f"{self._root}/"))

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        owner = {"Authorization": "Bearer owner"}
        with plain.client(headers=owner, timeout=60) as client:
            answer = client.post(self._url + quote(path, safe="/:()"), json=body)
        answer.raise_for_status()
        return answer.json()


def unfinished() -> list[Execution]:
    return run_store.executions.select(seed.UID, where=[("completed_at", "==", None)])


def freeze(cloud: LocalCloud, name: str) -> None:
    """Play one scene in a project of its own, and write what is stored then."""
    config = settings.Settings.model_validate(
        {
            "project": f"frozen-{name.replace('_', '-')}"[:30],
            "firestore_emulator_host": cloud.emulators.firestore_host,
            "pubsub_emulator_host": cloud.emulators.pubsub_host,
            "cloud_tasks_emulator_host": cloud.tasks.host,
            "local_caller_secret": "frozen",
        }
    )
    settings.use(config)
    topic = f"http://{config.pubsub_emulator_host}/v1/projects/{config.project}/topics/{STEPS_TOPIC}"
    with plain.client() as client:
        client.put(topic, json={}).raise_for_status()
    with context.bound(Context()):
        SCENES[name]()
    documents = Store(cloud.emulators.firestore_host, config.project).dump(f"users/{seed.UID}")
    lines = [json.dumps({path: fields}, ensure_ascii=False) for path, fields in documents.items()]
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.jsonl").write_text("\n".join([json.dumps({"frozen_at": clock.now().isoformat()}), *lines, ""]))


def thawed(name: str) -> tuple[datetime, dict[str, Any]]:
    """When it was frozen, and the documents."""
    first, *rest = map(json.loads, (FOLDER / f"{name}.jsonl").read_text().splitlines())
    return datetime.fromisoformat(first["frozen_at"]), {path: fields for each in rest for path, fields in each.items()}


def main() -> None:
    missing = [name for name in SCENES if not (FOLDER / f"{name}.jsonl").exists()]
    with tempfile.TemporaryDirectory(prefix="frozen-") as folder, LocalCloud(Path(folder)) as cloud:
        for name in missing:
            freeze(cloud, name)


if __name__ == "__main__":
    main()
