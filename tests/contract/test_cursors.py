"""Every list refuses a cursor that it has not made for this filter and this user, and says what to do."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

from tests.contract.operations import Operation, operations
from tests.contract.prepared import ready
from tests.fixtures.api import Api

_POSITIONS: list[Any] = [
    [],
    ["0123456789abcdef", [{"t": "2026-01-01T00:00:00+00:00"}, "users/x/prospects/y"]],
    ["0123456789abcdef", [10**400, float("nan")]],
    {"t": 1},
]
_FORGED = [
    "x",
    "not base64 !",
    "ä",
    "../..",
    "9" * 7_000,
    *(urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=") for position in _POSITIONS),
    urlsafe_b64encode(b"[" * 3_000).decode(),
]


def _real(api: Api) -> str:
    for name in ("Ann", "Bob"):
        api.post("/api/prospects", {"name": name})
    return str(api.get("/api/prospects", limit=1)["next_cursor"])


def _problems(api: Api, operation: Operation) -> list[str]:
    problems = []
    with ready(api, operation) as (user, ids):
        real = _real(user)
        for cursor in [*_FORGED, real[:-1], "A" + real[1:], *([real] if operation.path != "/api/prospects" else [])]:
            answer = operation.call(user, ids, more_query={"cursor": cursor})
            if answer.status_code != 400 or "leave it out" not in answer.text:
                problems.append(f"{operation.name} {cursor[:40]!r}: {answer.status_code} {answer.text[:200]}")
    return problems


def test_every_list_refuses_a_forged_cursor(api: Api) -> None:
    paged = [operation for operation in operations() if operation.pages]
    assert len(paged) > 12
    assert [problem for operation in paged for problem in _problems(api, operation)] == []


def test_a_cursor_is_good_for_its_filter_and_its_user_alone(api: Api) -> None:
    cursor = _real(api)
    assert api.get("/api/prospects", limit=5, cursor=cursor)["total"] == 2
    for other in ({"status": "new"}, {"sort_by": "company"}, {"search": "a"}, {"search": "a b"}):
        assert api.http.get("/api/prospects", params={"cursor": cursor, **other}).status_code == 400
    with api.another_user() as stranger:
        assert stranger.http.get("/api/prospects", params={"cursor": cursor}).status_code == 400


def _tampered(cursor: str) -> Iterator[str]:
    """The cursor with another position in it that is well-formed: other values, values of other types."""
    raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    for pattern, instead in [
        (rb'"[^"]*"(?=\]+$)', b'"users/another/prospects/x"'),
        (rb'"[^"]*"(?=\]+$)', b'"//"'),
        (rb'\{"t":"[^"]*"\}', b'{"t":"2001-01-01T00:00:00+00:00"}'),
        (rb'\{"t":"[^"]*"\}', b"[7]"),
        (rb'\{"t":"[^"]*"\}', b"1e999"),
        (rb'(?:true|false|"[^"]*"|\{"t":"[^"]*"\}),', b"5,"),
    ]:
        changed = re.sub(pattern, instead, raw)
        if changed != raw:
            yield urlsafe_b64encode(changed).decode().rstrip("=")


def test_a_cursor_whose_position_was_changed_is_refused(api: Api) -> None:
    """By each way that lists go on: a query, a search of several words, rows at hand."""
    for name in ("Ann Acme", "Bob Acme"):
        api.post("/api/prospects", {"name": name, "tags": ["a"]})
        api.post("/api/personas", {"name": name})
    lists: list[tuple[str, dict[str, str]]] = [
        ("/api/prospects", {}),
        ("/api/prospects", {"search": "ac acm"}),
        ("/api/personas", {}),
        ("/api/playbooks", {}),
    ]
    for path, query in lists:
        real = api.get(path, limit=1, **query)["next_cursor"]
        forged = list(_tampered(real))
        assert forged
        answers = [api.http.get(path, params={**query, "limit": 1, "cursor": cursor}) for cursor in forged]
        assert [answer.status_code for answer in answers] == [400] * len(forged), (path, query)
        assert api.http.get(path, params={**query, "limit": 1, "cursor": real}).status_code == 200
