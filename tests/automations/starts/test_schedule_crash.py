"""The process is killed at each write boundary of a sweep: every occurrence still runs, and once."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from infra.local.cloud import LocalCloud
from infra.local.parts import PARTS
from infra.local.stack import Stack
from tests.automations.played import notify
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

BOUNDARIES = 4  # before and after the commit, before and after the publish


@pytest.fixture
def fragile(cloud: LocalCloud, project: str, tmp_path: Path) -> Iterator[Stack]:
    env = {"FAILPOINT_FILE": str(tmp_path / "failpoint")}
    with Stack(cloud, project=project, env=env, run_schedules=False) as stack:
        yield stack
    cloud.clock_file.unlink(missing_ok=True)


@pytest.mark.slow
@pytest.mark.timeout(200)
def test_every_occurrence_runs_once(fragile: Stack, tmp_path: Path) -> None:
    for boundary in range(1, BOUNDARIES + 1):
        with Api(fragile.url, fragile.project, uid=f"user-{boundary}", patient=True) as api:
            _die_at(boundary, fragile, api, tmp_path / "failpoint")


def _die_at(boundary: int, stack: Stack, api: Api, failpoint: Path) -> None:
    config = {"cron": "0 * * * *", "misfire": "catch_up"}
    id = api.automation("schedule", notify("told"), trigger_config=config)
    eventually(lambda: api.get("/api/activity", type="automation")["total"] == 2)
    eventually(stack.idle)
    now = stack.cloud.clock.now()
    stack.advance(now.replace(minute=0, second=10) + timedelta(hours=3) - now)
    failpoint.write_text(str(boundary))
    with suppress(OSError):
        stack.scheduler.run("due_automations")
    eventually(lambda: len(stack.processes) == len(PARTS) + boundary)
    stack.scheduler.run("due_automations")
    stack.advance(timedelta(seconds=61))  # then a start that nobody was told of is sent again
    stack.scheduler.run("overdue_executions")
    eventually(lambda: [run["status"] for run in api.executions(id)] == ["success"] * 3)
    assert api.get(f"/api/automations/{id}")["automation"]["execution_count"] == 3
    api.post(f"/api/automations/{id}/deactivate")
