"""A backtest over HTTP: it agrees with what happens when the same events really come, and changes nothing."""

import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from shared import settings
from shared.gcp import firestore
from shared.gcp.queries import Query
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually
from tests.providers.fake import Provider, answer

PEOPLE = int(os.environ.get("BACKTEST_PEOPLE", "60"))
_PATIENCE = 60 + PEOPLE / 5
_STEPS: list[dict[str, Any]] = [
    {"id": "write", "action": "generate_outreach", "config": {"use_knowledge": False}},
    {"id": "send", "action": "send_outreach"},
]
_JOB = ("batch_jobs", "batch_pieces", "batch_items", "batch_lanes", "stream")


@pytest.fixture
def mail(api: Api) -> Iterator[Provider]:
    with Provider(lambda n: answer({"id": f"m{n}"})) as provider:
        sending = {"resend_api_key": "re_1", "resend_base_url": provider.url, "mail_from": "nora@sender.example"}
        settings.use(settings.current().model_copy(update=sending))
        yield provider


def _table() -> str:
    """People of whom each third is not of the firm that is looked for, and each tenth has no address."""
    rows = [
        f"Person {n},{'Other' if n % 3 == 0 else 'Acme'} {n},{'' if n % 10 == 1 else f'p{n}@acme{n}.example'}"
        for n in range(PEOPLE)
    ]
    return "\n".join(["name,company,email", *rows])


def _begin(api: Api, automation: str, **period: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    body = {"from": (now - timedelta(days=1)).isoformat(), "to": now.isoformat(), **period}
    response = api.http.post(f"/api/automations/{automation}/backtest", json=body)
    assert response.status_code == 202, response.text
    job: dict[str, Any] = response.json()["job"]
    return job


def _ended(api: Api, job: dict[str, Any]) -> dict[str, Any]:
    def look() -> Any:
        current = api.get(f"/api/batch/{job['id']}")["job"]
        return current if current["completed_at"] else None

    ended: dict[str, Any] = eventually(look, patience=_PATIENCE)
    return ended


def _import(api: Api) -> None:
    assert len(api.import_csv(_table())["rows"]) == PEOPLE
    eventually(lambda: api.get("/api/activity", type="prospect")["total"] >= PEOPLE, patience=_PATIENCE)


def _everything(api: Api) -> dict[str, Any]:
    """All of the user's documents but those of the job, with the time of their last change."""
    rows = firestore.client().query(Query("", parent=f"users/{api.uid}", group=True))
    return {row.path: (row.version, row.data) for row in rows if row.path.split("/")[2] not in _JOB}


@pytest.mark.timeout(240 + PEOPLE)
def test_it_agrees_with_what_then_happens_and_has_no_effect_before(api: Api, cloud: LocalCloud, mail: Provider) -> None:
    body: dict[str, Any] = {
        "trigger_config": {"filter": "after.company.startsWith('Acme')"},
        "stop_when": ["converted"],
    }
    inactive = api.automation("new_prospect_added", *_STEPS, active=False, **body)
    api.post("/api/contacts/suppressions", {"email": "p2@acme2.example", "reason": "asked"})
    _import(api)
    eventually(lambda: cloud.courier.idle(api.url))
    before = _everything(api)
    job = _begin(api, inactive)
    assert (job["operation"], job["total"], job["report"]) == ("backtest", PEOPLE, None)
    report = _ended(api, job)["report"]
    eventually(lambda: cloud.courier.idle(api.url))
    assert _everything(api) == before
    assert mail.requests == []

    with api.another_user() as real:
        active = real.automation("new_prospect_added", *_STEPS, **body)
        real.put("/api/contacts/policy", {"daily_quota": 100_000})
        real.post("/api/contacts/suppressions", {"email": "p2@acme2.example", "reason": "asked"})
        _import(real)
        matched = sum(n % 3 != 0 for n in range(PEOPLE))
        runs = eventually(lambda: _all_ended(real, active, matched), patience=_PATIENCE)
        failed = Counter(run["error"].partition(": ")[2] or run["error"] for run in runs if run["status"] == "failed")
        assert report["matched"] == matched
        assert [(row["reason"], row["events"]) for row in report["unmatched"]] == [("filter", PEOPLE - matched)]
        assert report["statuses"] == dict(Counter(run["status"] for run in runs))
        assert sum(row["runs"] for row in report["failures"]) == failed.total()
        assert {(row["step"], row["code"]) for row in report["failures"]} == {
            ("send", "invalid"),
            ("send", "forbidden"),
        }
        sent = {request["body"]["to"][0]: request["body"] for request in mail.requests}
        assert report["messages"] == len(sent)
        for sample in report["samples"]:
            real_one = sent[next(to for to in sent if sample["recipient"] in to)]
            assert sample["preview"]["subject"] == real_one["subject"]


def _all_ended(api: Api, automation: str, number: int) -> list[dict[str, Any]]:
    counts = api.get(f"/api/automations/{automation}/executions/counts")["counts"]
    if counts.get("success", 0) + counts.get("failed", 0) < number:
        return []
    runs, cursor = [], None
    while True:
        more: dict[str, Any] = {"cursor": cursor} if cursor else {}
        page = api.get(f"/api/automations/{automation}/executions", limit=500, view="full", **more)
        runs += page["executions"]
        if not (cursor := page["next_cursor"]):
            return runs


def _prospect(api: Api, **fields: Any) -> str:
    return str(api.post("/api/prospects", {"name": "Ann", "company": "Acme", **fields})["prospect"]["id"])


def _settled(api: Api, cloud: LocalCloud) -> None:
    eventually(lambda: cloud.courier.idle(api.url))


def _report(api: Api, automation: str) -> dict[str, Any]:
    report: dict[str, Any] = _ended(api, _begin(api, automation))["report"]
    return report


_NOTIFY = {"action": "send_notification", "config": {"title": "T", "message": "{{ before.status }} {{ after.status }}"}}


def test_a_status_that_changed_then_is_an_event_however_it_is_today(api: Api, cloud: LocalCloud) -> None:
    ann = _prospect(api)
    for status in ("contacted", "replied", "converted"):
        api.put(f"/api/prospects/{ann}", {"status": status})
        _settled(api, cloud)
    filter = "before.status == 'contacted' && after.status == 'replied'"
    id = api.automation("prospect_status_changed", _NOTIFY, active=False, trigger_config={"filter": filter})
    job = _ended(api, _begin(api, id))
    assert (job["report"]["events"], job["report"]["matched"]) == (3, 1)
    to = api.automation("prospect_status_changed", _NOTIFY, active=False, trigger_config={"to": "converted"})
    rows = {row["reason"]: row["events"] for row in _report(api, to)["unmatched"]}
    assert rows == {"settings": 2}


def test_replies_research_and_files_are_events_of_their_time(api: Api, cloud: LocalCloud) -> None:
    ann = _prospect(api, email="ann@acme.example")
    draft = api.post("/api/outreach", {"prospect_id": ann, "subject": "Hello", "body": "Hello Ann"})["outreach"]["id"]
    api.post(f"/api/outreach/{draft}/reply", {"message": "Yes"})
    api.post("/api/vault", {"title": "A thing", "summary": "Of note", "category": "insight"})
    _settled(api, cloud)
    for trigger in ("outreach_replied", "vault_item_added", "new_prospect_added"):
        id = api.automation(trigger, _NOTIFY, active=False)
        report = _report(api, id)
        assert (report["events"], report["matched"]) == (1, 1), trigger


def test_a_schedule_is_judged_at_its_times_and_a_call_by_the_runs_that_it_started(api: Api) -> None:
    config = {"cron": "0 * * * *", "timezone": "Europe/Berlin"}
    hourly = api.automation("schedule", _NOTIFY, active=False, trigger_config=config)
    assert _report(api, hourly)["matched"] == 24
    called = api.automation("webhook", _NOTIFY, trigger_config={"filter": "after.n > 1"})
    url = api.get(f"/api/automations/{called}")["automation"]["trigger_config"]["url"]
    for n in (1, 2, 3):
        assert api.http.post(f"/api/hooks/{url.rpartition('/')[2]}", json={"n": n}).is_success
    eventually(lambda: len(api.executions(called)) == 2)
    assert _report(api, called)["matched"] == 2


def test_the_governor_holds_messages_up_and_the_report_says_so(api: Api, cloud: LocalCloud, mail: Provider) -> None:
    for n in range(4):
        _prospect(api, name=f"Ann {n}", email=f"ann{n}@acme.example")
    api.put("/api/contacts/policy", {"daily_quota": 2, "quiet_hours": {"start": "00:00", "end": "23:59"}})
    id = api.automation("new_prospect_added", *_STEPS, active=False)
    held = {row["rule"]: row["times"] for row in _report(api, id)["held_back"]}
    assert held["quiet_hours"] == 4
    assert held["daily_quota"] == 2
    assert mail.requests == []


def test_other_automations_that_ran_for_the_same_people_are_named(api: Api, cloud: LocalCloud) -> None:
    other = api.automation("new_prospect_added", _NOTIFY)
    _prospect(api)
    eventually(lambda: len(api.executions(other)) == 1)
    id = api.automation("new_prospect_added", _NOTIFY, active=False)
    [row] = _report(api, id)["overlap"]
    assert (row["automation_id"], row["people"], row["runs"]) == (other, 1, 1)
    assert _report(api, other)["overlap"] == []


def test_it_is_compared_with_the_one_before(api: Api) -> None:
    _prospect(api)
    id = api.automation("new_prospect_added", _NOTIFY, active=False)
    first = _ended(api, _begin(api, id))
    assert first["report"]["earlier"] is None
    api.put(f"/api/automations/{id}", {"trigger_config": {"filter": "after.company == 'Nobody'"}})
    earlier = _ended(api, _begin(api, id))["report"]["earlier"]
    assert (earlier["job_id"], earlier["matched"]) == (first["id"], 1)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, "to"),
        ({"from": "2026-01-01T00:00:00Z", "to": "2999-01-01T00:00:00Z"}, "to"),
        ({"from": "2020-01-01T00:00:00Z", "to": "2020-01-02T00:00:00Z"}, "from"),
        ({"from": "2999-01-01T00:00:00Z", "to": None}, "from"),
        ({"from": "yesterday"}, "from"),
        ({"until": "2026-01-01T00:00:00Z"}, "until"),
    ],
)
def test_a_time_that_cannot_be_judged_is_refused_by_its_field(api: Api, change: dict[str, Any], field: str) -> None:
    id = api.automation("new_prospect_added", _NOTIFY, active=False)
    now = datetime.now(UTC)
    body = {"from": (now - timedelta(days=1)).isoformat(), "to": now.isoformat(), **change}
    response = api.http.post(f"/api/automations/{id}/backtest", json=body)
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == field
    assert api.get("/api/batch")["jobs"] == []


def test_nobody_elses_automation_is_judged_and_no_call_of_batch_begins_one(api: Api) -> None:
    id = api.automation("new_prospect_added", _NOTIFY, active=False)
    now = datetime.now(UTC)
    body = {"from": (now - timedelta(days=1)).isoformat(), "to": now.isoformat()}
    with api.another_user() as other:
        assert other.http.post(f"/api/automations/{id}/backtest", json=body).status_code == 404
    assert api.http.post("/api/batch/backtest", json={"automation_id": id}).status_code in (404, 405)
