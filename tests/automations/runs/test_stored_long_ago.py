"""What was stored under earlier rules is read and run: the rules are for what is written now."""

from datetime import timedelta
from typing import Any

import pytest

from shared.automations.authoring import cycles, portable, service
from shared.automations.definitions import store as definition_store
from shared.automations.definitions import subscriptions
from shared.automations.definitions.models import Step
from shared.automations.engine import runner
from shared.automations.operations import control, listing, reruns
from shared.automations.operations.control import Vote
from shared.automations.operations.reruns import ExecutionRetry
from shared.automations.runs import store as run_store
from shared.automations.starts import document_events
from shared.gcp import firestore, writes
from shared.kit import clock
from shared.kit.ids import new_id
from shared.store.changes import Change
from tests.automations import seed
from tests.automations.played import notify
from tests.automations.scenario import standing_clock

pytestmark = pytest.mark.usefixtures("served")
UNTIL = timedelta(seconds=60)


def _rewrite(id: str, **fields: Any) -> None:
    firestore.client().commit([definition_store.automations.to_update(seed.UID, id, fields)])


def _moved() -> Change:
    before: dict[str, Any] = {"name": "Ann", "status": "new"}
    return Change(new_id(), seed.UID, "prospects", "p1", before, {**before, "status": "replied"}, clock.now())


@pytest.mark.parametrize("settings", [{"to": "won"}, {"gone": 1}])
def test_a_triggers_settings_of_long_ago_keep_no_other_from_starting(settings: dict[str, Any]) -> None:
    good, old = (seed.automation(notify("n"), trigger="prospect_status_changed") for _ in range(2))
    for id in (good, old):
        service.activate(seed.UID, id)
    listed = definition_store.automations.get(seed.UID, old).model_copy(update={"trigger_config": settings})
    firestore.client().commit([subscriptions.to_subscribe(listed, eager=False)])
    document_events.take(_moved())
    assert [run.automation_id for run in run_store.executions.select(seed.UID, limit=10)] == [good]


def test_a_status_that_is_gone_can_be_taken_out_and_looked_at() -> None:
    old = seed.automation(notify("n"), trigger="prospect_status_changed")
    service.activate(seed.UID, old)
    _rewrite(old, trigger_config={"to": "won"})
    assert portable.export(seed.UID, old).automation.trigger_config == {"to": "won"}
    moves = {"action": "update_prospect_status", "config": {"status": "replied"}}
    assert cycles.warnings(definition_store.automations.get(seed.UID, seed.automation(moves))) == []


def test_a_run_that_waits_goes_on_though_its_text_has_a_hole() -> None:
    ask = {"id": "ask", "action": "approval", "config": {"message": "m"}}
    id = seed.automation(ask, notify("after"))
    with standing_clock():
        message = seed.execution(id)
        runner.run(message, until=clock.now() + UNTIL)
        automation = definition_store.automations.get(seed.UID, id)
        automation.steps[0] = Step.model_validate({**ask, "config": {"message": "{{ input.company }}"}})
        _rewrite(id, steps=automation.stored()["steps"])
        control.vote(seed.UID, id, message.execution_id, Vote(), approved=True)
        runner.run(message, until=clock.now() + UNTIL)
    assert seed.stored(message).status == "success"


@pytest.mark.parametrize("version", ["pinned", "current"])
def test_a_run_that_failed_behind_its_last_step_ends_when_it_is_taken_up_again(version: Any) -> None:
    message = seed.execution(seed.automation(notify("n")))
    runner.run(message, until=clock.now() + UNTIL)
    run_store.executions.update(seed.UID, message.execution_id, {"status": "failed", "error": "of long ago"})
    reruns.retry(seed.UID, message.automation_id, message.execution_id, ExecutionRetry(version=version))
    runner.run(message, until=clock.now() + UNTIL)
    run = seed.stored(message)
    assert (run.status, run.error, run.sequence) == ("success", None, 1)


@pytest.mark.parametrize(
    "entry", [None, {}, {"name": "Old"}, {"name": None, "definition": 1, "trigger_config": {}}, "text"]
)
def test_an_entry_that_cannot_be_read_keeps_no_other_automation_from_starting(entry: Any) -> None:
    good = seed.automation(notify("n"), trigger="prospect_status_changed")
    service.activate(seed.UID, good)
    odd_reentry = {"name": "Old", "definition": 1, "trigger_config": {}, "reentry": "twice"}
    fields = {"automations.odd": entry, "automations.odd2": odd_reentry, "waits.odd": None, "waits_of.odd": None}
    firestore.client().commit([writes.merge(f"users/{seed.UID}/subscriptions/prospect_status_changed", fields)])
    document_events.take(_moved())
    assert [run.automation_id for run in run_store.executions.select(seed.UID, limit=10)] == [good]


def test_maps_that_are_null_are_empty() -> None:
    path = f"users/{seed.UID}/subscriptions/new_prospect_added"
    maps = dict.fromkeys(["automations", "waits", "waits_of", "webhooks"])
    firestore.client().commit([writes.merge(path, maps)])
    assert subscriptions.find(seed.UID, "new_prospect_added") == subscriptions.Subscription()


@pytest.mark.parametrize("results", [None, {"ask": None}, {"ask": "text"}, {"ask": {"status": 7}}])
def test_a_row_does_without_results_that_cannot_be_read(results: Any) -> None:
    message = seed.execution(seed.automation(notify("n")))
    waiting = {
        "status": "waiting",
        "wake_at": clock.now(),
        "attempts": [{"at": clock.now(), "error": "e"}],
        "results": results,
    }
    run_store.executions.update(seed.UID, message.execution_id, waiting)
    rows = listing.row_page(seed.UID, listing.AllExecutionQuery()).items
    assert [row.id for row in rows] == [message.execution_id]
