"""The process is killed at each write boundary in turn; the execution completes exactly once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.cloud import LocalCloud
from infra.local.courier import Disorder
from infra.local.stack import Stack
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

STEPS = ("analyze_prospect", "generate_outreach", "send_notification")


@pytest.fixture
def fragile(cloud: LocalCloud, project: str, tmp_path: Path) -> Iterator[Stack]:
    """A stack that dies on demand, and in which every message comes twice."""
    cloud.courier.disorder = Disorder(copies=2)
    env = {"FAILPOINT_FILE": str(tmp_path / "failpoint")}
    with Stack(cloud, project=project, env=env, copies=2, run_schedules=False) as stack:
        yield stack
    cloud.courier.disorder = Disorder()


@pytest.mark.slow
@pytest.mark.timeout(280)
def test_exactly_once(fragile: Stack, tmp_path: Path) -> None:
    failpoint = tmp_path / "failpoint"
    boundary = 0
    while True:
        boundary += 1
        with Api(fragile.url, fragile.project, uid=f"user-{boundary}", patient=True) as api:
            id = api.automation("new_prospect_added", *STEPS)
            before = fragile.processes
            failpoint.write_text(str(boundary))
            api.import_csv("name,email\nAnn Lee,ann@acme.io\n")
            eventually(lambda: [r["status"] for r in api.executions(id)] == ["success"], patience=60)  # noqa: B023
            eventually(lambda: _everything_once(api, id), patience=60)  # noqa: B023
            eventually(fragile.idle)
            assert _everything_once(api, id), f"at boundary {boundary}"
        if failpoint.exists():
            break  # fewer boundaries than that: all were passed
        assert len(fragile.processes) > len(before)
    failpoint.unlink()
    assert boundary > 2 * (1 + 1 + 1 + len(STEPS))  # import, start, publish, steps: before and after each


def _everything_once(api: Api, automation: str) -> bool:
    totals = {name: api.get(f"/api/{name}", limit=1)["total"] for name in ("outreach", "notifications", "prospects")}
    titles = sorted(event["title"] for event in api.get("/api/activity")["activities"])
    run = api.executions(automation)[0]
    records = api.get(f"/api/automations/{automation}/executions/{run['id']}")["steps"]
    assert totals == {"outreach": 1, "notifications": 1, "prospects": 1}
    assert titles == [
        "Automation activated",
        "Automation completed",
        "Automation created",
        "New prospect",
        "Outreach drafted",
        "Prospect analyzed",
    ]
    assert [(record["step"], record["status"]) for record in records] == [(step, "success") for step in STEPS]
    assert api.get(f"/api/automations/{automation}")["automation"]["execution_count"] == 1
    return True
