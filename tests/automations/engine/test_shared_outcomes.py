"""The light steps after an outside effect share the commit of its outcome, and never cost the outcome itself."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from shared.automations.engine import leases, runner
from shared.automations.runs import store as run_store
from shared.automations.runs.models import Execution
from shared.automations.runs.queue import RunMessage
from shared.context import Context, bound
from shared.domains import notifications
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import ProspectInput
from shared.gcp import firestore, writes
from shared.kit import clock, failpoint
from shared.settings import Settings
from tests.automations import seed
from tests.automations.played import notify
from tests.providers.fake import Provider, Reply

STATUS = {"id": "status", "action": "update_prospect_status", "config": {"status": "contacted"}}


@pytest.fixture
def receiver(local_settings: Settings) -> Iterator[Provider]:
    with Provider(lambda n: Reply()) as provider:
        yield provider


def _call(receiver: Provider, id: str = "call") -> dict[str, Any]:
    return {"id": id, "action": "call_webhook", "config": {"url": receiver.url}}


def _run(message: RunMessage) -> tuple[Execution, int]:
    """The run after one invocation, and the commits of that."""
    with bound(Context()) as call:
        runner.run(message, until=clock.now() + timedelta(seconds=60))
    return seed.stored(message), call.meter.cost.commits


def _titles() -> list[str]:
    return sorted(told.title for told in notifications.repository.select(seed.UID))


@pytest.mark.parametrize(
    ("after", "commits"),
    [
        ([notify("a")], 2),  # the claim; the outcome with what follows, and the end
        ([notify("a"), notify("b"), notify("c")], 2),
        ([notify("a"), "call", notify("b")], 4),
    ],
)
def test_what_follows_a_call_costs_no_commit(receiver: Provider, after: list[Any], commits: int) -> None:
    steps = [_call(receiver, "again") if step == "call" else step for step in after]
    ended, cost = _run(seed.execution(seed.automation(_call(receiver), *steps)))
    assert (ended.status, cost) == ("success", commits)
    assert [record.sequence for record in run_store.step_records(seed.UID, ended.id)] == list(range(1 + len(steps)))


@pytest.mark.parametrize("instruction", ["cancel_requested", "paused"])
def test_who_stops_the_run_during_the_call_stops_what_follows(receiver: Provider, instruction: str) -> None:
    def reply(number: int) -> Reply:
        path = run_store.executions.path(seed.UID, message.execution_id)
        firestore.client().commit([writes.update(path, {instruction: True})])
        return Reply()

    message = seed.execution(seed.automation(_call(receiver), notify("a")))
    receiver.reply = reply
    stopped, _ = _run(message)
    assert (stopped.results["call"].status, stopped.intent, _titles()) == ("success", None, [])
    assert stopped.status == ("cancelled" if instruction == "cancel_requested" else "waiting")


def test_a_refused_write_of_what_follows_leaves_the_outcome(receiver: Provider) -> None:
    person = prospects.create(seed.UID, ProspectInput(name="Ann"))
    message = seed.execution(seed.automation(_call(receiver), notify("a"), STATUS), prospect_id=person.id)
    prospects.repository.delete(seed.UID, person.id)
    ended, _ = _run(message)
    assert (ended.status, ended.failed_step, ended.results["call"].status) == ("failed", "status", "success")
    assert (len(receiver.requests), _titles()) == (1, ["a"])


def test_a_lease_that_may_not_outlast_what_follows_has_the_outcome_alone(receiver: Provider, cloud: LocalCloud) -> None:
    def reply(number: int) -> Reply:
        cloud.clock.advance(leases.CLAIM_LEASE - timedelta(seconds=20))
        return Reply()

    receiver.reply = reply
    recorded, cost = _run(seed.execution(seed.automation(_call(receiver), notify("a"))))
    assert (recorded.position, recorded.results["call"].status, recorded.intent, cost) == (1, "success", None, 2)


def test_a_crash_anywhere_neither_repeats_nor_loses_the_call(receiver: Provider, cloud: LocalCloud) -> None:
    boundary = 0
    while True:
        boundary += 1
        before = len(receiver.requests)
        message = seed.execution(seed.automation(_call(receiver), notify(f"a{boundary}"), notify(f"b{boundary}")))
        failpoint.arm(boundary)
        for _ in range(4):
            try:
                runner.run(message, until=clock.now() + timedelta(seconds=60))
            except failpoint.Crash:
                cloud.clock.advance(timedelta(minutes=4))
        passed_all = failpoint.armed()
        failpoint.arm(None)
        found = seed.stored(message)
        assert len(receiver.requests) == before + (0 if boundary == 2 else 1)
        expected = "waiting" if boundary in (2, 3) else "success"
        assert (found.status, found.waiting and found.waiting.kind) == (
            expected,
            "review" if expected == "waiting" else None,
        )
        told = [title for title in _titles() if title.endswith(str(boundary))]
        assert len(told) == (2 if expected == "success" else 0)
        if passed_all:
            break
    assert boundary > 4
