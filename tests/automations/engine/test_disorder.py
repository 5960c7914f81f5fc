"""Events and messages come twice, late and in any order: each prospect is served once."""

from collections.abc import Iterator

import pytest

from infra.local.cloud import LocalCloud
from infra.local.courier import Disorder
from infra.local.stack import Stack
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

PROSPECTS = 30


@pytest.fixture
def disorderly(cloud: LocalCloud, project: str) -> Iterator[Stack]:
    cloud.courier.disorder = Disorder(copies=2, shuffle_seconds=1.0)
    with Stack(cloud, project=project, copies=2, run_schedules=False) as stack:
        yield stack
    cloud.courier.disorder = Disorder()


@pytest.mark.slow
def test_nothing_is_lost_or_doubled(disorderly: Stack) -> None:
    with Api(disorderly.url, disorderly.project) as api:
        id = api.automation("new_prospect_added", "analyze_prospect", "generate_outreach", "send_notification")
        api.import_csv("name,email\n" + "".join(f"P{n},p{n}@x.io\n" for n in range(PROSPECTS)))
        eventually(lambda: {r["status"] for r in api.executions(id)} == {"success"} and len(api.executions(id)) == 30)
        eventually(disorderly.idle)
        totals = [api.get(f"/api/{name}", limit=1)["total"] for name in ("outreach", "notifications", "activity")]
        assert totals == [PROSPECTS, PROSPECTS, 4 * PROSPECTS + 2]  # the automation was created and activated
        assert api.get(f"/api/automations/{id}")["automation"]["execution_count"] == PROSPECTS
