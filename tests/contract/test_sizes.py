"""The most that a description lets through becomes documents far below Firestore's 1 MiB, or is refused by name."""

import json
from typing import Any

import pytest

from tests.contract.entities import REFERENCES, filled
from tests.contract.operations import Operation, operations, resolved
from tests.contract.prepared import ready
from tests.contract.test_two_users import stored
from tests.fixtures.api import Api

pytestmark = pytest.mark.timeout(240)

_ROOM = 500_000  # bytes: what is added later, such as links and tokens, must fit too
_WIDE = "\N{GRINNING FACE}"  # four bytes of UTF-8 for one character
_DEEP = 50
_ATTACHED = 32_000  # characters of JSON
_UNBOUNDED = 50_000  # characters of what names no limit
# Texts that mean something, and what has further limits as a whole.
_KEPT = {*REFERENCES, "time_zone", "trigger_config", "sources", "user_id", "url", "website_url", "cursor", "query"}


def _nested(value: Any) -> Any:
    for _ in range(_DEEP):
        value = {"in": value}
    return value


def _attached() -> dict[str, Any]:
    room = _ATTACHED - len(json.dumps(_nested(""))) - 10
    return {"a": _nested(_WIDE * room)}


def _largest(schema: dict[str, Any], example: Any) -> Any:
    """A value of the schema; the example's where its form matters."""
    schema = resolved(schema)
    formed = {"enum", "pattern", "format", "const"} & schema.keys() and schema.get("pattern") != r"\S"
    match schema.get("type"):
        case "string" if not formed:
            return _WIDE * min(schema.get("maxLength", _UNBOUNDED), _UNBOUNDED)
        case "array" if isinstance(item := _largest(schema.get("items", {}), None), str):
            return [item[:-3] + f"{number:03}" for number in range(schema["maxItems"])]
        case "object" if schema.get("additionalProperties") is True:
            return _attached()
    return example


def _body(operation: Operation, example: dict[str, Any]) -> dict[str, Any]:
    schema = resolved(operation.described["requestBody"]["content"]["application/json"]["schema"])
    fields = {name: field for name, field in schema.get("properties", {}).items() if name not in _KEPT}
    grown = {name: _largest(field, example.get(name)) for name, field in fields.items()}
    return {**example, **{name: value for name, value in grown.items() if value is not None}}


def _size(fields: dict[str, Any]) -> int:
    return len(json.dumps(fields, default=str, ensure_ascii=False).encode())


def _problem(api: Api, operation: Operation) -> str | None:
    with ready(api, operation) as (user, ids):
        body = _body(operation, filled(operation.body(linked=False), ids, me=user.uid))
        answer = operation.call(user, ids, linked=False, more_body=body)
        large = {path: _size(data) for path, (data, _) in stored(user.uid).items() if _size(data) > _ROOM}
    if answer.status_code == 413 and answer.json().get("errors"):  # all together, which names the largest of them
        return None
    if not answer.is_success:
        return f"{operation.name}: {answer.status_code} {answer.text[:300]}"
    return f"{operation.name}: {large}" if large else None


def test_the_largest_bodies(api: Api) -> None:
    problems = [_problem(api, operation) for operation in operations() if operation.takes_json]
    assert [problem for problem in problems if problem] == []
