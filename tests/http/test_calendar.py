"""/api/calendar: planning, finding by date and state, changing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.fixtures.api import Api
from tests.fixtures.served import Served
from tests.fixtures.waiting import eventually


def day(offset: int) -> str:
    return (datetime.now(UTC) + timedelta(days=offset)).date().isoformat()


def plan(api: Api, date: str, **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = api.post("/api/calendar/", {"scheduled_date": date, "type": "follow_up", **fields})["event"]
    return made


@pytest.fixture
def prospect(api: Api) -> str:
    id: str = api.post("/api/prospects", {"name": "Ann Lee", "company": "Acme"})["prospect"]["id"]
    return id


def test_what_was_planned_is_what_is_read(api: Api, prospect: str) -> None:
    made = plan(api, "2031-02-03", prospect_id=prospect, type="check_in", notes="Call.")
    assert api.get(f"/api/calendar/{made['id']}")["event"] == made
    assert (made["scheduled_date"], made["type"], made["status"], made["notes"]) == (
        "2031-02-03",
        "check_in",
        "pending",
        "Call.",
    )
    assert (made["prospect_name"], made["company"]) == ("Ann Lee", "Acme")
    assert made["suggested_message"].startswith("Hi Ann,")
    assert "at Acme" in made["suggested_message"]
    assert plan(api, "2031-02-03")["suggested_message"] is None


def test_states_and_dates_combine(api: Api) -> None:
    for offset in (-3, -1, 0, 2):
        plan(api, day(offset), notes=str(offset))
    done = plan(api, day(-2), notes="done")["id"]
    assert api.put(f"/api/calendar/{done}", {"status": "completed"})["event"]["status"] == "completed"

    def found(**query: Any) -> list[str]:
        page = api.get("/api/calendar", **query)
        assert page["total"] == len(page["events"])
        assert all(e["status"] == query.get("status", e["status"]) for e in page["events"])
        return [e["notes"] for e in page["events"]]

    assert found() == ["-3", "done", "-1", "0", "2"]
    assert found(status="pending") == ["0", "2"]
    assert found(status="overdue") == ["-3", "-1"]
    assert found(status="completed") == ["done"]
    assert found(start_date=day(-2), end_date=day(0)) == ["done", "-1", "0"]
    assert found(status="overdue", start_date=day(-2)) == ["-1"]
    assert found(status="overdue", end_date=day(5)) == ["-3", "-1"]
    assert found(status="pending", start_date=day(-5), end_date=day(1)) == ["0"]
    assert found(status="completed", start_date=day(-2), end_date=day(-2)) == ["done"]
    assert found(status="pending", end_date=day(-1)) == []


def test_pages(api: Api) -> None:
    for offset in (1, 2, 3):
        plan(api, day(offset), notes=str(offset))
    first = api.get("/api/calendar", status="pending", limit=2)
    assert ([e["notes"] for e in first["events"]], first["total"]) == (["1", "2"], 3)
    rest = api.get("/api/calendar", status="pending", limit=2, cursor=first["next_cursor"])
    assert ([e["notes"] for e in rest["events"]], rest["next_cursor"]) == (["3"], None)


def test_only_the_given_fields_change(api: Api, prospect: str) -> None:
    made = plan(api, day(1), notes="Call.")
    url = f"/api/calendar/{made['id']}"
    moved = api.put(url, {"scheduled_date": day(4)})["event"]
    assert (moved["scheduled_date"], moved["notes"], moved["prospect_id"]) == (day(4), "Call.", None)
    assert moved["updated_at"] > made["updated_at"]
    assert api.put(url, {"prospect_id": prospect})["event"]["company"] == "Acme"
    done = api.put(url, {"status": "completed"})["event"]
    assert (done["status"], done["last_contact"]) == ("completed", day(0))
    again = api.put(url, {"status": "pending"})["event"]
    assert (again["status"], again["last_contact"]) == ("pending", day(0))
    empty = api.http.put(url, json={})
    assert (empty.status_code, empty.json()["detail"]) == (400, "No fields to update")


def test_a_stale_change_or_delete_is_refused(api: Api) -> None:
    url = f"/api/calendar/{plan(api, day(1))['id']}"
    stale = {"If-Match": api.http.get(url).headers["etag"]}
    api.put(url, {"notes": "New"})
    assert api.http.put(url, json={"notes": "Old"}, headers=stale).status_code == 412
    assert api.http.delete(url, headers=stale).status_code == 412
    assert api.ok(api.http.delete(url))["message"]
    assert api.http.get(url).status_code == 404
    assert api.http.delete(url).status_code == 404


def test_what_is_refused(api: Api) -> None:
    unknown = {"scheduled_date": day(1), "type": "initial", "prospect_id": "missing"}
    assert api.http.post("/api/calendar/", json=unknown).status_code == 404
    assert api.get("/api/calendar")["total"] == 0
    for field, value in (("scheduled_date", "2026-02-30"), ("scheduled_date", "1.2.2030"), ("type", "odd")):
        body = {"scheduled_date": day(1), "type": "initial", field: value}
        answer = api.http.post("/api/calendar/", json=body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    id = plan(api, day(1))["id"]
    assert api.http.put(f"/api/calendar/{id}", json={"status": "overdue"}).status_code == 422
    assert api.http.put(f"/api/calendar/{id}", json={"prospect_id": "missing"}).status_code == 404
    assert api.http.get("/api/calendar", params={"limit": 1001}).status_code == 422


def test_an_event_put_off_is_due_again_and_all_of_it_is_told(api: Api, served: Served) -> None:
    id = plan(api, day(-1))["id"]
    assert served.tick("follow_ups_due")["announced"] == 1
    assert served.tick("follow_ups_due")["announced"] == 0
    api.put(f"/api/calendar/{id}", {"scheduled_date": day(0)})
    assert served.tick("follow_ups_due")["announced"] == 1
    api.put(f"/api/calendar/{id}", {"status": "completed"})
    api.ok(api.http.delete(f"/api/calendar/{id}"))
    wanted = ["completed", "deleted", "due", "due", "moved", "scheduled"]
    eventually(
        lambda: (
            sorted(a["title"].split()[-1] for a in api.get("/api/activity", type="outreach")["activities"]) == wanted
        )
    )


def test_nobody_reaches_anothers_events(api: Api) -> None:
    id = plan(api, day(1))["id"]
    with api.another_user() as other:
        assert other.http.get(f"/api/calendar/{id}").status_code == 404
        assert other.http.put(f"/api/calendar/{id}", json={"notes": "X"}).status_code == 404
        assert other.http.delete(f"/api/calendar/{id}").status_code == 404


def test_costs(api: Api) -> None:
    made = api.http.post("/api/calendar", json={"scheduled_date": day(1), "type": "initial"})
    assert made.headers["x-firestore-cost"] == "rpcs=2 reads=1 writes=2 commits=1"
    url = f"/api/calendar/{made.json()['event']['id']}"
    assert api.http.get(url).headers["x-firestore-cost"] == "rpcs=1 reads=1 writes=0 commits=0"
    changed = api.http.put(url, json={"status": "completed"})
    assert changed.headers["x-firestore-cost"] == "rpcs=2 reads=1 writes=2 commits=1"
