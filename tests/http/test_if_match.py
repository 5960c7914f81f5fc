"""If-Match as RFC 9110 has it: lists, weak tags; also on settings, and after a write that changed nothing."""

from typing import Any

import httpx
import pytest

from tests.fixtures.api import Api

STALE, WEAK = '"1"', 'W/"1"'


def _prospect(api: Api) -> tuple[str, str]:
    """Its address and its tag."""
    made = api.http.post("/api/prospects", json={"name": "Ann"})
    return f"/api/prospects/{made.json()['prospect']['id']}", made.headers["etag"]


def _patch(api: Api, path: str, tags: str) -> httpx.Response:
    return api.http.patch(path, json={"company": "Acme"}, headers={"If-Match": tags})


@pytest.mark.parametrize("form", ["{}, {}", "{},{}", ", {} ,, {}", 'W/"7", {}, "x,y", {}', '"zz", "no-tag", {}, {}'])
@pytest.mark.parametrize("current_first", [True, False])
def test_one_tag_of_a_list_that_matches_is_enough(api: Api, form: str, current_first: bool) -> None:
    path, tag = _prospect(api)
    tags = (tag, STALE) if current_first else (STALE, tag)
    assert _patch(api, path, form.format(*tags)).status_code == 200
    assert _patch(api, path, form.format(*tags)).status_code == 412
    assert api.http.delete(path, headers={"If-Match": form.format(*tags)}).status_code == 412
    fresh = api.http.get(path).headers["etag"]
    assert api.http.delete(path, headers={"If-Match": form.format(STALE, fresh)}).status_code == 200


def test_a_weak_tag_matches_nothing(api: Api) -> None:
    path, tag = _prospect(api)
    for tags in (f"W/{tag}", f"{WEAK}, W/{tag}"):
        refused = _patch(api, path, tags)
        assert refused.status_code == 412
        assert "weak" in refused.json()["detail"]
    assert _patch(api, path, f"W/{tag}, {tag}").status_code == 200


@pytest.mark.parametrize("tags", ['"1', "a b", '"1" "2"', "W/1", '"1";"2"', '"1", *', "'1'"])
def test_what_is_no_list_of_tags_is_refused(api: Api, tags: str) -> None:
    path, _ = _prospect(api)
    assert _patch(api, path, tags).status_code == 400
    assert "company" not in api.get(path)["prospect"] or api.get(path)["prospect"]["company"] is None


def test_more_tags_than_are_compared_are_refused(api: Api) -> None:
    path, tag = _prospect(api)
    many = ", ".join(f'"{n:x}"' for n in range(60))
    assert _patch(api, path, f"{many}, {tag}").status_code == 400


@pytest.mark.parametrize(
    ("path", "one", "two"),
    [
        ("/api/contacts/policy", {"daily_quota": 7}, {"daily_quota": 8}),
        ("/api/automations/limits", {"concurrency": 7}, {"concurrency": 8}),
    ],
)
def test_settings_have_tags_that_guard_them(api: Api, path: str, one: dict[str, Any], two: dict[str, Any]) -> None:
    noun = path.rsplit("/", 1)[1]
    absent = api.http.get(path).headers["etag"]
    first = api.http.put(path, json=one, headers={"If-Match": absent})
    assert first.status_code == 200
    assert first.headers["etag"] == api.http.get(path).headers["etag"] != absent
    for stale in (absent, STALE, f"W/{first.headers['etag']}"):
        assert api.http.put(path, json=two, headers={"If-Match": stale}).status_code == 412
    assert api.get(path)[noun] == first.json()[noun]
    again = api.http.put(path, json=one, headers={"If-Match": f"{STALE}, {first.headers['etag']}"})
    assert (again.status_code, again.headers["etag"]) == (200, first.headers["etag"])  # it changed nothing
    second = api.http.put(path, json=two, headers={"If-Match": again.headers["etag"]})
    assert second.headers["etag"] == api.http.get(path).headers["etag"] != first.headers["etag"]
    assert api.http.put(path, json=one).status_code == 200


def test_the_tag_of_a_write_that_changed_nothing_is_the_document_s(api: Api) -> None:
    made = api.post("/api/notifications", {"title": "T", "message": "m"})["notification"]
    url = f"/api/notifications/{made['id']}/read"
    tags = [api.http.put(url).headers["etag"] for _ in range(2)]
    assert tags[0] == tags[1]
    assert api.http.put(url, headers={"If-Match": tags[1]}).status_code == 200


def test_a_link_made_twice_leaves_the_tag_as_it_is(api: Api) -> None:
    person = api.post("/api/prospects", {"name": "Ann"})["prospect"]["id"]
    message = api.post("/api/outreach", {"prospect_id": person, "subject": "S", "body": "B"})["outreach"]["id"]
    item = api.post("/api/vault", {"title": "T", "summary": "s", "category": "market_trends"})["item"]["id"]
    link = f"/api/vault/{item}/link-outreach"
    tags = [api.http.post(link, json={"outreach_id": message}).headers["etag"] for _ in range(2)]
    assert tags[0] == tags[1] == api.http.get(f"/api/vault/{item}").headers["etag"]
    renamed = api.http.put(f"/api/vault/{item}", json={"title": "U"}, headers={"If-Match": tags[1]})
    assert renamed.status_code == 200
