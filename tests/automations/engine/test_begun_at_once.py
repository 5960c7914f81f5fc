"""The light steps at the beginning of a run are done in the commit that starts it, wherever that is safe."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared import context
from shared.automations.authoring import limits, service
from shared.automations.authoring.validation import AutomationInput, StepInput
from shared.automations.definitions import store as definition_store
from shared.automations.definitions.restrictions import Limits, Rate
from shared.automations.engine import runner
from shared.automations.operations import control
from shared.automations.runs import store as run_store
from shared.automations.runs.models import Execution
from shared.automations.runs.queue import message
from shared.automations.starts import document_events
from shared.context import Context
from shared.domains import notifications
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import ProspectInput
from shared.gcp import firestore
from shared.gcp.queries import Query
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.ids import new_id
from shared.meter import Cost
from shared.store.changes import Change
from tests.automations.played import notify
from tests.automations.seed import UID
from tests.fixtures.crashes import crashes

pytestmark = pytest.mark.usefixtures("local_settings")

HEAVY = {"action": "analyze_prospect"}
CALL_OFF = {"action": "update_prospect_status", "config": {"status": "not_interested"}}
FEW = Limits(rate=Rate(count=1, seconds=600))


def _active(*steps: dict[str, Any], **more: Any) -> str:
    given = [StepInput.model_validate(step) for step in steps]
    made = service.create(UID, AutomationInput(name="Test", trigger="new_prospect_added", steps=given, **more))
    service.activate(UID, made.id)
    return made.id


def _new_prospect() -> Change:
    made = prospects.create(UID, ProspectInput(name="Ann"))
    return Change(new_id(), UID, "prospects", made.id, None, made.stored(), clock.now())


def _take(change: Change) -> Cost:
    with context.bound(Context(function="prospect_written")) as call:
        document_events.take(change)
    return call.meter.cost


def _runs(automation: str) -> list[Execution]:
    return run_store.executions.select(UID, where=[("automation_id", "==", automation)])


def _run(automation: str) -> Execution:
    (found,) = _runs(automation)
    return found


def _go_on(automation: str) -> Execution:
    runner.run(message(_run(automation)), until=clock.now() + timedelta(seconds=60))
    return _run(automation)


def _titles() -> list[str]:
    return sorted(one.title for one in notifications.repository.select(UID))


def test_a_run_of_light_steps_is_one_read_and_one_commit() -> None:
    id = _active(notify("a"), notify("b"))
    _take(_new_prospect())  # its definition is known from now on
    cost = _take(_new_prospect())
    assert (cost.rpcs, cost.reads, cost.commits) == (2, 1, 1)
    assert [run.status for run in _runs(id)] == ["success", "success"]
    assert _titles() == ["a", "a", "b", "b"]
    assert service.get(UID, id).execution_count == 2


def test_delivered_twice_it_is_done_once() -> None:
    id, change = _active(notify("a")), _new_prospect()
    for _ in range(2):
        _take(change)
        _go_on(id)
    assert (_run(id).status, _titles()) == ("success", ["a"])


def test_what_takes_longer_is_left_to_a_runner() -> None:
    id = _active(notify("a"), HEAVY, notify("z"))
    _take(_new_prospect())
    assert (_run(id).status, _run(id).position, _titles()) == ("running", 1, ["a"])
    assert _go_on(id).status == "success"
    assert _titles() == ["a", "z"]


def test_a_first_step_that_takes_longer_is_not_begun() -> None:
    id = _active(HEAVY, notify("z"))
    _take(_new_prospect())
    assert (_run(id).status, _run(id).runner) == ("pending", None)
    assert _go_on(id).status == "success"


def test_it_may_wait_at_once() -> None:
    id = _active({"action": "delay", "config": {"seconds": 60}}, notify("z"))
    _take(_new_prospect())
    waiting = _run(id)
    assert (waiting.status, waiting.waiting and waiting.waiting.kind) == ("waiting", "time")
    assert [record.status for record in run_store.step_records(UID, waiting.id)] == ["waiting"]


def test_what_its_commit_refuses_starts_in_the_usual_way() -> None:
    """The prospect is deleted while its status is about to be written."""
    id, change = _active(notify("a"), CALL_OFF), _new_prospect()
    prospects.repository.delete(UID, change.id)
    _take(change)
    assert _go_on(id).status == "failed"
    assert _titles()[0] == "a"
    other = _active(notify("b"))
    _take(_new_prospect())
    assert _run(other).status == "success"


def test_one_that_cannot_be_read_any_more_keeps_no_other_from_starting() -> None:
    broken, sound = _active(notify("a")), _active(notify("b"))
    path = f"{definition_store.automations.path(UID, broken)}/definitions/1"
    firestore.client().commit([Write(path, {"steps": [{"id": "a", "action": "gone", "config": {}}]})])
    _take(_new_prospect())
    assert (_run(broken).status, _run(sound).status, _titles()) == ("pending", "success", ["b"])


def _marks() -> list[str]:
    return [row.path for row in firestore.client().query(Query("meters", parent=f"users/{UID}"))]


def test_an_event_of_long_ago_is_begun_at_once_too() -> None:
    """As it is where the system is behind. Delivered again, it is refused as a fresh one is."""
    id, change = _active(notify("a")), replace(_new_prospect(), fresh=False)
    _take(replace(_new_prospect(), fresh=False))  # its definition is known from now on
    cost = _take(change)
    assert (cost.rpcs, cost.reads, cost.commits, len(_marks())) == (3, 1, 2, 2)
    _take(change)
    assert ([run.status for run in _runs(id)], _titles()) == (["success"] * 2, ["a", "a"])


def test_what_an_event_of_long_ago_has_begun_may_have_killed_the_process() -> None:
    """It dies once more at most; then a runner takes it on, whose deaths are counted."""
    id, change = _active(notify("a")), replace(_new_prospect(), fresh=False)
    assert crashes(3, lambda: document_events.take(change))  # before the commit of what it has begun
    assert (_runs(id), len(_marks())) == ([], 1)
    _take(change)
    assert _run(id).status == "pending"
    assert _go_on(id).status == "success"


def test_an_event_of_long_ago_that_begins_nothing_has_no_mark() -> None:
    _active(HEAVY)
    assert _take(replace(_new_prospect(), fresh=False)).commits == 1
    assert _marks() == []


def test_two_that_change_the_same_document_take_turns() -> None:
    ids = [_active(notify(name), CALL_OFF) for name in ("a", "b")]
    _take(_new_prospect())
    assert sorted(_run(id).status for id in ids) == ["pending", "success"]
    assert [_go_on(id).status for id in ids] == ["success", "success"]
    assert _titles() == ["a", "b"]


def test_more_runs_than_a_commit_should_hold() -> None:
    ids = [_active(notify(f"n{number}")) for number in range(7)]
    _take(_new_prospect())
    assert sorted(_run(id).status for id in ids) == ["pending"] * 2 + ["success"] * 5
    assert {_go_on(id).status for id in ids} == {"success"}
    assert len(_titles()) == 7


@pytest.mark.parametrize("bound", [{"limits": FEW}, {"stop_when": ["replied"]}])
def test_one_that_has_to_ask_first_is_not_begun(bound: dict[str, Any]) -> None:
    id = _active(notify("a"), **bound)
    _take(_new_prospect())
    assert _run(id).status == "pending"
    assert _go_on(id).status == "success"
    service.update(UID, id, {"limits": {}, "stop_when": []}, None)
    _take(_new_prospect())
    assert sorted(run.status for run in _runs(id)) == ["success", "success"]


def test_nor_is_any_while_all_have_a_limit_together() -> None:
    id = _active(notify("a"))
    limits.set_of_user(UID, FEW)
    _take(_new_prospect())
    assert _run(id).status == "pending"
    _go_on(id)
    limits.set_of_user(UID, Limits())
    _take(_new_prospect())
    assert [run.status for run in _runs(id)] == ["success", "success"]


def test_a_changed_definition_is_the_one_that_is_begun() -> None:
    id = _active(notify("old"))
    _take(_new_prospect())
    service.update(UID, id, {"steps": [notify("new")]}, None)
    _take(_new_prospect())
    assert (_titles(), sorted(run.definition for run in _runs(id))) == (["new", "old"], [1, 2])


def test_the_kill_switch_is_seen_before_it_is_begun() -> None:
    id = _active(notify("a"))
    control.halt(UID, on=True)
    _take(_new_prospect())
    assert (_runs(id), _titles()) == ([], [])
