"""/api/notifications: what is unread, and reading it."""

from typing import Any

from shared.domains import notifications
from shared.domains.notifications import Notification
from shared.kit import clock
from tests.fixtures.api import Api


def notify(api: Api, title: str = "T", **fields: Any) -> dict[str, Any]:
    body = {"title": title, "message": "M", **fields}
    made: dict[str, Any] = api.post("/api/notifications/", body)["notification"]
    return made


def test_what_was_told_is_listed_newest_first(api: Api) -> None:
    first = notify(api, "A", type="high_fit", priority="high", link="/prospects?id=1")
    second = notify(api, "B")
    page = api.get("/api/notifications/")
    assert page["notifications"] == [second, first]
    assert (first["read"], first["type"], first["priority"], first["link"]) == (
        False,
        "high_fit",
        "high",
        "/prospects?id=1",
    )
    assert first["timestamp"] == first["created_at"]
    assert (page["unread_count"], page["total"]) == (2, 2)


def test_reading_one_counts_over_all_pages(api: Api) -> None:
    ids = [notify(api, str(n))["id"] for n in range(3)]
    read = api.put(f"/api/notifications/{ids[0]}/read", {})["notification"]
    assert read["read"] is True
    assert api.put(f"/api/notifications/{ids[0]}/read", {})["notification"]["updated_at"] == read["created_at"]
    page = api.get("/api/notifications", limit=1)
    assert (len(page["notifications"]), page["unread_count"], page["total"]) == (1, 2, 3)
    unread = api.get("/api/notifications", unread_only="true")
    assert ([n["id"] for n in unread["notifications"]], unread["total"]) == ([ids[2], ids[1]], 2)
    rest = api.get("/api/notifications", unread_only="true", limit=1)
    assert (
        api.get("/api/notifications", unread_only="true", limit=1, cursor=rest["next_cursor"])["notifications"][0]["id"]
        == ids[1]
    )
    assert api.http.put("/api/notifications/missing/read").status_code == 404


def test_reading_all_goes_in_batches_and_counts(api: Api) -> None:
    now = clock.now()
    many = [
        Notification(id=f"n{n}", user_id=api.uid, created_at=now, updated_at=now, title="T", message="M")
        for n in range(620)
    ]
    assert not any(notifications.repository.create_each(many))
    with api.another_user() as other:
        notify(other)
        answer = api.http.post("/api/notifications/mark-all-read")
        assert api.ok(answer)["count"] == 620
        assert answer.headers["x-firestore-cost"] == "rpcs=8 reads=620 writes=629 commits=6"
        assert api.get("/api/notifications")["unread_count"] == 0
        assert api.post("/api/notifications/mark-all-read")["count"] == 0
        assert other.get("/api/notifications")["unread_count"] == 1


def test_what_is_refused(api: Api) -> None:
    for field, value in (("type", "odd"), ("priority", "urgent"), ("title", "")):
        answer = api.http.post("/api/notifications", json={"title": "T", "message": "M", field: value})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert api.http.get("/api/notifications", params={"limit": 201}).status_code == 422
    id = notify(api)["id"]
    with api.another_user() as other:
        assert other.http.put(f"/api/notifications/{id}/read").status_code == 404
    assert api.get("/api/notifications")["unread_count"] == 1


def test_costs(api: Api) -> None:
    made = api.http.post("/api/notifications", json={"title": "T", "message": "M"})
    assert made.headers["x-firestore-cost"] == "rpcs=1 reads=0 writes=2 commits=1"
    read = api.http.put(f"/api/notifications/{made.json()['notification']['id']}/read")
    assert read.headers["x-firestore-cost"] == "rpcs=2 reads=1 writes=2 commits=1"
