"""A run about a prospect ends at its next step once there is nothing more to be done about that prospect."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from infra.local.cloud import LocalCloud
from shared.automations.engine import runner
from shared.context import Context, bound
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import ProspectInput
from shared.kit import clock
from tests.automations import seed
from tests.automations.played import notify, reach, titles
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

DELAY = {"action": "delay", "config": {"seconds": 600}}


def _replies(api: Api, prospect: str) -> None:
    body = {"prospect_id": prospect, "subject": "Hello", "body": "Hello Ann"}
    message = api.post("/api/outreach", body)["outreach"]["id"]
    api.post(f"/api/outreach/{message}/reply", {"message": "Yes"})


def _unsubscribes(api: Api, prospect: str) -> None:
    api.post("/api/contacts/suppressions", {"email": "ann@acme.io"})


def _whole_domain(api: Api, prospect: str) -> None:
    api.post("/api/contacts/suppressions", {"domain": "acme.io"})


def _becomes(status: str) -> Callable[[Api, str], None]:
    def become(api: Api, prospect: str) -> None:
        api.ok(api.http.patch(f"/api/prospects/{prospect}", json={"status": status}))

    return become


@pytest.mark.parametrize(
    ("stop_when", "happens", "stops"),
    [
        ("replied", _replies, "Ann has replied"),
        ("replied", _becomes("replied"), "is now replied"),
        ("unsubscribed", _unsubscribes, "has unsubscribed"),
        ("unsubscribed", _whole_domain, "has unsubscribed"),
        ("unsubscribed", _becomes("unsubscribed"), "is now unsubscribed"),
        ("meeting_booked", _becomes("meeting_booked"), "is now meeting booked"),
        ("meeting_booked", _replies, None),
        ("meeting_booked", _becomes("contacted"), None),
    ],
)
def test_it_is_looked_at_before_each_step(
    api: Api, cloud: LocalCloud, stop_when: str, happens: Callable[[Api, str], None], stops: str | None
) -> None:
    id = api.automation("new_prospect_added", notify("before"), DELAY, notify("after"), stop_when=[stop_when])
    prospect = api.post("/api/prospects", {"name": "Ann", "email": "ann@acme.io"})["prospect"]["id"]
    run = eventually(lambda: api.executions(id))[0]["id"]
    reach(api, id, run, "waiting")
    happens(api, prospect)
    cloud.clock.advance(timedelta(minutes=11))
    ended = reach(api, id, run, "cancelled", "success")
    if stops:
        assert (ended["status"], stops in ended["error"]) == ("cancelled", True)
        assert titles(api) == ["before"]
    else:
        assert (ended["status"], titles(api)) == ("success", ["after", "before"])


def test_an_answer_of_long_ago_does_not_count(api: Api) -> None:
    id = api.automation("prospect_status_changed", notify("n"), stop_when=["replied"])
    prospect = api.post("/api/prospects", {"name": "Ann", "email": "ann@acme.io"})["prospect"]["id"]
    _replies(api, prospect)
    _becomes("follow_up_needed")(api, prospect)
    eventually(lambda: [run["status"] for run in api.executions(id)] == ["success"])


@pytest.mark.parametrize("word", ["odd", "new prospect"])
def test_an_unknown_state_is_refused(api: Api, word: str) -> None:
    body = {"name": "A", "trigger": "manual", "actions": ["send_notification"], "stop_when": [word]}
    assert api.http.post("/api/automations", json=body).status_code == 422


def test_what_the_run_itself_changes_stops_it_at_its_next_step(api: Api) -> None:
    moves = {"action": "update_prospect_status", "config": {"status": "replied"}}
    id = api.automation("new_prospect_added", notify("before"), moves, notify("after"), stop_when=["replied"])
    api.post("/api/prospects", {"name": "Ann"})
    ended = eventually(lambda: [run for run in api.executions(id) if run["completed_at"]])[0]
    assert (ended["status"], titles(api)) == ("cancelled", ["before"])
    assert "is now replied" in ended["error"]


def test_what_is_not_about_the_subject_shares_a_commit_as_ever(served: object) -> None:
    about = prospects.create(seed.UID, ProspectInput(name="Ann"))
    id = seed.automation(*[notify(f"n{n}") for n in range(10)], stop_when=["replied"])
    message = seed.execution(id, prospect_id=about.id)
    with bound(Context()) as call:
        runner.run(message, until=clock.now() + timedelta(seconds=60))
    assert seed.stored(message).status == "success"
    assert call.meter.cost.commits == 1
