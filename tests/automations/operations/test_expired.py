"""Step records and payloads never outlive their execution: a deletion that dies anywhere is resumed, and an execution
that expires is not taken up again meanwhile."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from shared.automations.operations import retention
from shared.automations.runs import spills
from shared.automations.runs import store as run_store
from shared.automations.runs.create import build_execution
from shared.automations.runs.models import Execution, TriggerEvent
from shared.automations.runs.requeue import to_requeue
from shared.errors import Conflict
from shared.gcp import firestore, writes
from shared.gcp.queries import Query
from shared.gcp.writes import Write
from shared.kit import failpoint
from shared.kit.clock import VirtualClock
from shared.settings import Settings
from tests.automations.scenario import standing_clock

USERS = [f"expired-{n}" for n in range(2 * retention.BATCH + 3)]  # a run each, of three batches
BELOW = 3


@pytest.fixture(autouse=True)
def time(local_settings: Settings) -> Iterator[VirtualClock]:
    with standing_clock() as standing:
        yield standing


def _run(uid: str) -> Execution:
    run = build_execution(uid, "a", "A", 1, TriggerEvent(id=f"e-{uid}", trigger="manual"))
    run.close("failed", "It failed.")
    return run


def _with_records(run: Execution) -> list[Write]:
    records = [writes.create(run_store.step_path(run, n, "s"), {"execution_id": run.id}) for n in range(BELOW - 1)]
    return [run_store.executions.to_create(run), *records, *spills.to_keep(run, "s", {"text": "long"})]


def _stored(collection: str) -> list[str]:
    rows = firestore.client().query(Query(collection, group=True, fields=("__name__",)))
    return [row.path for row in rows if row.path.startswith("users/expired-")]


def _orphans() -> list[str]:
    runs = set(_stored("executions"))
    return [row for name in ("steps", "payloads") for row in _stored(name) if row.rsplit("/", 2)[0] not in runs]


def test_a_deletion_that_dies_at_any_write_leaves_no_orphan_and_is_resumed(time: VirtualClock) -> None:
    for boundary in range(1, 20):
        planted = [write for uid in USERS for write in _with_records(_run(uid))]
        assert not any(firestore.client().batch_write(planted))
        time.advance(timedelta(days=90, hours=2))
        failpoint.arm(boundary)
        try:
            retention.sweep()
            died = False
        except failpoint.Crash:
            died = True
        failpoint.arm(None)
        assert _orphans() == []
        runs = len(_stored("executions"))
        assert retention.sweep()["runs"] == runs
        assert _stored("steps") + _stored("payloads") + _stored("executions") == []
        if not died:
            assert boundary > 2 * 3  # two writes for each batch
            return
    pytest.fail("It dies at every boundary.")


def test_an_expired_run_does_not_go_on(time: VirtualClock) -> None:
    run = _run("expired-late")
    time.advance(timedelta(days=90) - timedelta(seconds=1))
    assert to_requeue(run).fields["expire_at"] is None
    time.advance(timedelta(seconds=1))
    with pytest.raises(Conflict, match="has expired"):
        to_requeue(run)


def test_what_was_requeued_at_the_last_moment_is_kept_whole(time: VirtualClock) -> None:
    run = _run("expired-kept")
    firestore.client().commit(_with_records(run))
    time.advance(timedelta(days=90) - timedelta(seconds=1))
    requeued = to_requeue(run_store.executions.get(run.user_id, run.id))
    time.advance(timedelta(minutes=30))
    assert retention.sweep()["records"] == 0
    firestore.client().commit([requeued])
    time.advance(timedelta(days=1))
    assert retention.sweep()["records"] == 0
    assert len(_stored("steps") + _stored("payloads")) == BELOW
