"""The kill switch holds everything within one step, and letting go lets go only of what it has held."""

from datetime import timedelta
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from shared.automations.engine import runner
from shared.automations.engine.advance import advance
from shared.automations.engine.decisions import Commit
from shared.automations.engine.journal import Journal
from shared.automations.engine.loading import load
from shared.automations.operations import control
from shared.automations.runs import store as run_store
from shared.automations.runs.queue import RunMessage
from shared.gcp import firestore
from shared.kit import clock
from tests.automations import seed
from tests.automations.played import find, notify, reach, start, stored, titles
from tests.fixtures.api import Api
from tests.fixtures.served import Served
from tests.fixtures.waiting import eventually

DELAY = {"action": "delay", "config": {"seconds": 600}}


def _switch(api: Api, on: bool) -> None:
    api.post("/api/automations/kill-switch", {"on": on})


def _blocked(api: Api) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get("/api/system/logs", search="not started")["logs"]
    return found


def test_what_a_person_has_paused_stays_paused(api: Api, cloud: LocalCloud) -> None:
    id, run = start(api, DELAY, notify("after"))
    reach(api, id, run, "waiting")
    api.post(f"/api/automations/{id}/executions/{run}/pause")
    _switch(api, True)
    _switch(api, False)
    cloud.clock.advance(timedelta(hours=1))
    assert (find(api, id, run)["paused"], titles(api)) == (True, [])
    api.post(f"/api/automations/{id}/executions/{run}/resume")
    reach(api, id, run, "success")


def test_a_run_that_was_made_too_late_to_be_found_is_held_too(served: Served) -> None:
    automation = seed.automation({"action": "send_notification"})
    control.halt(seed.UID, on=True)
    late = seed.execution(automation)  # by a call that had read the switch before
    runner.run(late, until=clock.now() + timedelta(seconds=60))
    assert (seed.stored(late).status, seed.stored(late).paused_by) == ("waiting", "kill_switch")
    assert control.halt(seed.UID, on=False).executions == 1
    eventually(lambda: seed.stored(late).status == "success")


def test_a_run_that_is_held_just_after_all_were_let_go_is_let_go(served: Served) -> None:
    message = seed.execution(seed.automation({"action": "send_notification"}))
    control.halt(seed.UID, on=True)
    runner.run(message, until=clock.now())
    late = seed.execution(message.automation_id)
    loaded = load(late)
    assert loaded
    control.halt(seed.UID, on=False)
    journal = Journal(loaded.execution, loaded.program, loaded.runner)
    assert isinstance(advance(loaded, journal), Commit)
    version = firestore.client().commit(journal.to_commit())
    loaded.execution = run_store.executions.stamped(journal.after, version)
    assert seed.stored(late).paused
    runner._rest(loaded)
    eventually(lambda: seed.stored(late).status == "success")


def test_one_that_waits_for_its_turn_is_held(api: Api, cloud: LocalCloud) -> None:
    id = api.automation("manual", notify("n"), limits={"rate": {"count": 1, "seconds": 600}})
    for _ in range(2):
        api.post(f"/api/automations/{id}/run")
    eventually(lambda: sorted(run["status"] for run in api.executions(id)) == ["success", "waiting"])
    _switch(api, True)
    cloud.clock.advance(timedelta(hours=1))
    eventually(lambda: cloud.courier.idle(api.url))
    assert titles(api) == ["n"]
    _switch(api, False)
    eventually(lambda: titles(api) == ["n", "n"])


def test_what_would_have_started_is_told_and_does_not_start_later(api: Api, served: Served, cloud: LocalCloud) -> None:
    added = api.automation(
        "new_prospect_added", notify("n"), name="Welcome", trigger_config={"filter": "after.company == 'Acme'"}
    )
    hourly = api.automation("schedule", notify("h"), name="Hourly", trigger_config={"cron": "0 * * * *"})
    hook = api.automation("webhook", notify("w"))
    url = api.get(f"/api/automations/{hook}")["automation"]["trigger_config"]["url"]
    _switch(api, True)
    prospect = api.post("/api/prospects", {"name": "Ann", "company": "Acme"})["prospect"]["id"]
    api.post("/api/prospects", {"name": "Bob", "company": "Bolt"})
    entry = eventually(lambda: _blocked(api))[0]
    assert entry["message"].startswith("Welcome was not started. The kill switch was on.")
    assert (entry["related_id"], entry["metadata"]["document_id"]) == (added, prospect)
    cloud.clock.advance(timedelta(hours=1))
    assert served.tick("due_automations")["started"] == 0
    assert sorted(entry["related_id"] for entry in _blocked(api)) == sorted([added, hourly])
    assert api.http.post(url, json={}).status_code == 409
    _switch(api, False)
    assert served.tick("due_automations")["started"] == 0
    eventually(lambda: cloud.courier.idle(api.url))
    assert [len(api.executions(id)) for id in (added, hourly, hook)] == [0, 0, 0]
    api.post(f"/api/automations/{added}/run", {"input": {"prospect_id": prospect}})
    eventually(lambda: titles(api) == ["n"])


def test_an_event_that_a_held_run_waits_for_is_not_lost(api: Api) -> None:
    wait = {"id": "wait", "action": "wait_for_event", "config": {"event": "vault_item_added", "match": "true"}}
    id, run = start(api, wait, notify("after"))
    reach(api, id, run, "waiting")
    _switch(api, True)
    api.post("/api/vault", {"title": "T", "summary": "s", "category": "c"})
    eventually(lambda: stored(api, run).signals)
    assert titles(api) == []
    _switch(api, False)
    assert reach(api, id, run, "success")["results"]["wait"]["output"]["happened"] is True


@pytest.mark.parametrize("path", ["executions/retry", "run"])
def test_people_start_nothing_meanwhile(api: Api, path: str) -> None:
    id, run = start(api, {"action": "analyze_prospect"})
    reach(api, id, run, "failed")
    _switch(api, True)
    (entry,) = api.get("/api/system/logs", level="error")["logs"]
    assert api.http.post(f"/api/system/logs/{entry['id']}/rerun", json={}).status_code == 409
    assert api.http.post(f"/api/automations/{id}/executions/{run}/retry", json={}).status_code == 409
    bulk = "/api/automations/executions/retry" if path != "run" else f"/api/automations/{id}/run"
    assert api.http.post(bulk, json={}).status_code == 409
    assert len(api.executions(id)) == 1


def test_one_message_is_enough_to_be_held_and_none_is_needed(api: Api, served: Served, cloud: LocalCloud) -> None:
    """A held run costs nothing: no sweep looks at it again."""
    id, run = start(api, DELAY)
    reach(api, id, run, "waiting")
    _switch(api, True)
    eventually(lambda: stored(api, run).due_at is None)
    cloud.clock.advance(timedelta(days=2))
    assert served.tick("overdue_executions") == {"overdue": 0, "sent": 0}
    message = RunMessage(uid=api.uid, execution_id=run, automation_id=id)
    assert runner.run(message, until=clock.now() + timedelta(seconds=60)) == "done"
    assert find(api, id, run)["status"] == "waiting"
