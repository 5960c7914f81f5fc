"""If-None-Match: 304 while nothing has changed, for one read of a list; and never while anything has."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from typing import Any

import httpx
import pytest

from infra.local.cloud import LocalCloud
from shared.domains import notifications
from shared.gcp import firestore
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.clock import SharedClock
from shared.realtime import entries
from tests.fixtures.api import Api
from tests.fixtures.crashes import crashes
from tests.fixtures.streams import settle, stamp
from tests.fixtures.waiting import eventually

PROSPECTS, NOTIFICATIONS = "/api/prospects", "/api/notifications"


def _asked(api: Api, path: str, tag: str | None, **query: Any) -> httpx.Response:
    return api.http.get(path, params=query, headers={} if tag is None else {"If-None-Match": tag})


def _add(api: Api, name: str = "Ann") -> str:
    return f"{PROSPECTS}/{api.post(PROSPECTS, {'name': name})['prospect']['id']}"


def _cost(answer: httpx.Response) -> str:
    return answer.headers["x-firestore-cost"].partition(" writes")[0]


def test_an_entity_is_sent_once(api: Api) -> None:
    path = _add(api)
    first = api.http.get(path)
    again = _asked(api, path, first.headers["etag"])
    assert (again.status_code, again.content, _cost(again)) == (304, b"", "rpcs=1 reads=1")
    assert "content-type" not in again.headers
    assert {"etag", "cache-control", "vary", "x-request-id"} <= again.headers.keys()
    assert again.headers["etag"] == first.headers["etag"]
    assert api.http.head(path, headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    changed = api.http.patch(path, json={"company": "Acme"})
    fresh = _asked(api, path, first.headers["etag"])
    assert (fresh.status_code, fresh.headers["etag"]) == (200, changed.headers["etag"])
    assert _asked(api, path, fresh.headers["etag"]).status_code == 304
    api.http.delete(path)
    assert _asked(api, path, fresh.headers["etag"]).status_code == 404
    assert _asked(api, path, "*").status_code == 404


@pytest.mark.parametrize("form", ["{}", "W/{}", '"x", {}', ', "1" ,, W/{},', "*", 'W/"a,b", {}'])
def test_what_names_the_tag(api: Api, form: str) -> None:
    path = _add(api)
    assert _asked(api, path, form.format(api.http.get(path).headers["etag"])).status_code == 304


@pytest.mark.parametrize(
    "form", ["", '"x"', '{}x"', "{} {}", "x y, {}", '"*"', "*, {}", '"', "W/", "{};q=1", '"1"' * 9000]
)
def test_what_does_not(api: Api, form: str) -> None:
    path = _add(api)
    tag = api.http.get(path).headers["etag"]
    assert _asked(api, path, form.format(tag, tag)).status_code in (200, 431)


def test_what_is_computed_of_other_documents_belongs_to_the_tag(api: Api) -> None:
    """The automation itself does not change with a run: its figures do."""
    id = api.automation("manual", "send_notification")
    path = f"/api/automations/{id}"
    tag = api.http.get(path).headers["etag"]
    assert _asked(api, path, tag).status_code == 304
    api.post(f"{path}/run")
    fresh = _asked(api, path, tag)
    assert (fresh.status_code, fresh.json()["automation"]["execution_count"]) == (200, 1)
    assert api.http.patch(path, json={"name": "B"}, headers={"If-Match": tag}).status_code == 200  # it is its version


def _notify(api: Api, number: int) -> None:
    for n in range(number):
        api.post(NOTIFICATIONS, {"title": str(n), "message": "m"})


def test_a_list_that_is_asked_for_again_costs_one_read(api: Api) -> None:
    _notify(api, 5)
    settle(api.uid)
    first = api.http.get(NOTIFICATIONS)
    assert first.headers["etag"].startswith('W/"')
    assert _cost(first) == "rpcs=4 reads=8"  # the entry, five rows, their number and that of the unread
    again = _asked(api, NOTIFICATIONS, first.headers["etag"])
    assert (again.status_code, again.content, _cost(again)) == (304, b"", "rpcs=1 reads=1")
    assert api.http.head(NOTIFICATIONS, headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    assert _asked(api, NOTIFICATIONS, "*").status_code == 304
    _notify(api, 1)
    fresh = _asked(api, NOTIFICATIONS, first.headers["etag"])
    assert (fresh.status_code, fresh.json()["total"]) == (200, 6)


def test_the_tag_of_a_list_is_good_for_the_same_user_and_question_alone(api: Api) -> None:
    tag = api.http.get(PROSPECTS).headers["etag"]
    assert _asked(api, PROSPECTS, tag).status_code == 304
    assert _asked(api, PROSPECTS, tag, limit=5).status_code == 200
    assert _asked(api, "/api/outreach", tag).status_code == 200
    with api.another_user() as other:
        assert _asked(other, PROSPECTS, tag).status_code == 200
    assert _asked(api, PROSPECTS, tag, limit="x").status_code == 422
    missing = "/api/automations/missing/executions"
    assert _asked(api, missing, "*").status_code == 404


def test_a_fresh_state_has_a_tag_that_matches_nothing(api: Api) -> None:
    _add(api)
    tags = [api.http.get(PROSPECTS).headers["etag"] for _ in range(2)]
    assert tags[0] != tags[1]
    assert [_asked(api, PROSPECTS, tag).status_code for tag in tags] == [200, 200]
    settle(api.uid)
    assert [_asked(api, PROSPECTS, tag).status_code for tag in tags] == [200, 200]


@pytest.mark.parametrize("age", [1, 10, 20])
def test_a_commit_that_took_long_is_not_hidden_by_a_later_one(api: Api, age: float) -> None:
    """It began before what the tag stands for, and ended after the tag was made."""
    _notify(api, 1)
    now = clock.now()
    seen = stamp(api.uid, set(), now - timedelta(seconds=age))
    tag = api.http.get(NOTIFICATIONS).headers["etag"]
    _notify(api, 1)
    stamp(api.uid, seen, now - timedelta(seconds=age + 1))
    fresh = _asked(api, NOTIFICATIONS, tag)
    assert fresh.status_code == 200
    assert fresh.json()["total"] == 2


def test_a_state_that_is_read_beside_a_list_is_settled_only_if_it_was_before(api: Api) -> None:
    """What was committed after the list was read may be in it, and the list does not show that."""
    _notify(api, 1)
    started = time.monotonic()
    stamp(api.uid, set(), clock.now() - entries.longest_commit())
    begun = entries.begin_state(api.uid)
    time.sleep(3 + time.monotonic() - started)  # longer than it took to ask, on a busy machine too
    assert not begun().settled
    assert entries.state(api.uid).settled


def test_what_depends_on_the_day_is_sent_anew_when_it_may_have_changed(api: Api, cloud: LocalCloud) -> None:
    event = {"scheduled_date": clock.now().date().isoformat(), "type": "follow_up"}
    api.post("/api/calendar", event)
    eventually(lambda: api.get("/api/activity")["total"])  # which is the last that its event has written
    settle(api.uid)
    tag = api.http.get("/api/calendar").headers["etag"]
    assert _asked(api, "/api/calendar", tag).status_code == 304
    SharedClock(cloud.clock_file).advance(timedelta(days=1))
    fresh = _asked(api, "/api/calendar", tag)
    assert (fresh.status_code, fresh.json()["events"][0]["status"]) == (200, "overdue")


def test_changes_one_by_one_are_not_hidden_wherever_they_end(api: Api) -> None:
    """Some are made, and nobody is left to announce them."""
    for boundary in range(1, 8):
        _notify(api, 3)
        settle(api.uid)
        before = api.http.get(NOTIFICATIONS)
        assert _asked(api, NOTIFICATIONS, before.headers["etag"]).status_code == 304
        died = crashes(boundary, lambda: notifications.mark_all_read(api.uid))
        after = _asked(api, NOTIFICATIONS, before.headers["etag"])
        unread = api.get(NOTIFICATIONS)["unread_count"]
        assert after.status_code == 200 or unread == before.json()["unread_count"]
        if not died:
            break
    assert boundary > 4


class _Writers:
    """Create notifications, two at once, and note those that are committed."""

    def __init__(self, uid: str) -> None:
        self.committed, self._uid, self._chance = set[str](), uid, Random(3)

    def write(self, number: int) -> None:
        apply = (self._in_one, self._one_by_one)[number]
        for turn in range(12):
            built = [notifications.build(self._uid, "t", "m", id=f"{number}-{turn}-{n}") for n in range(2)]
            apply([notifications.to_create(each) for each in built])
            self.committed.update(each.id for each in built)
            time.sleep(self._chance.uniform(0, 1.6))

    def _in_one(self, creations: list[Write]) -> None:
        firestore.client().commit(creations)

    def _one_by_one(self, creations: list[Write]) -> None:
        assert not any(firestore.client().batch_write(creations))


def _poll(api: Api, committed: set[str], ended: threading.Event) -> tuple[int, list[set[str]]]:
    """Poll until the end; answers how often nothing was new, and what was hidden."""
    tag, known, quiet, hidden = None, set[str](), 0, list[set[str]]()
    with Api(api.url, api.project, api.uid) as client:
        while not ended.is_set():
            before = set(committed)
            answer = _asked(client, NOTIFICATIONS, tag, limit=200)
            if answer.status_code == 304:
                quiet += 1
            else:
                tag, known = answer.headers["etag"], {row["id"] for row in answer.json()["notifications"]}
            hidden += [before - known] if before - known else []
            time.sleep(0.02)
    return quiet, hidden


@pytest.mark.timeout(120)
def test_no_change_is_ever_hidden_from_a_client_that_polls(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two writers, two clients that poll: what was committed before a poll began, its client has after it."""
    longest = timedelta(seconds=0.5)
    monkeypatch.setattr(entries, "LAG", longest - timedelta(seconds=20))  # so that states settle between the writes
    writers, ended = _Writers(api.uid), threading.Event()
    with ThreadPoolExecutor(8) as pool:
        polls = [pool.submit(_poll, api, writers.committed, ended) for _ in range(2)]
        try:
            for written in [pool.submit(writers.write, number) for number in range(2)]:
                written.result()
        finally:
            ended.set()
        for quiet, hidden in (each.result() for each in polls):
            assert hidden == []
            assert quiet > 5
