"""While a call to the outside is under way, whatever else comes leaves it to its runner: its outcome is not lost."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from shared.automations.engine import runner
from shared.automations.runs import store as run_store
from shared.automations.runs.models import Intent
from shared.automations.runs.queue import RunMessage
from shared.gcp import firestore, writes
from shared.kit import clock, failpoint
from tests.automations import seed
from tests.automations.played import find, notify, reach, start, stored, titles
from tests.fixtures.api import Api
from tests.fixtures.served import Served
from tests.fixtures.waiting import eventually
from tests.providers.fake import Provider, Reply


@pytest.fixture
def slow() -> Iterator[Provider]:
    with Provider(lambda n: Reply(seconds=1.0)) as provider:
        yield provider


def _called(api: Api, receiver: Provider) -> tuple[str, str]:
    """A run whose call has just arrived, and is not answered yet."""
    call = {"id": "call", "action": "call_webhook", "config": {"url": receiver.url}}
    run = start(api, call, notify("after"))
    eventually(lambda: receiver.requests)
    return run


def _again(api: Api, id: str, run: str) -> None:
    message = RunMessage(uid=api.uid, execution_id=run, automation_id=id)
    assert runner.run(message, until=clock.now() + timedelta(seconds=60)) == "parked"


def _cancel(api: Api, id: str, run: str) -> None:
    api.post(f"/api/automations/{id}/executions/{run}/cancel")


def _pause(api: Api, id: str, run: str) -> None:
    api.post(f"/api/automations/{id}/executions/{run}/pause")


def _kill(api: Api, id: str, run: str) -> None:
    api.post("/api/automations/kill-switch", {"on": True})


def _switch_off(api: Api, id: str, run: str) -> None:
    api.post(f"/api/automations/{id}/deactivate")


@pytest.mark.parametrize(
    ("meanwhile", "status"),
    [(_again, "success"), (_cancel, "cancelled"), (_pause, "waiting"), (_kill, "waiting"), (_switch_off, "cancelled")],
)
def test_its_outcome_is_recorded(
    api: Api, slow: Provider, meanwhile: Callable[[Api, str, str], None], status: str
) -> None:
    id, run = _called(api, slow)
    meanwhile(api, id, run)
    ended = reach(api, id, run, status)
    assert (ended["results"]["call"]["status"], stored(api, run).intent) == ("success", None)
    assert len(slow.requests) == 1
    assert titles(api) == (["after"] if status == "success" else [])


def test_a_dead_runners_call_is_looked_into_once_its_time_is_over(served: Served, cloud: LocalCloud) -> None:
    with Provider(lambda n: Reply()) as receiver:
        message = seed.execution(seed.automation({"action": "call_webhook", "config": {"url": receiver.url}}))
        failpoint.arm(3)  # after the claim's commit, the call takes place, and its record is never made
        with pytest.raises(failpoint.Crash):
            runner.run(message, until=clock.now() + timedelta(seconds=60))
        assert runner.run(message, until=clock.now() + timedelta(seconds=60)) == "parked"
        cloud.clock.advance(timedelta(seconds=160))
        assert served.tick("overdue_executions") == {"overdue": 1, "sent": 1}
        eventually(lambda: _waiting_kind(message) == "review")
        assert len(receiver.requests) == 1


def _waiting_kind(message: RunMessage) -> Any:
    waiting = seed.stored(message).waiting
    return waiting and waiting.kind


def test_a_person_may_answer_for_it_later(api: Api, cloud: LocalCloud) -> None:
    """Cancelled while nobody knows: taken up again, it is still not repeated."""
    with Provider(lambda n: Reply(500)) as receiver:
        id, run = _called(api, receiver)
        assert reach(api, id, run, "waiting")["waiting_for"]["kind"] == "review"
        _cancel(api, id, run)
        reach(api, id, run, "cancelled")
        api.post(f"/api/automations/{id}/executions/{run}/retry")
        assert reach(api, id, run, "waiting")["waiting_for"]["kind"] == "review"
        api.post(f"/api/automations/{id}/executions/{run}/resume", {"outcome": "sent"})
        reach(api, id, run, "success")
        assert (len(receiver.requests), find(api, id, run)["results"]["call"]["status"]) == (1, "success")


def test_an_answer_is_about_one_attempt(api: Api, cloud: LocalCloud) -> None:
    """Said twice that it never left, of which the second comes late: the next attempt in doubt is asked about anew."""
    with Provider(lambda n: Reply(500)) as receiver:
        id, run = _called(api, receiver)
        reach(api, id, run, "waiting")
        first = stored(api, run).intent
        assert first
        api.post(f"/api/automations/{id}/executions/{run}/resume", {"outcome": "not_sent"})
        eventually(lambda: len(receiver.requests) == 2)
        second = eventually(lambda: _asked_again(api, id, run, first))
        late = {"outcome": "not_sent", "by": "ann", "claim": first.until}
        path = run_store.executions.path(api.uid, run)
        firestore.client().commit([writes.update(path, {"signals.call": late})])
        message = RunMessage(uid=api.uid, execution_id=run, automation_id=id)
        runner.run(message, until=clock.now() + timedelta(seconds=60))
        assert (find(api, id, run)["waiting_for"], len(receiver.requests)) == (second["waiting_for"], 2)
        api.post(f"/api/automations/{id}/executions/{run}/resume", {"outcome": "sent"})
        reach(api, id, run, "success")


def _asked_again(api: Api, id: str, run: str, first: Intent) -> dict[str, Any]:
    found, intent = find(api, id, run), stored(api, run).intent
    return found if found["status"] == "waiting" and intent and intent.until != first.until else {}
