"""/api/webhooks: keeping them, and their secrets."""

from base64 import b64decode
from typing import Any

from shared.gcp import firestore
from tests.fixtures.api import Api

HOOK = {"url": "https://example.com/hook", "event_types": ["prospect_added"]}


def make(api: Api, **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = api.post("/api/webhooks", {**HOOK, **fields})["webhook"]
    return made


def test_the_secret_is_shown_once(api: Api) -> None:
    made = make(api)
    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    assert len(b64decode(secret.removeprefix("whsec_"), validate=True)) == 32
    assert (made["status"], made["failure_count"], made["last_triggered"]) == ("active", 0, None)
    url = f"/api/webhooks/{made['id']}"
    assert api.get(url)["webhook"] == made
    assert api.get("/api/webhooks")["webhooks"] == [made]
    assert "secret" not in api.put(url, {"status": "inactive"})["webhook"]
    stored = firestore.client().get(f"users/{api.uid}/webhooks/{made['id']}")
    assert stored is not None
    assert secret not in str(stored.data)  # clients may read this document themselves


def test_ones_own_secret_is_kept(api: Api) -> None:
    assert make(api, secret="a-secret-of-my-own")["secret"] == "a-secret-of-my-own"
    assert make(api)["secret"] != make(api)["secret"]


def test_only_the_given_fields_change(api: Api) -> None:
    made = make(api)
    url = f"/api/webhooks/{made['id']}"
    changed = api.put(url, {"event_types": ["outreach_sent", "outreach_sent"]})["webhook"]
    assert (changed["event_types"], changed["url"]) == (["outreach_sent"], HOOK["url"])
    assert changed["updated_at"] > made["updated_at"]
    empty = api.http.put(url, json={})
    assert (empty.status_code, empty.json()["detail"]) == (400, "No fields to update")


def test_filters_and_pages(api: Api) -> None:
    first, second = make(api)["id"], make(api)["id"]
    api.put(f"/api/webhooks/{first}", {"status": "inactive"})
    assert [w["id"] for w in api.get("/api/webhooks", status="active")["webhooks"]] == [second]
    page = api.get("/api/webhooks", limit=1)
    assert (page["total"], [w["id"] for w in page["webhooks"]]) == (2, [second])
    assert [w["id"] for w in api.get("/api/webhooks", cursor=page["next_cursor"])["webhooks"]] == [first]


def test_a_stale_change_or_delete_is_refused(api: Api) -> None:
    url = f"/api/webhooks/{make(api)['id']}"
    stale = {"If-Match": api.http.get(url).headers["etag"]}
    fresh = {"If-Match": api.http.put(url, json={"status": "inactive"}).headers["etag"]}
    assert api.http.put(url, json={"status": "active"}, headers=stale).status_code == 412
    assert api.http.delete(url, headers=stale).status_code == 412
    assert api.ok(api.http.delete(url, headers=fresh))["message"]
    assert api.http.get(url).status_code == 404
    assert api.http.delete(url).status_code == 404


def test_what_is_refused(api: Api) -> None:
    bad: list[tuple[str, Any]] = [
        ("url", "ftp://example.com"),
        ("url", "https://"),
        ("url", "javascript:alert(1)"),
        ("url", "https://me:pw@example.com"),
        ("url", "https://exa mple.com"),
        ("url", "https://example.com:99999"),
        ("url", "https://example.com/" + "x" * 2000),
        ("url", "http://169.254.169.254/computeMetadata/v1/"),
        ("url", "http://metadata.google.internal/"),
        ("url", "https://10.0.0.1/"),
        ("url", "https://[::ffff:127.0.0.1]/"),
        ("url", "http://0x7f.1/"),
        ("url", "http://localhost/"),
        ("event_types", []),
        ("secret", "short"),
        ("secret", "whsec_no-base64-at-all"),
        ("secret", "whsec_dG9vIHNob3J0"),
    ]
    for field, value in bad:
        answer = api.http.post("/api/webhooks", json={**HOOK, field: value})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), value
    inner = api.http.put(f"/api/webhooks/{make(api)['id']}", json={"url": "http://127.0.0.1/"})
    assert (inner.status_code, "loopback" in inner.json()["detail"]) == (422, True)
    odd = api.http.post("/api/webhooks", json={**HOOK, "event_types": ["odd"]})
    assert odd.json()["errors"][0]["field"] == "event_types.0"
    assert api.get("/api/webhooks")["total"] == 1
    assert api.http.get("/api/webhooks/missing").status_code == 404


def test_nobody_reaches_anothers_webhooks(api: Api) -> None:
    id = make(api)["id"]
    with api.another_user() as other:
        assert other.http.get(f"/api/webhooks/{id}").status_code == 404
        assert other.http.put(f"/api/webhooks/{id}", json={"status": "inactive"}).status_code == 404
        assert other.http.delete(f"/api/webhooks/{id}").status_code == 404
        assert other.get("/api/webhooks")["total"] == 0


def test_costs(api: Api) -> None:
    made = api.http.post("/api/webhooks", json=HOOK)
    assert made.headers["x-firestore-cost"] == "rpcs=2 reads=1 writes=4 commits=1"  # one is its place in a list
    url = f"/api/webhooks/{made.json()['webhook']['id']}"
    assert api.http.get(url).headers["x-firestore-cost"] == "rpcs=1 reads=2 writes=0 commits=0"
    lists = 18  # of what starts automations, and of the events that start none
    assert api.http.delete(url).headers["x-firestore-cost"] == f"rpcs=1 reads=0 writes={4 + lists} commits=1"
