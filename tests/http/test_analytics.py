"""/api/analytics: numbers of what happened, counted as it happened."""

from datetime import timedelta
from typing import Any

import pytest

from shared.domains.analytics import cells, folding
from shared.domains.analytics.cells import Tally
from shared.domains.analytics.contributions import of
from shared.domains.analytics.rollups import to_count
from shared.domains.outreach import service as outreach
from shared.domains.outreach.models import Outreach
from shared.gcp import firestore
from shared.gcp.queries import Query
from shared.kit import clock
from shared.kit.schema import stamp
from tests.fixtures.api import Api
from tests.fixtures.operators import operator
from tests.fixtures.waiting import eventually

CONTRACT = {
    *("prospects_analyzed", "outreach_sent", "meetings_booked", "content_published", "research_tasks_completed"),
    *("engagement_rate", "conversion_rate"),
}


def _messages(api: Api, number: int, **fields: Any) -> None:
    for n in range(number):
        message = {"created_at": clock.now(), "sent_at": clock.now(), "channel": "email", **fields}
        firestore.client().commit(to_count(api.uid, f"m{n}{fields}", of("outreach", message)))


def _metric(api: Api, name: str, **query: Any) -> dict[str, Any]:
    metrics = api.get("/api/analytics/summary", **query)["summary"]["metrics"]
    found: dict[str, Any] = next(metric for metric in metrics if metric["metric_type"] == name)
    return found


def test_what_happens_is_counted(api: Api) -> None:
    id = api.post("/api/prospects", {"name": "Ann", "tags": ["b2b"]})["prospect"]["id"]
    api.post("/api/templates", {"name": "Hello", "category": "email", "content": "Hi"})
    api.put(f"/api/prospects/{id}", {"status": "meeting_booked"})
    eventually(lambda: _metric(api, "meetings_booked")["total"] == 1)
    assert eventually(lambda: _metric(api, "content_published")["total"]) == 1
    line = api.get("/api/analytics/timeseries", metric="prospects_added", by="segment")["timeseries"]["series"][0]
    assert (line["value"], line["name"], line["total"]) == ("b2b", "b2b", 1)
    with api.another_user() as other:
        assert _metric(other, "meetings_booked")["total"] == 0


def test_a_run_that_ends_is_counted(api: Api) -> None:
    id = api.automation("manual", {"action": "send_notification", "config": {"title": "t", "message": "m"}})
    api.post(f"/api/automations/{id}/run")
    eventually(lambda: [run["status"] for run in api.executions(id)] == ["success"])
    [line] = api.get("/api/analytics/timeseries", metric="runs_success", by="automation")["timeseries"]["series"]
    assert (line["value"], line["total"]) == (id, 1)
    assert line["name"] == api.get(f"/api/automations/{id}")["automation"]["name"]
    assert _metric(api, "time_saved")["total"] == 3


def test_a_runs_steps_are_timed_and_its_waits_counted(api: Api) -> None:
    id = api.automation("manual", {"action": "send_notification", "config": {"title": "t", "message": "m"}})
    api.post(f"/api/automations/{id}/run")
    eventually(lambda: [run["status"] for run in api.executions(id)] == ["success"])
    [line] = api.get("/api/analytics/timeseries", metric="step_latency_p95", by="action")["timeseries"]["series"]
    assert line["value"] == "send_notification"
    assert 0 < line["total"] <= 10
    performance = api.get("/api/analytics/performance")["performance"]
    metrics = {metric["metric_type"]: metric for metric in performance["metrics"]}
    assert metrics["step_latency_p95"]["total"] == line["total"]
    assert metrics["queue_age"]["total"] == 0
    assert not metrics["request_latency"]["available"]
    [waited] = api.get("/api/analytics/timeseries", metric="waiting_time")["timeseries"]["series"]
    assert waited["total"] is not None


def test_the_system_as_a_whole_is_for_operators(api: Api) -> None:
    with operator(api) as operators:
        over_all = operators.get("/api/analytics/performance", scope="all")["performance"]
    absent = {metric["metric_type"] for metric in over_all["metrics"] if not metric["available"]}
    assert over_all["user_id"] is None
    assert "queue_age" not in absent
    assert "step_latency_p95" in absent
    assert api.http.get("/api/analytics/performance", params={"scope": "all"}).status_code == 403


def test_a_meeting_counts_for_the_message_that_was_sent_last(api: Api) -> None:
    id = api.post("/api/prospects", {"name": "Ann", "email": "ann@acme.io"})["prospect"]["id"]
    for template, status in (("t1", "sent"), ("t2", "replied"), ("t3", "draft")):
        about = {"prospect_id": id, "prospect_name": "Ann", "tone": "warm", "subject": "S", "body": "B"}
        fields = {**stamp(api.uid), **about, "generator": "person", "template_id": template, "status": status}
        message = Outreach.model_validate(fields | {"sent_at": clock.now()})
        firestore.client().commit([outreach.repository.to_create(message)])
    api.put(f"/api/prospects/{id}", {"status": "meeting_booked"})
    eventually(lambda: _metric(api, "meetings_booked")["total"] == 1)
    groups = api.get("/api/analytics/funnel", by="template")["funnel"]["groups"]
    meetings = {group["value"]: group["stages"][-1]["count"] for group in groups}
    assert (meetings[None], meetings["t2"], meetings["t1"]) == (1, 1, 0)


def test_the_summary_has_the_contracts_shape(api: Api) -> None:
    summary = api.get("/api/analytics/summary", time_range="week")["summary"]
    assert {metric["metric_type"] for metric in summary["metrics"]} >= CONTRACT
    for metric in summary["metrics"]:
        assert len(metric["data_points"]) == 7
        assert metric["trend"] == "stable"
        expected = None if metric["unit"] == "ratio" else 0
        assert (metric["total"], metric["data_points"][0]["value"]) == (expected, expected)
    assert (summary["user_id"], summary["top_performers"]) == (api.uid, {"templates": []})


def test_a_template_that_is_answered_most_comes_first(api: Api) -> None:
    made = [api.post("/api/templates", {"name": n, "category": "email", "content": "Hi"}) for n in ("A", "B")]
    good, gone = (each["template"]["id"] for each in made)
    _messages(api, 6, template_id=good, replied_at=clock.now())
    _messages(api, 14, template_id=good)
    _messages(api, 20, template_id=gone)
    _messages(api, 3, template_id="lucky", replied_at=clock.now())
    api.ok(api.http.delete(f"/api/templates/{gone}"))
    best = api.get("/api/analytics/summary")["summary"]["top_performers"]["templates"]
    assert [(each["name"], each["sent"], each["replied"], each["reply_rate"]) for each in best] == [
        ("A", 20, 6, 0.3),
        (f"deleted template {gone}", 20, 0, 0),
    ]
    assert (best[0]["low"], best[0]["high"]) == (0.145477, 0.518973)  # Wilson


def test_the_funnel_is_of_those_sent(api: Api) -> None:
    now = clock.now()
    _messages(api, 4, template_id="t", delivered_at=now, replied_at=now)
    _messages(api, 1, template_id="t", bounced_at=now)
    _messages(api, 5, template_id="u")
    groups = api.get("/api/analytics/funnel", by="template")["funnel"]["groups"]
    stages = {stage["stage"]: stage for stage in groups[0]["stages"]}
    assert {name: stage["count"] for name, stage in stages.items()} == {
        **{"drafted": 10, "sent": 10, "delivered": 4, "bounced": 1, "complained": 0, "replied": 4},
        "meeting": None,
    } | {"meeting": 0}
    assert stages["replied"]["rate"] == 0.4
    unknown = {stage["stage"]: stage for stage in groups[2]["stages"]}["delivered"]
    assert (unknown["available"], unknown["count"]) == (False, None)
    assert "No report of delivery" in unknown["reason"]


@pytest.mark.parametrize(
    ("path", "query", "field", "words"),
    [
        ("timeseries", {"metric": "happiness"}, "metric", "no such metric"),
        ("timeseries", {"metric": "content_published", "by": "template"}, "by", "ask for it by kind"),
        ("timeseries", {"metric": "follow_ups_completed", "by": "kind"}, "by", "leave it out"),
        ("timeseries", {"metric": "outreach_sent", "since": "1926-01-01"}, "since", "1,098 days"),
        ("timeseries", {"metric": "outreach_sent", "since": "1000-01-01", "until": "1000-01-02"}, "since", "2000"),
        ("timeseries", {"metric": "outreach_sent", "since": "2024-01-01", "step": "hour"}, "step", "1,000"),
        ("summary", {"since": "2026-02-02", "until": "2026-02-01"}, "since", "swap them"),
        ("summary", {"until": "2026-02-01"}, "since", "needed with until"),
        ("funnel", {"by": "segment"}, "by", "not kept by segment"),
    ],
)
def test_what_cannot_be_answered_is_refused(api: Api, path: str, query: dict[str, Any], field: str, words: str) -> None:
    answer = api.http.get(f"/api/analytics/{path}", params=query)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert words in answer.json()["detail"]


@pytest.mark.parametrize("path", ["summary", "timeseries?metric=outreach_sent", "funnel", "compare?metric=reply_rate"])
def test_each_answer_can_be_had_as_a_picture(api: Api, path: str) -> None:
    _messages(api, 3, template_id="t", replied_at=clock.now())
    path += "&a=kind:initial&b=template:t" if "compare" in path else ""
    url = f"/api/analytics/{path}{'&' if '?' in path else '?'}theme=dark&format="
    spec = api.http.get(f"{url}vega")
    assert spec.headers["content-type"] == "application/vnd.vegalite.v5+json"
    assert spec.json()["background"] == "#16181d"
    svg = api.http.get(f"{url}svg")
    assert (svg.status_code, svg.headers["content-type"]) == (200, "image/svg+xml")
    assert "#16181d" in svg.text
    assert api.http.get(f"{url}png").content.startswith(b"\x89PNG")


def test_a_metric_without_a_source_says_so(api: Api) -> None:
    answer = api.get("/api/analytics/timeseries", metric="request_latency")["timeseries"]
    assert (answer["series"], answer["metric"]["available"]) == ([], False)
    assert "log lines" in answer["metric"]["reason"]


def test_days_are_those_of_the_users_zone(api: Api) -> None:
    policy = api.get("/api/contacts/policy")["policy"]
    api.put("/api/contacts/policy", policy | {"time_zone": "Asia/Kathmandu"})  # UTC+05:45
    at = clock.now().replace(year=2026, month=3, day=1, hour=18, minute=14, second=0, microsecond=0)
    for moment in (at, at + timedelta(minutes=1)):  # 23:59 and midnight there
        firestore.client().commit(to_count(api.uid, f"{moment}", of("templates", {"created_at": moment})))
    query = {"metric": "content_published", "since": "2026-03-01", "until": "2026-03-02"}
    [line] = api.get("/api/analytics/timeseries", **query, step="day")["timeseries"]["series"]
    assert [(point["date"], point["value"]) for point in line["data_points"]] == [("2026-03-01", 1), ("2026-03-02", 1)]


def test_a_year_costs_a_handful_of_reads(api: Api) -> None:
    now = clock.now()
    for ago in range(12):
        at = now - timedelta(days=30 * ago)
        for n in range(30):
            firestore.client().commit(to_count(api.uid, f"{n}", of("outreach", {"created_at": at, "template_id": "t"})))
        month, rows = cells.month_of(at), Query("rollups", parent=f"users/{api.uid}", where=[])
        parts = [row for row in firestore.client().query(rows) if row.path.rpartition("/")[2].startswith(f"{month}~")]
        if month < cells.month_of(now) and parts:
            folding.fold(api.uid, month, parts)
    cost = api.http.get("/api/analytics/summary", params={"time_range": "year"}).headers["x-firestore-cost"]
    reads = int(dict(part.split("=") for part in cost.replace(",", " ").split() if "=" in part)["reads"])
    assert "commits=0" in cost
    assert reads <= 1 + 13 + 13 + 16 + 1, (
        cost
    )  # the months' totals and templates, and the parts that are not folded yet


def test_templates_with_the_same_name_are_two(api: Api) -> None:
    hello = {"name": "Hello", "category": "email", "content": "Hi"}
    ids = [api.post("/api/templates", hello)["template"]["id"] for _ in range(2)]
    for id, number in zip(ids, (3, 2), strict=True):
        _messages(api, number, template_id=id)
    series = api.get("/api/analytics/timeseries", metric="outreach_sent", by="template")["timeseries"]["series"]
    assert [line["name"] for line in series] == [f"Hello ({id})" for id in ids]
    query = {"metric": "outreach_sent", "by": "template", "time_range": "week", "format": "vega"}
    drawn = api.http.get("/api/analytics/timeseries", params=query).json()["data"]["values"]
    assert {row["name"] for row in drawn} == {f"Hello ({id})" for id in ids}


def test_both_sides_of_a_comparison_are_bars_of_their_own(api: Api) -> None:
    _messages(api, 3, template_id="t", replied_at=clock.now())
    query = {"metric": "outreach_sent", "a": "template:t", "b": "template:t", "format": "vega"}
    rows = api.http.get("/api/analytics/compare", params=query).json()["data"]["values"]
    assert [(row["name"], row["value"], row["label"]) for row in rows] == [
        (f"{side}: deleted template t", 3, "3 in 30 days") for side in "ab"
    ]


def test_a_funnel_is_drawn_for_each_group(api: Api) -> None:
    _messages(api, 3, template_id="t", replied_at=clock.now())
    _messages(api, 400, template_id="u")
    _messages(api, 1, template_id="u", replied_at=clock.now() + timedelta(seconds=1))
    charts = api.http.get("/api/analytics/funnel", params={"by": "template", "format": "vega"}).json()["vconcat"]
    titles = [chart["title"]["text"] for chart in charts]
    assert titles == [
        f"Messages by stage: {name}" for name in ("All messages", "deleted template u", "deleted template t")
    ]
    assert [row["label"] for row in charts[1]["data"]["values"]] == ["401", "401", "1 (0.2%)", "0"]


def test_what_has_not_begun_has_no_number(api: Api) -> None:
    _messages(api, 12)
    today = clock.now().date()
    days = {"since": str(today - timedelta(days=1)), "until": str(today + timedelta(days=3))}
    [line] = api.get("/api/analytics/timeseries", metric="outreach_sent", **days, step="day")["timeseries"]["series"]
    assert [point["value"] for point in line["data_points"]] == [0, 12, None, None, None]
    sent = _metric(api, "outreach_sent", **days)
    assert (sent["total"], sent["average"], sent["trend"]) == (12, 6, "stable")


def _each_day(api: Api, numbers: dict[int, int]) -> None:
    """Messages by how many days ago they were sent."""
    for ago, number in numbers.items():
        at = clock.now() - timedelta(days=ago)
        tally = of("outreach", {"created_at": at, "sent_at": at, "channel": "email"})
        counts = Tally({cell: number * count for cell, count in tally.items()})
        firestore.client().commit(to_count(api.uid, f"d{ago}", counts))


def test_a_note_on_days_long_past_says_which_they_are(api: Api) -> None:
    _each_day(api, {ago: 12 if ago < 17 else 2 for ago in range(10, 50)})
    first, last = (clock.now().date() - timedelta(days=ago) for ago in (49, 10))
    [note] = api.get("/api/analytics/summary", since=str(first), until=str(last))["summary"]["insights"]
    assert note.startswith(f"Messages sent rose from 14 a week to 84 a week in the seven days to {last}")


def test_days_to_come_are_no_fall(api: Api) -> None:
    _each_day(api, dict.fromkeys(range(40), 5))
    first, last = (clock.now().date() + timedelta(days=ahead) for ahead in (-39, 40))
    summary = api.get("/api/analytics/summary", since=str(first), until=str(last))["summary"]
    assert summary["insights"] == []
    assert {metric["trend"] for metric in summary["metrics"]} == {"stable"}
