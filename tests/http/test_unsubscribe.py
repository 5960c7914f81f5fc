"""The unsubscribe link: a page for a person, one click for a mail program; looking at it does nothing."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from infra.local import plain
from infra.local.cloud import LocalCloud
from shared import settings
from shared.domains.contacts import unsubscribe
from shared.gcp import firestore
from shared.kit.ids import new_id
from tests.automations.played import notify, reach, titles
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"}
JSON = {"Accept": "application/json"}
ONE_CLICK = {"Content-Type": "application/x-www-form-urlencoded"}
TRACKED = "?utm_source=mail&utm_medium=email&fbclid=IwAR0&limit=none&user_id=somebody"


@pytest.fixture
def anybody(api: Api) -> Iterator[httpx.Client]:
    with plain.client(base_url=api.url) as client:
        yield client


def _prospect(api: Api, email: str = "ann@acme.io", **more: Any) -> str:
    return str(api.post("/api/prospects", {"name": "Ann", "email": email, **more})["prospect"]["id"])


def _link(api: Api, prospect: str, email: str = "ann@acme.io") -> str:
    """As it stands in a message that was sent."""
    token = new_id()
    firestore.client().commit(unsubscribe.to_offer(token, api.uid, email, prospect))
    return f"/api/unsubscribe/{token}"


def _status(api: Api, prospect: str) -> str:
    return str(api.get(f"/api/prospects/{prospect}")["prospect"]["status"])


def _suppressed(api: Api) -> list[str]:
    return sorted(entry["address"] for entry in api.get("/api/contacts/suppressions")["suppressions"])


class Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        self.feed(answer.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def has(self, tag: str, **attributes: str) -> bool:
        return any(name == tag and attributes.items() <= found.items() for name, found in self.tags)


def test_a_person_sees_a_page_with_a_button(api: Api, anybody: httpx.Client) -> None:
    settings.use(settings.current().model_copy(update={"mail_from_name": "Nora & Sons"}))
    path = _link(api, _prospect(api))
    answer = anybody.get(path + TRACKED, headers=BROWSER)
    page = Page(answer)
    assert answer.status_code == 200
    assert page.has("html", lang="en")
    assert page.has("meta", name="viewport")
    assert page.has("title")
    assert page.has("main")
    assert page.has("h1")
    assert page.has("form", method="post")
    assert page.has("button", type="submit")
    assert not page.has("script")
    assert "Nora & Sons will be sent to ann@acme.io" in page.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert answer.headers["cache-control"] == "no-store"


def test_looking_changes_nothing(api: Api, anybody: httpx.Client) -> None:
    prospect = _prospect(api)
    path = _link(api, prospect)
    for headers in (BROWSER, JSON, {"Accept": "*/*"}):
        assert anybody.get(path, headers=headers).is_success
        assert anybody.head(path, headers=headers).is_success
    assert anybody.options(path).is_success
    assert (_status(api, prospect), _suppressed(api)) == ("new", [])


def test_the_button_acts_and_shows_what_came_of_it(api: Api, anybody: httpx.Client) -> None:
    prospect = _prospect(api)
    path = _link(api, prospect)
    for _ in range(2):
        answer = anybody.post(path + TRACKED, headers={**BROWSER, **ONE_CLICK, "Origin": api.url})
        page = Page(answer)
        assert answer.status_code == 200
        assert page.has("p", role="status")
        assert "ann@acme.io gets no further messages" in page.text
    assert (_status(api, prospect), _suppressed(api)) == ("unsubscribed", ["ann@acme.io"])
    [entry] = api.get("/api/contacts/suppressions")["suppressions"]
    assert entry["reason"] == unsubscribe.REASON


@pytest.mark.parametrize("form", ["urlencoded", "multipart"])
def test_one_click_of_a_mail_program(api: Api, anybody: httpx.Client, form: str) -> None:
    """RFC 8058, 3.2: either form, without a cookie or a sign-in, several at once."""
    path = _link(api, prospect := _prospect(api))
    fields = {"List-Unsubscribe": "One-Click"}
    given: dict[str, Any] = (
        {"data": fields} if form == "urlencoded" else {"files": {k: (None, v) for k, v in fields.items()}}
    )
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: anybody.post(path, **given), range(3)))
    assert [answer.status_code for answer in answers] == [200] * 3
    assert (_status(api, prospect), _suppressed(api)) == ("unsubscribed", ["ann@acme.io"])


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_that_is_none_says_so(api: Api, anybody: httpx.Client, method: str) -> None:
    path = _link(api, _prospect(api))
    for wrong in (f"{path}x", path[:-1], "/api/unsubscribe/%3Cscript%3E"):
        answer = anybody.request(method, wrong, headers=BROWSER)
        assert answer.status_code == 404
        page = Page(answer)
        assert "This link does not work" in page.text
        assert not page.has("form")
        assert not page.has("script")
        problem = anybody.request(method, wrong, headers=JSON)
        assert (problem.status_code, "not valid" in problem.json()["detail"]) == (404, True)
    assert _suppressed(api) == []


def test_programs_get_json_where_they_ask_for_it(api: Api, anybody: httpx.Client) -> None:
    path = _link(api, _prospect(api))
    assert anybody.get(path + TRACKED, headers=JSON).json()["address"] == "ann@acme.io"
    assert anybody.post(path + TRACKED, headers=JSON).json()["success"] is True


def test_the_prospect_may_be_gone_or_have_another_address(api: Api, anybody: httpx.Client) -> None:
    gone, moved = _prospect(api), _prospect(api, "bob@acme.io")
    paths = [_link(api, gone), _link(api, moved, "bob@acme.io")]
    api.ok(api.http.delete(f"/api/prospects/{gone}"))
    api.ok(api.http.patch(f"/api/prospects/{moved}", json={"email": "bob@home.example"}))
    for path in paths:
        assert anybody.post(path).is_success
    assert _status(api, moved) == "unsubscribed"
    assert _suppressed(api) == ["ann@acme.io", "bob@acme.io", "bob@home.example"]


@pytest.mark.parametrize(
    ("before", "after"),
    [("replied", "unsubscribed"), ("not_interested", "unsubscribed"), ("complained", "complained")],
)
def test_the_status_says_so_unless_it_says_more(api: Api, anybody: httpx.Client, before: str, after: str) -> None:
    prospect = _prospect(api, status=before)
    assert anybody.post(_link(api, prospect)).is_success
    assert _status(api, prospect) == after


def test_it_holds_again_after_the_suppression_was_lifted(api: Api, anybody: httpx.Client) -> None:
    path = _link(api, _prospect(api))
    for _ in range(2):
        assert anybody.post(path).is_success
        [entry] = api.get("/api/contacts/suppressions")["suppressions"]
        api.ok(api.http.delete(f"/api/contacts/suppressions/{entry['id']}"))
    assert anybody.post(path).is_success
    assert _suppressed(api) == ["ann@acme.io"]


def test_runs_about_the_prospect_stop(api: Api, anybody: httpx.Client, cloud: LocalCloud) -> None:
    delay = {"action": "delay", "config": {"seconds": 600}}
    id = api.automation("new_prospect_added", notify("before"), delay, notify("after"), stop_when=["unsubscribed"])
    prospect = _prospect(api)
    run = eventually(lambda: api.executions(id))[0]["id"]
    reach(api, id, run, "waiting")
    assert anybody.post(_link(api, prospect)).is_success
    cloud.clock.advance(timedelta(minutes=11))
    ended = reach(api, id, run, "cancelled", "success")
    assert (ended["status"], titles(api)) == ("cancelled", ["before"])
