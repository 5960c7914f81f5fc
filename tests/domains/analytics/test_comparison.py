"""Two periods or segments beside each other, as far as their numbers bear it."""

from datetime import timedelta
from typing import Any

import pytest

from shared.domains.analytics.contributions import of
from shared.domains.analytics.rollups import to_count
from shared.gcp import firestore
from shared.kit import clock
from tests.fixtures.api import Api


def _sent(api: Api, template: str, number: int, replied: int, days: int = 0) -> None:
    at = clock.now() - timedelta(days=days)
    for n in range(number):
        fields = {"created_at": at, "sent_at": at, "template_id": template, "replied_at": at if n < replied else None}
        firestore.client().commit(to_count(api.uid, f"{template}{n}{days}", of("outreach", fields)))


def _compare(api: Api, **query: Any) -> dict[str, Any]:
    comparison: dict[str, Any] = api.get("/api/analytics/compare", **query)["comparison"]
    return comparison


def test_templates_beside_each_other(api: Api) -> None:
    _sent(api, "a", 20, 1)
    _sent(api, "b", 20, 12)
    found = _compare(api, metric="reply_rate", a="template:a", b="template:b")
    assert (found["verdict"], found["test"], found["difference"]) == ("higher", "fisher", 0.55)
    assert found["difference_low"] < 0.55 < found["difference_high"]
    assert found["sentence"].startswith("Reply rate: 5.0% (1 of 20) with deleted template a, 60.0% (12 of 20) with")
    few = _compare(api, metric="reply_rate", a="template:a", b="template:c")
    assert (few["verdict"], few["p_value"]) == ("too_few", None)


def test_periods_beside_each_other_count_their_days(api: Api) -> None:
    today = clock.now().date()
    for days in range(5):
        _sent(api, "a", 6, 0, days=days)
    both = {
        "a": f"{today - timedelta(days=20)}..{today - timedelta(days=11)}",
        "b": f"{today - timedelta(days=4)}..{today}",
    }
    found = _compare(api, metric="outreach_sent", **both)
    assert (found["verdict"], found["test"], found["difference"], found["ratio"]) == ("higher", "counts", 30, None)
    assert (found["a"]["of"], found["b"]["of"]) == (10, 5)
    assert " 30 in 5 days with " in found["sentence"]


def test_a_ratio_of_counts_is_by_the_day_as_its_bounds_are(api: Api) -> None:
    today = clock.now().date()
    for days in range(15, 25):
        _sent(api, "a", 2, 0, days=days)
    for days in range(5, 10):
        _sent(api, "a", 8, 0, days=days)
    both = {
        "a": f"{today - timedelta(days=24)}..{today - timedelta(days=15)}",
        "b": f"{today - timedelta(days=9)}..{today - timedelta(days=5)}",
    }
    found = _compare(api, metric="outreach_sent", **both)
    assert (found["a"]["count"], found["b"]["count"], found["ratio"]) == (20, 40, 4)
    assert found["ratio_low"] < 4 < found["ratio_high"]


def test_two_campaigns_are_few_however_many_messages_they_are(api: Api) -> None:
    today = clock.now().date()
    for days, number in ((25, 60), (3, 100)):
        _sent(api, "a", number, 0, days=days)
    both = {
        "a": f"{today - timedelta(days=30)}..{today - timedelta(days=16)}",
        "b": f"{today - timedelta(days=15)}..{today - timedelta(days=1)}",
    }
    found = _compare(api, metric="outreach_sent", **both)
    assert (found["a"]["count"], found["b"]["count"], found["verdict"]) == (60, 100, "no_difference")
    assert found["ratio_low"] < 1 < found["ratio"]


def test_days_that_have_not_passed_are_no_fall(api: Api) -> None:
    today = clock.now().date()
    for days in range(1, 21):
        _sent(api, "a", 5, 0, days=days)
    month = f"{today - timedelta(days=9)}..{today + timedelta(days=20)}"
    found = _compare(
        api, metric="outreach_sent", a=f"{today - timedelta(days=20)}..{today - timedelta(days=10)}", b=month
    )
    assert (found["a"]["of"], found["b"]["of"]) == (11, 10)
    assert found["verdict"] == "no_difference"
    coming = f"{today + timedelta(days=1)}..{today + timedelta(days=20)}"
    found = _compare(api, metric="outreach_sent", a=month.replace(str(today - timedelta(days=9)), str(today)), b=coming)
    assert (found["verdict"], found["ratio"], found["b"]["of"]) == (None, None, 0)
    found = _compare(
        api, metric="outreach_sent", a=f"{today - timedelta(days=20)}..{today - timedelta(days=1)}", b=coming
    )
    assert (found["verdict"], found["ratio"], found["p_value"]) == ("too_few", None, None)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("template:a", "template:a"),
        ("template:a", "kind:-"),
        ("DAYS", "DAYS"),
        ("DAYS", "template:a"),
        ("EARLIER", "DAYS"),
    ],
)
def test_what_is_counted_on_both_sides_is_not_tested(api: Api, a: str, b: str) -> None:
    today = clock.now().date()
    days = {"DAYS": f"{today - timedelta(days=5)}..{today}", "EARLIER": f"{today - timedelta(days=9)}..{today}"}
    _sent(api, "a", 40, 20)
    _sent(api, "b", 40, 0)
    found = _compare(api, metric="reply_rate", a=days.get(a, a), b=days.get(b, b))
    assert (found["verdict"], found["test"], found["p_value"]) == (None, None, None)
    assert "no test is made" in found["sentence"]
    assert found["difference"] is not None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"metric": "reply_rate", "a": "segment:x", "b": "template:y"}, "a"),
        ({"metric": "reply_rate", "a": "template:x", "b": "2026-02-30..2026-03-01"}, "b"),
        ({"metric": "provider_spend", "a": "2026-02-01..2026-03-01", "b": "2026-02-01..2026-03-01"}, "metric"),
        ({"metric": "request_latency", "a": "2026-02-01..2026-03-01", "b": "2026-02-01..2026-03-01"}, "metric"),
        ({"metric": "reply_rate", "a": "2026-02-01..2026-01-01", "b": "template:y"}, "a"),
        ({"metric": "reply_rate", "a": "template:y", "b": "1026-02-01..2026-01-01"}, "b"),
    ],
)
def test_what_cannot_be_compared_is_refused(api: Api, query: dict[str, str], field: str) -> None:
    answer = api.http.get("/api/analytics/compare", params=query)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


def test_an_export_has_the_documents_of_the_range(api: Api) -> None:
    for n in range(3):
        api.post("/api/prospects", {"name": f"=Ann {n}", "tags": ["x"]})
    body = {"data_type": "prospects", "date_range": "day"}
    answer = api.http.post("/api/analytics/export", json=body)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="prospects-' in answer.headers["content-disposition"]
    assert answer.text.count("'=Ann") == 3
    rows = api.http.post("/api/analytics/export", json=body | {"format": "json"}).json()["rows"]
    assert [row["tags"] for row in rows] == ["x"] * 3
    again = {"Idempotency-Key": "k"}
    first, second = (api.http.post("/api/analytics/export", json=body, headers=again) for _ in range(2))
    assert first.content == second.content
    none = body | {"date_range": {"start": "2020-01-01", "end": "2020-01-02"}, "format": "xlsx"}
    assert api.http.post("/api/analytics/export", json=none).content.startswith(b"PK")
    metrics = {"data_type": "metrics", "date_range": "week"}
    assert api.http.post("/api/analytics/export", json=metrics).text.count("outreach_sent,") == 7
