"""A run that waits is left in peace: nothing that is said meanwhile makes the sweeper take it for dead."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from tests.automations.played import find, notify, reach, start, stored, titles
from tests.fixtures.api import Api
from tests.fixtures.served import Served
from tests.fixtures.waiting import eventually

DAY = {"action": "delay", "config": {"seconds": 86_400}}
ASK = {"id": "ask", "action": "approval", "config": {"message": "m", "required": 2, "approvers": ["ann", "bob"]}}
AWAIT = {"id": "reply", "action": "wait_for_event", "config": {"event": "vault_item_added", "match": "true"}}


def _held_and_let_go(api: Api, path: str) -> None:
    api.post(f"{path}/pause")
    api.post(f"{path}/resume")


def _held(api: Api, path: str) -> None:
    api.post(f"{path}/pause")


def _half_approved(api: Api, path: str) -> None:
    api.post(f"{path}/approve", {"approver": "ann"})


def _told_of_an_event_too_early(api: Api, path: str) -> None:
    api.post("/api/vault", {"title": "T", "summary": "s", "category": "c"})
    eventually(lambda: stored(api, path.rpartition("/")[2]).signals)


@pytest.mark.parametrize(
    ("steps", "meanwhile"),
    [
        ([DAY], _held_and_let_go),
        ([DAY], _held),
        ([ASK], _half_approved),
        ([DAY, AWAIT], _told_of_an_event_too_early),
    ],
)
def test_it_is_not_swept(
    api: Api,
    served: Served,
    cloud: LocalCloud,
    steps: list[dict[str, Any]],
    meanwhile: Callable[[Api, str], None],
) -> None:
    id, run = start(api, *steps, notify("after"))
    reach(api, id, run, "waiting")
    before = stored(api, run)
    path = f"/api/automations/{id}/executions/{run}"
    meanwhile(api, path)
    due = None if stored(api, run).paused else before.due_at
    eventually(lambda: stored(api, run).due_at == due)
    for _ in range(3):
        cloud.clock.advance(timedelta(minutes=10))
        assert served.tick("overdue_executions") == {"overdue": 0, "sent": 0}
    assert (find(api, id, run)["status"], titles(api).count("after")) == ("waiting", 0)


def test_a_long_pause_is_no_death(api: Api, served: Served, cloud: LocalCloud) -> None:
    id, run = start(api, DAY, notify("after"))
    reach(api, id, run, "waiting")
    api.post(f"/api/automations/{id}/executions/{run}/pause")
    for _ in range(15):
        cloud.clock.advance(timedelta(hours=2))
        served.tick("overdue_executions")
    api.post(f"/api/automations/{id}/executions/{run}/resume")
    assert reach(api, id, run, "success", "failed")["error"] is None
