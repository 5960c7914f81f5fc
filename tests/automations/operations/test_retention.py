"""History is kept for 90 days after a run's end, and with a run that waits for as long as it waits."""

from datetime import timedelta

from infra.local.cloud import LocalCloud
from shared.gcp import firestore
from shared.gcp.queries import Query
from tests.automations.played import find, notify, reach, start, stored
from tests.fixtures.api import Api
from tests.fixtures.served import Served
from tests.fixtures.waiting import eventually

BIG = {"id": "big", "action": "set_variables", "config": {"values": {"text": "x" * 9_000}}}
ASK = {"id": "ask", "action": "approval", "config": {"message": "m", "timeout": 366 * 86_400}}
DELAY = {"action": "delay", "config": {"seconds": 366 * 86_400}}


def _left(api: Api, run: str) -> list[str]:
    """What is stored of a run, below it too."""
    parent = f"users/{api.uid}/executions/{run}"
    rows = [row for name in ("steps", "payloads") for row in firestore.client().query(Query(name, parent))]
    below = [row.path.split("/")[4] for row in rows]
    return below + ["execution"] * bool(firestore.client().get(parent))


def test_ended_runs_go_with_their_records(api: Api, served: Served, cloud: LocalCloud) -> None:
    id, run = start(api, BIG, notify("n"))
    reach(api, id, run, "success")
    assert sorted(_left(api, run)) == ["execution", "payloads", "steps", "steps"]
    cloud.clock.advance(timedelta(days=90))
    assert served.tick("ended_executions") == {"runs": 0, "records": 0}
    cloud.clock.advance(timedelta(hours=2))
    assert served.tick("ended_executions") == {"runs": 1, "records": 3}
    assert _left(api, run) == []


def test_one_that_waits_for_years_keeps_all(api: Api, served: Served, cloud: LocalCloud) -> None:
    last = notify("after", config={"message": "{{ vars.text | length }}"})
    id, run = start(api, BIG, DELAY, ASK, last)
    reach(api, id, run, "waiting")
    cloud.clock.advance(timedelta(days=367))
    served.tick("overdue_executions")
    eventually(lambda: (find(api, id, run)["waiting_for"] or {}).get("kind") == "approval")  # no longer in the delay
    cloud.clock.advance(timedelta(days=365))
    assert served.tick("ended_executions") == {"runs": 0, "records": 0}
    assert stored(api, run).expire_at is None
    records = firestore.client().query(Query("steps", parent=f"users/{api.uid}/executions/{run}"))
    assert [record.path for record in records if "expire_at" in record.data] == []
    payload = firestore.client().get(f"users/{api.uid}/executions/{run}/payloads/big")
    assert payload is not None
    assert "expire_at" not in payload.data
    api.post(f"/api/automations/{id}/executions/{run}/approve")
    reach(api, id, run, "success")
    assert api.get("/api/notifications")["notifications"][0]["message"] == "9000"
    assert stored(api, run).expire_at is not None
