"""One user's calls, as many of each kind all mixed, from 20 threads: none is lost, none is refused.

LOAD_CALLS=200 makes it 200 of each.
"""

import os
import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.contract.entities import made
from tests.contract.operations import served
from tests.fixtures.api import Api

TIMES = int(os.environ.get("LOAD_CALLS", "80"))  # of each kind, a multiple of 20
THREADS = 20
Call = Callable[[], httpx.Response]


def _post(api: Api, path: str) -> Call:
    return lambda: api.http.post(path, json={})


def _at_once(calls: list[tuple[str, Call]]) -> dict[str, list[dict[str, Any]]]:
    """The answers of each kind of call; every one must have succeeded."""
    random.Random(1).shuffle(calls)
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(lambda call: (call[0], call[1]()), calls))
    failed = Counter((kind, answer.status_code, answer.text[:200]) for kind, answer in answers if answer.is_error)
    assert failed == {}
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for kind, answer in answers:
        by_kind.setdefault(kind, []).append(answer.json())
    return by_kind


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_many_of_each_at_once(api: Api) -> None:
    described = served()
    template = made(api, described, {"/api/templates/{id}"})["/api/templates/{id}"]
    playbook = "/api/playbooks/linkedin_growth"
    personas = [api.post("/api/personas", {"name": f"P{n}"})["persona"]["id"] for n in range(5)]
    calls = {
        "template favorite": [_post(api, f"/api/templates/{template}/favorite")] * TIMES,
        "template use": [_post(api, f"/api/templates/{template}/use")] * TIMES,
        "playbook favorite": [_post(api, f"{playbook}/favorite")] * TIMES,
        "default persona": [_post(api, f"/api/personas/{id}/set-default") for id in personas * (TIMES // 5)],
        "read default": [lambda: api.http.get("/api/personas/default")] * (TIMES // 4),
    }
    if "POST /api/notifications/mark-all-read" in described:
        notification = {"title": "t", "message": "m", "type": "info"}
        calls["notification"] = [lambda: api.http.post("/api/notifications", json=notification)] * TIMES
        calls["all read"] = [_post(api, "/api/notifications/mark-all-read")] * TIMES
    answers = _at_once([(kind, call) for kind, each in calls.items() for call in each])

    assert _favorites(answers["template favorite"], "template") == {True: TIMES / 2, False: TIMES / 2}
    assert _favorites(answers["playbook favorite"], "playbook") == {True: TIMES / 2, False: TIMES / 2}
    stored = api.get(f"/api/templates/{template}")["template"]
    assert (stored["usage_count"], stored["is_favorite"]) == (TIMES, False)
    assert api.get(playbook)["playbook"]["is_favorite"] is False
    _check_one_default(api, personas)
    if "all read" in calls:
        _check_all_read(api)


def test_first_personas_at_once_leave_one_default(api: Api) -> None:
    create = lambda: api.http.post("/api/personas", json={"name": "First"})  # noqa: E731
    answers = _at_once([("create", create)] * THREADS)["create"]
    _check_one_default(api, [answer["persona"]["id"] for answer in answers])


def _favorites(answers: list[dict[str, Any]], noun: str) -> dict[bool, int]:
    """What the toggles answered: each turned what the one before it left."""
    return Counter(answer[noun]["is_favorite"] for answer in answers)


def _check_one_default(api: Api, personas: list[str]) -> None:
    found = [api.get(f"/api/personas/{id}")["persona"] for id in personas]
    assert [persona["id"] for persona in found if persona["is_default"]] == [
        api.get("/api/personas/default")["persona"]["id"]
    ]


def _check_all_read(api: Api) -> None:
    api.post("/api/notifications/mark-all-read")
    after = api.get("/api/notifications", limit=200)
    assert (after["unread_count"], after["total"]) == (0, TIMES)
    assert {row["read"] for row in after["notifications"]} == {True}
