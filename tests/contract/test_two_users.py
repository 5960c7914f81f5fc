"""Nothing that one user calls, with whatever ids, shows, changes or links what another owns: over every operation."""

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle, islice, product
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from shared.gcp import firestore
from shared.gcp.queries import Query
from tests.contract.entities import MAKERS, REFERENCES, SECRET, Ids, filled, made, owned
from tests.contract.operations import Operation, operations
from tests.contract.operations import served as described
from tests.fixtures.api import Api
from tests.fixtures.served import Served
from tests.fixtures.waiting import eventually

pytestmark = pytest.mark.timeout(240)

# What keeps a foreign id as the caller's own text and follows it nowhere.
ECHOES = {
    "POST /api/system/logs": "a log entry says what it is about; running it again looks that up as the caller",
}
# What looks its ids up behind the call, as the caller: tests/http/test_batch.py says what becomes of a foreign one.
LATER = "POST /api/batch/"
HOSTILE = [
    "..",
    ".",
    "%2E%2E",
    "__x__",
    "a%2Fb",
    "..%2F..%2Fprospects",
    "%00",
    "a%0Ab",
    "%FF",
    "%F0%9F%98%80",
    "x" * 1_600,
]


@dataclass(frozen=True)
class Pair:
    """Ann, whose things are to stay hers, and Bob, who calls. Ann has a second one of everything."""

    ann: Api
    anns: Ids
    second: Ids
    bob: Api
    bobs: Ids

    def leaks(self, response: httpx.Response) -> list[str]:
        """What of Ann's an answer to Bob holds; the sentences about refused rows may repeat the ids he sent."""
        shown = response.text
        if response.is_success and "json" in response.headers["content-type"]:
            shown = json.dumps({name: value for name, value in response.json().items() if name != "errors"})
        ids = owned(self.anns) if response.is_success else {}
        return [f"{route} {id}" for route, id in {"uid": self.ann.uid, **ids}.items() if id in shown]


Stored = dict[str, tuple[dict[str, Any], datetime]]


def stored(uid: str) -> Stored:
    """Every document below a user, of whatever collection, with the time of its last write."""
    rows = firestore.client().query(Query("", parent=f"users/{uid}", group=True))
    return {row.path: (row.data, row.version) for row in rows}


def _beside_the_index(documents: Stored) -> Stored:
    """All but the search index, which is made of the others, sooner or later."""
    return {
        path: fields for path, fields in documents.items() if path.split("/")[2] not in ("search", "search_segments")
    }


def _settled(served: Served, uid: str) -> Stored:
    """The user's documents when all that follows from earlier writes is done.

    Events come in order: once that of a later write was delivered, and none is under way, all earlier ones were.
    """
    while True:
        before = stored(uid)
        with Api(served.url, served.project) as later:
            later.post("/api/prospects", {"name": "later"})
            eventually(lambda: later.get("/api/activity")["total"])
        eventually(lambda: served.cloud.courier.idle(served.internal))
        if _beside_the_index(stored(uid)) == _beside_the_index(before):
            return before


@pytest.fixture
def pair(api: Api, served: Served) -> Iterator[Pair]:
    """Both have everything; afterwards each document of Ann's is as it was, and there is no further one."""
    with api.another_user() as bob:
        pair = Pair(api, made(api, described()), made(api, described()), bob, made(bob, described()))
        before = _settled(served, api.uid)
        assert len(before) >= 2 * len(owned(pair.anns))
        yield pair
        after = _settled(served, api.uid)
    before, after = _beside_the_index(before), _beside_the_index(after)
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert changed == set()


def _refuse(problems: list[str]) -> None:
    assert not problems, "\n".join(problems)


def test_every_id_in_a_path_has_a_maker() -> None:
    routes = {route for operation in operations() for route in operation.routes}
    assert sorted(routes - MAKERS.keys()) == [], "add a line to MAKERS in tests/contract/entities.py"


def test_another_users_ids_in_a_path_are_not_found(pair: Pair) -> None:
    problems: list[str] = []
    for operation in operations():
        foreign = [route for route in operation.routes if route in owned(pair.anns)]
        for whose in product((True, False), repeat=len(foreign)):
            if not any(whose):
                continue
            mixed = {route: pair.anns[route] for route, anns in zip(foreign, whose, strict=True) if anns}
            answer = operation.call(pair.bob, {**pair.bobs, **mixed})
            if answer.status_code != 404 or pair.leaks(answer):
                problems.append(f"{operation.name} with {[*mixed]}: {answer.status_code} {answer.text[:200]}")
    _refuse(problems)


def test_another_users_ids_in_query_and_body_link_nothing(pair: Pair) -> None:
    problems: list[str] = []
    for operation in operations():
        for name in sorted(operation.references()):
            foreign = pair.anns.get(REFERENCES[name])
            assert foreign, f"{operation.name}: nothing makes a {REFERENCES[name]} for its {name}"
            answer = operation.call(pair.bob, pair.bobs, instead={name: foreign})
            if (pair.leaks(answer) and operation.name not in ECHOES) or not _refused(operation, answer, foreign):
                problems.append(f"{operation.name} with Ann's {name}: {answer.status_code} {answer.text[:200]}")
            own = operation.call(pair.bob, pair.bobs)
            if not own.is_success:
                problems.append(f"{operation.name} with Bob's {name}: {own.status_code} {own.text[:200]}")
    _refuse(problems)


def _refused(operation: Operation, answer: httpx.Response, foreign: str) -> bool:
    """Not found; or, where many are named at once, an answer whose `errors` name this one; or a filter's empty list."""
    if operation.method == "GET":
        return answer.is_success or answer.status_code == 404
    if operation.name in ECHOES:
        return answer.status_code < 500
    if operation.name.startswith(LATER) and answer.status_code == 202:
        return bool(answer.json()["job"]["done"] == 0)
    return answer.status_code == 404 or (answer.is_success and foreign in json.dumps(answer.json().get("errors")))


def test_calls_without_an_id_show_nothing_of_another_user(pair: Pair) -> None:
    problems: list[str] = []
    for operation in operations():
        if operation.for_operators or any(route in owned(pair.anns) for route in operation.routes):
            continue
        names = {parameter["name"] for parameter in operation.parameters}
        search = {"search": SECRET} if "search" in names else {}
        for query in [{}, search] if search else [{}]:
            answer = operation.call(pair.bob, pair.bobs, linked=False, more_query=query)
            if pair.leaks(answer) or not answer.is_success:
                problems.append(f"{operation.name} {query}: {answer.status_code} {answer.text[:200]}")
    _refuse(problems)


def test_a_page_goes_on_for_nobody_else(pair: Pair) -> None:
    problems: list[str] = []
    for operation in operations():
        if not operation.pages or operation.for_operators:
            continue
        first = operation.call(pair.ann, pair.anns, linked=False, more_query={"limit": 1})
        cursor = first.json()["next_cursor"]
        if cursor is None:
            if operation.collection in owned(pair.second) and not operation.routes:
                problems.append(f"{operation.name}: no second page of two rows")
            continue
        answer = operation.call(pair.bob, pair.bobs, linked=False, more_query={"limit": 1, "cursor": cursor})
        if answer.status_code != 400 or pair.leaks(answer):
            problems.append(f"{operation.name} with Ann's cursor: {answer.status_code} {answer.text[:200]}")
    _refuse(problems)


def test_nobody_acts_as_another_user(pair: Pair) -> None:
    claim = {"user_id": pair.ann.uid}
    problems: list[str] = []
    for operation in operations():
        if operation.public:
            continue  # there, nobody acts as anybody
        answers = [operation.call(pair.bob, pair.bobs, more_query=claim)]
        if operation.takes_json:
            answers.append(operation.call(pair.bob, pair.bobs, more_body=claim))
        problems += [
            f"{operation.name}: {answer.status_code} {answer.text[:200]}"
            for answer in answers
            if answer.status_code != 403 or pair.leaks(answer)
        ]
    _refuse(problems)


def test_an_id_of_another_collection_is_not_found(pair: Pair) -> None:
    """Each operation with some of them in turn."""
    problems: list[str] = []
    others = cycle(pair.anns.items())
    for operation in operations():
        for route in operation.routes:
            for other, id in islice((it for it in others if it[0] != route), 4):
                answer = operation.call(pair.ann, {**pair.anns, route: id})
                if answer.status_code != 404:
                    problems.append(
                        f"{operation.name} with the id of {other}: {answer.status_code} {answer.text[:200]}"
                    )
    _refuse(problems)


def test_what_cannot_be_an_id_is_not_found(pair: Pair) -> None:
    """Sent as it stands: an ordinary client would tidy up the dots."""
    connection = http.client.HTTPConnection(urlsplit(pair.ann.url).netloc, timeout=30)
    headers = {"Authorization": pair.ann.http.headers["Authorization"], "Content-Type": "application/json"}
    problems: list[str] = []
    for operation in operations():
        body = json.dumps(filled(operation.body(linked=False), pair.anns)) if operation.takes_json else None
        for route, hostile in product(operation.routes, HOSTILE):
            target = operation.path
            for own in operation.routes:
                target = target.replace(own[own.rindex("{") :], hostile if own == route else pair.anns[own], 1)
            connection.request(operation.method, target, body=body, headers=headers | operation.signed(pair.ann))
            answer = connection.getresponse()
            text = answer.read().decode()
            if answer.status != 404:
                problems.append(f"{operation.method} {target[:120]}: {answer.status} {text[:200]}")
    connection.close()
    _refuse(problems)
