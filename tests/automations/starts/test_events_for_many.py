"""An event reaches every run that waits for it, and each takes it once, however often it is delivered."""

from datetime import timedelta
from typing import Any

from shared.automations.authoring import service
from shared.automations.engine import runner
from shared.automations.runs import store as run_store
from shared.automations.runs.queue import RunMessage
from shared.automations.starts import document_events
from shared.gcp import firestore
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.ids import new_id
from shared.store.changes import Change
from tests.automations import seed
from tests.fixtures.served import Served

WAIT = {"id": "wait", "action": "wait_for_event", "config": {"event": "prospect_status_changed", "match": "true"}}


def _change() -> Change:
    before: dict[str, Any] = {"name": "Ann", "status": "new"}
    return Change(new_id(), seed.UID, "prospects", "p1", before, {**before, "status": "replied"}, clock.now())


def _begun(*steps: dict[str, Any]) -> RunMessage:
    message = seed.execution(seed.automation(*steps))
    runner.run(message, until=clock.now() + timedelta(seconds=60))
    return message


def _told(message: RunMessage) -> dict[str, Any]:
    return seed.stored(message).signals


def test_more_runs_than_a_query_answers(served: Served) -> None:
    message = _begun({"action": "delay", "config": {"seconds": 9999}}, WAIT)
    fields = seed.stored(message).stored()
    ids = [f"copy-{number:04d}" for number in range(650)]
    firestore.client().batch_write([Write(run_store.executions.path(seed.UID, id), fields) for id in ids])
    document_events.take(_change())
    told = run_store.executions.get_many(seed.UID, ids)
    assert [id for id in ids if not told[id].signals] == []


def test_very_many_events_do_not_fill_a_run(served: Served) -> None:
    message = _begun({"action": "delay", "config": {"seconds": 9999}}, WAIT)
    for _ in range(25):
        document_events.take(_change())
    assert len(_told(message)["wait"]) == 20


def test_an_event_delivered_again_is_no_second_event(served: Served) -> None:
    message = _begun({"id": "each", "action": "for_each", "config": {"items": [1, 2, 3], "steps": [WAIT]}})
    first, second, third = _change(), _change(), _change()
    until = clock.now() + timedelta(seconds=60)
    for change in (first, first, second, second):
        document_events.take(change)
        runner.run(message, until=until)
    run = seed.stored(message)
    assert (run.status, run.waiting and run.waiting.key) == ("waiting", "wait[2]")
    document_events.take(third)
    runner.run(message, until=until)
    assert seed.stored(message).status == "success"
    service.delete(seed.UID, message.automation_id, None)
