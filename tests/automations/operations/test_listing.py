"""Lists of runs: filters that combine, a search that says how far it looked, and counts by status."""

from collections import Counter
from itertools import chain, combinations, product

import pytest

from shared.automations.runs.models import Execution
from tests.automations.listed import ALL, execution, light, store
from tests.automations.played import notify
from tests.fixtures.api import Api

FILTERS = ("automation_id", "status", "subject", "trigger")
COMBINATIONS = list(chain.from_iterable(combinations(FILTERS, n) for n in range(len(FILTERS) + 1)))


def _mixed(uid: str) -> list[Execution]:
    """One of every kind, newest first."""
    kinds = product(("a1", "a2"), ("failed", "success"), ("p1", "p2"), ("new_prospect_added", "manual"))
    made = [
        execution(uid, n, automation_id=id, status=status, subject=subject, triggered_by=trigger)
        for n, (id, status, subject, trigger) in enumerate(kinds)
    ]
    store(*made)
    return made[::-1]


def test_filters_combine(api: Api) -> None:
    """Every combination of them, with and without a stretch of time; in each case the same runs in all three calls."""
    made = _mixed(api.uid)
    wanted = {"automation_id": "a2", "status": "failed", "subject": "p1", "trigger": "manual"}
    fields = {"automation_id": "automation_id", "status": "status", "subject": "subject", "trigger": "triggered_by"}
    times = {"from": "2030-01-01T00:03:00Z", "to": "2030-01-01T00:11:00Z"}
    for names, stretch in product(COMBINATIONS, ({}, times)):
        query = {name: wanted[name] for name in names} | stretch
        expected = [
            run
            for n, run in zip(range(15, -1, -1), made, strict=True)
            if all(getattr(run, fields[name]) == wanted[name] for name in names) and (not stretch or 3 <= n < 11)
        ]
        seen = api.get(ALL, **query)
        assert [run["id"] for run in seen["executions"]] == [run.id for run in expected], query
        assert [row["id"] for row in light(api, **query)] == [run.id for run in expected], query
        assert seen["total"] == len(expected)
        counted = api.get(f"{ALL}/counts", **{name: value for name, value in query.items() if name != "status"})
        if "status" in names:
            assert counted["counts"]["failed"] == len(expected)
        else:
            assert {status: number for status, number in counted["counts"].items() if number} == Counter(
                run.status for run in expected
            )
            assert counted["total"] == len(expected)


def test_the_old_spelling_of_a_trigger_filters_too(api: Api) -> None:
    _mixed(api.uid)
    assert api.get(ALL, trigger="new_prospect")["total"] == 8


def test_the_runs_of_one_automation_are_filtered_alike(api: Api) -> None:
    id = api.automation("manual", notify("n"))
    store(*(execution(api.uid, n, automation_id=id, status="failed", subject=f"p{n}") for n in range(3)))
    path = f"/api/automations/{id}/executions"
    assert [row["subject"] for row in light(api, path, status="failed")] == ["p2", "p1", "p0"]
    assert api.get(f"{path}/counts", subject="p1")["counts"]["failed"] == 1
    assert api.get(path, subject="p1", search="ann")["total"] == 1
    for wrong in ("", "/counts"):
        assert api.http.get(f"/api/automations/missing/executions{wrong}").status_code == 404
    api.ok(api.http.delete(f"/api/automations/{id}"))
    assert api.get(path)["total"] == 3
    assert [api.get(path, **none)["total"] for none in ({"status": "success"}, {"search": "nobody"})] == [0, 0]
    assert api.get(f"{path}/counts", subject="p9")["total"] == 0
    with api.another_user() as other:
        assert other.http.get(path).status_code == 404


def test_pages_of_rows_follow_each_other(api: Api) -> None:
    made = _mixed(api.uid)
    for more in ({}, {"search": "wel"}):
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = api.get(ALL, view="row", limit=5, **more, **cursor)
            seen += [row["id"] for row in page["executions"]]
            assert page["total"] == 16
            if not page["next_cursor"]:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert seen == [run.id for run in made]


def test_words_are_searched_for_in_names_and_error(api: Api) -> None:
    store(
        execution(api.uid, 1, name="Welcome mail", data={"name": "Ann Lee"}, status="failed", error="No address."),
        execution(api.uid, 2, name="Welcome mail", data={"prospect_name": "Bob Ray", "title": "Hi"}, status="success"),
        execution(api.uid, 3, name="Weekly report", data={"title": "Tutor prices"}, status="success"),
    )
    found = {text: [row["id"] for row in light(api, search=text)] for text in ("wel", "lee addr", "BOB", "tutor", "hi")}
    one, two, three = (execution(api.uid, n).id for n in (1, 2, 3))
    assert found == {"wel": [two, one], "lee addr": [one], "BOB": [two], "tutor": [three], "hi": []}
    page = api.get(ALL, search="welcome", status="success")
    assert ([run["id"] for run in page["executions"]], page["total"]) == ([two], 1)
    assert page["searched"] == {"limit": 1_000, "complete": True}
    assert page["executions"][0]["results"] == {}
    counted = api.get(f"{ALL}/counts", search="welcome")
    assert (counted["total"], counted["counts"]["failed"], counted["counts"]["success"]) == (2, 1, 1)
    assert counted["searched"] == {"limit": 1_000, "complete": True}
    assert api.get(f"{ALL}/counts")["searched"] is None


def test_a_search_says_where_it_ended(api: Api) -> None:
    store(*(execution(api.uid, n, name="Old" if n == 0 else "New", status="success") for n in range(1_001)))
    page = api.get(ALL, view="row", search="old")
    assert (page["total"], page["searched"]) == (0, {"limit": 1_000, "complete": False})
    assert api.get(ALL, view="row", search="old", to="2030-01-01T00:30:00Z")["total"] == 1


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        ({"view": "light"}, "view", "'full' or 'row'"),
        ({"status": "odd"}, "status", "'pending'"),
        ({"trigger": "odd"}, "trigger", "use one of automation_failed"),
        ({"from": "2030-01-02T00:00:00Z", "to": "2030-01-01T00:00:00Z"}, "body", "before to"),
        ({"from": "yesterday"}, "from", "2026-01-31T09:00:00Z"),
        ({"since": "2030-01-02T00:00:00Z"}, "since", "unknown field"),
    ],
)
def test_a_filter_that_is_none_is_refused(api: Api, query: dict[str, str], field: str, sentence: str) -> None:
    answer = api.http.get(ALL, params=query)
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["field"]) == (422, field)
    assert sentence in error["message"]


def test_counts_take_no_status(api: Api) -> None:
    """They are by status."""
    answer = api.http.get(f"{ALL}/counts", params={"status": "failed"})
    assert (answer.status_code, "unknown field" in answer.json()["detail"]) == (422, True)
    assert set(api.get(f"{ALL}/counts")["counts"]) == {
        *("pending", "running", "waiting", "success", "failed", "cancelled")
    }


def test_nobody_elses_runs_are_counted(api: Api) -> None:
    _mixed(api.uid)
    with api.another_user() as other:
        assert other.get(f"{ALL}/counts")["total"] == 0
        assert other.get(f"{ALL}/counts", search="welcome")["total"] == 0
    assert api.get(f"{ALL}/counts")["total"] == 16
