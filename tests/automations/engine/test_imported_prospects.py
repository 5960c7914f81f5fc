"""An import with an active automation: an execution for each prospect, none lost, none doubled.

LOAD_PROSPECTS=400 has more of them at once.
"""

import os

import pytest

from infra.local.stack import Stack
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

PROSPECTS = int(os.environ.get("LOAD_PROSPECTS", "120"))


@pytest.mark.slow
@pytest.mark.timeout(280)
def test_every_prospect_is_served_once(stack: Stack) -> None:
    with Api(stack.url, stack.project) as api:
        id = api.post("/api/automations/recipes/auto_analyze_prospect")["automation"]["id"]
        api.post(f"/api/automations/{id}/activate")
        api.import_csv("name,title,email\n" + "".join(f"P{n},VP Sales,p{n}@x.io\n" for n in range(PROSPECTS)))
        path = f"/api/automations/{id}/executions"
        eventually(lambda: api.get(path, limit=1, status="success")["total"] == PROSPECTS, patience=240)
        eventually(stack.idle, patience=60)
        assert api.get(path, limit=1)["total"] == PROSPECTS
        totals = {name: api.get(f"/api/{name}", limit=1)["total"] for name in ("outreach", "notifications", "calendar")}
        assert totals == dict.fromkeys(totals, PROSPECTS)
        eventually(lambda: api.get("/api/activity", limit=1)["total"] == 5 * PROSPECTS + 2)  # the emulator may lag
        served = {message["prospect_id"] for message in api.get("/api/outreach", limit=500)["outreach"]}
        assert len(served) == PROSPECTS
