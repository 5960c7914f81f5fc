"""A job of many items while the functions die twice, and runs that a person starts meanwhile.

`BATCH_ITEMS` has the long form: 10,000.
"""

import os
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from infra.local.stack import Stack
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
_ITEMS = int(os.environ.get("BATCH_ITEMS", "600"))
_RUNS = 5
_STEPS = [{"action": "set_variables", "config": {"variables": {"a": "1"}}}]


def _run(api: Api, automation: str) -> None:
    """Start a run by hand, and wait for its end."""
    id = api.post(f"/api/automations/{automation}/run", {"input": {"text": "x"}})["execution"]["id"]
    url = f"/api/automations/{automation}/executions/{id}"
    eventually(lambda: api.get(url)["execution"]["completed_at"], patience=120)


def test_every_item_is_done_once_though_the_functions_die_twice(stack: Stack) -> None:
    with Api(stack.url, stack.project, patient=True) as api:
        automation = api.automation("manual", *_STEPS, active=False)
        [person] = api.post("/api/prospects", {"prospects": [{"name": "Ann Lee", "company": "Acme"}]})["created_ids"]
        wanted = {"category": "email", "use_knowledge": False, "topic": "Pumps", "prospect_id": person}
        items = [{"name": f"T{n}", **wanted} for n in range(_ITEMS)]
        job = api.post("/api/batch/generate_templates", {"items": items})["job"]
        url = f"/api/batch/{job['id']}"
        for _ in range(_RUNS):  # none waits for the job's end; how much slower they are is measured by make bench
            _run(api, automation)
        assert api.get(url)["job"]["status"] == "running"
        seen = [0]

        def progress() -> dict[str, Any]:
            found: dict[str, Any] = api.get(url)["job"]
            assert found["done"] >= seen[-1]
            seen.append(found["done"])
            return found

        def reached(part: int) -> bool:
            return bool(progress()["done"] > part)

        for part in (_ITEMS // 10, _ITEMS // 5):
            eventually(partial(reached, part), patience=400)
            stack.kill()
            stack.advance(timedelta(minutes=5))  # the lease of whoever died is over
            stack.scheduler.run("overdue_batches")
        done = eventually(lambda: (found := progress())["completed_at"] and found, patience=600)
        assert isinstance(done, dict)
        assert (done["done"], done["failed"]) == (_ITEMS, 0)
        assert api.get("/api/templates", limit=1)["total"] == _ITEMS
        assert api.get(f"{url}/items", limit=1)["total"] == _ITEMS
