"""Automations that call each other's addresses are a chain like any other: it is bounded, reported, and not forged."""

from collections.abc import Iterator
from typing import Any

import jwt
import pytest

from infra.local import plain
from shared import settings
from shared.automations.definitions.models import MAX_DEPTH
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually
from tests.providers.web.site import Asked, Site, response

HEADER = "automation-cause"


@pytest.fixture
def door(api: Api) -> Iterator[Site]:
    """The public address of the API: a load balancer, which hands every header on."""

    def forward(asked: Asked) -> list[bytes]:
        headers = {name: value for name, value in asked.headers.items() if name != "host"}
        answer = plain.request(asked.method, api.url + asked.target, content=asked.body, headers=headers, timeout=60)
        return response(answer.content, answer.status_code, content_type=answer.headers["content-type"])

    with Site(forward) as site:
        replaced = settings.use(settings.current().model_copy(update={"public_url": site.url}))
        yield site
        settings.use(replaced)


def _address(api: Api, name: str) -> tuple[str, str]:
    """An automation of that name, not yet active, and its path."""
    step = {"action": "delay", "config": {"seconds": 0}}
    made = api.post("/api/automations", {"name": name, "trigger": "webhook", "steps": [step]})["automation"]
    return made["id"], made["trigger_config"]["url"]


def _calling(api: Api, id: str, *urls: str, **config: Any) -> list[str]:
    """Have the automation call the addresses, one after another, and activate it; answers the warnings."""
    steps = [{"action": "call_webhook", "config": {"url": url, **config}, "on_error": "continue"} for url in urls]
    api.put(f"/api/automations/{id}", {"steps": steps})
    warnings: list[str] = api.post(f"/api/automations/{id}/activate")["warnings"]
    return warnings


def _blocked(api: Api) -> list[str]:
    logs = api.get("/api/system/logs", category="automation")["logs"]
    return [entry["message"] for entry in logs if "was not started" in entry["message"]]


def _depths(api: Api, *ids: str) -> list[int]:
    return sorted(run["event"]["depth"] for id in ids for run in api.executions(id))


def test_a_circle_of_two_addresses_ends_at_the_bound_and_is_reported(api: Api, door: Site) -> None:
    (ping, ping_url), (pong, pong_url) = _address(api, "Ping"), _address(api, "Pong")
    assert _calling(api, ping, door.url + pong_url) == []
    [warning] = _calling(api, pong, door.url + ping_url)
    assert warning.startswith("Pong → Ping → Pong: ")
    assert plain.post(api.url + ping_url, json={}).status_code == 202
    [entry] = eventually(lambda: _blocked(api))
    assert f"depth {MAX_DEPTH}" in entry
    assert _depths(api, ping, pong) == list(range(MAX_DEPTH + 1))
    eventually(lambda: all(run["completed_at"] for id in (ping, pong) for run in api.executions(id)))
    runs = sorted([*api.executions(ping), *api.executions(pong)], key=lambda run: run["event"]["depth"])
    assert [run["event"]["cause"]["execution_id"] for run in runs[1:]] == [run["id"] for run in runs[:-1]]


def test_one_that_calls_its_own_address_is_not_started_by_it(api: Api, door: Site) -> None:
    own, url = _address(api, "Own")
    assert [warning.partition(":")[0] for warning in _calling(api, own, door.url + url)] == ["Own → Own"]
    plain.post(api.url + url, json={})
    assert "would have started itself" in eventually(lambda: _blocked(api))[0]
    [run] = eventually(lambda: [run for run in api.executions(own) if run["completed_at"]])
    assert run["event"]["depth"] == 0


def test_the_stack_s_own_url_is_no_way_around(api: Api) -> None:
    """Called where the functions answer, with no address in public."""
    own, url = _address(api, "Own")
    assert [warning.partition(":")[0] for warning in _calling(api, own, api.url + url)] == ["Own → Own"]
    plain.post(api.url + url, json={})
    assert "would have started itself" in eventually(lambda: _blocked(api))[0]
    assert _depths(api, own) == [0]


def test_an_address_that_is_filled_in_later_may_be_any(api: Api, door: Site) -> None:
    own, _ = _address(api, "Own")
    later = door.url + "/api/hooks/{{ input.token }}"
    assert [warning.partition(":")[0] for warning in _calling(api, own, later)] == ["Own → Own"]
    other, _ = _address(api, "Other")
    assert _calling(api, other, "https://example.com/{{ input.token }}", "https://example.com/api/hooks/x") == []


def test_a_stranger_cannot_make_a_header(api: Api, door: Site) -> None:
    """None, a broken or a forged one is the outside world; nothing is taken from it."""
    id, url = _address(api, "Plain")
    _calling(api, id, "https://example.com/")
    claims = {"automation_id": id, "execution_id": "x", "step": "s", "depth": MAX_DEPTH, "sub": "x", "aud": HEADER}
    forged = [
        "",
        "nonsense",
        jwt.encode(claims, "k" * 32, algorithm="HS256"),
        jwt.encode(claims, "", algorithm="none"),
    ]
    answers = [plain.post(api.url + url, json={}, headers={HEADER: token}) for token in forged]
    assert [answer.status_code for answer in answers] == [202] * len(forged)
    assert _depths(api, id) == [0] * len(forged)


def test_a_header_that_is_changed_on_the_way_lowers_no_depth(api: Api) -> None:
    """A relay that takes the header away is the outside world; one that changes it is no other."""
    with Site(lambda asked: response()) as site:
        id, url = _address(api, "Calls")
        _calling(api, id, f"{site.url}/hook")
        plain.post(api.url + url, json={})
        [asked] = eventually(lambda: list(site.asked))
    claims = jwt.decode(asked.headers[HEADER], options={"verify_signature": False})
    assert (claims["automation_id"], claims["depth"]) == (id, 0)
    assert api.uid not in str(claims)
    header, body, signature = asked.headers[HEADER].split(".")
    other, other_url = _address(api, "Other")
    _calling(api, other, "https://example.com/")
    for token, depth in ((asked.headers[HEADER], 1), (f"{header}.{body[:-2]}.{signature}", 0)):
        run = plain.post(api.url + other_url, json={}, headers={HEADER: token}).json()["execution_id"]
        assert api.get(f"/api/automations/{other}/executions/{run}")["execution"]["event"]["depth"] == depth
    again = plain.post(api.url + url, json={}, headers={HEADER: asked.headers[HEADER]})
    assert (again.status_code, again.json()["type"]) == (409, "urn:problem:loop-detected")


def test_two_users_automations_that_call_each_other(api: Api, door: Site) -> None:
    """The depth goes on across users; whose run it was does not."""
    with api.another_user() as other:
        (mine, my_url), (theirs, their_url) = _address(api, "Mine"), _address(other, "Theirs")
        _calling(api, mine, door.url + their_url)
        _calling(other, theirs, door.url + my_url)
        plain.post(api.url + my_url, json={})
        eventually(lambda: _blocked(api) + _blocked(other))
        runs = [*api.executions(mine), *other.executions(theirs)]
        assert sorted(run["event"]["depth"] for run in runs) == list(range(MAX_DEPTH + 1))
        assert {str(run["event"]["cause"]) for run in runs} == {"None"}


def test_the_cause_is_the_call_s_own_header(api: Api) -> None:
    step = {"action": "call_webhook", "config": {"url": "https://example.com/", "headers": {"Automation-Cause": "x"}}}
    answer = api.http.post("/api/automations", json={"name": "A", "trigger": "manual", "steps": [step]})
    assert (answer.status_code, "automation-cause" in answer.json()["detail"]) == (422, True)
