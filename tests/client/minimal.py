"""The smallest body that each write takes by its description, and a TypeScript module that sends them all."""

import json
from typing import Any

from tests.contract.operations import Operation, described, operations

_HEAD = """// Generated: what the description demands of each write, and no more.
import type { paths } from "api";
import createClient from "openapi-fetch";

const api = createClient<paths>({ baseUrl: "" });
export const calls = [
"""


def writes() -> list[Operation]:
    """Those that take JSON."""
    return [operation for operation in operations() if operation.takes_json]


def body_of(operation: Operation) -> dict[str, Any]:
    """Its example, without what it could do without."""
    media = operation.described["requestBody"]["content"]["application/json"]
    example = media["example"] if "example" in media else media["examples"]["form1"]["value"]
    body: dict[str, Any] = _minimal(media["schema"], example)
    return body


def module() -> str:
    lines = []
    for operation in writes():
        names = [parameter["name"] for parameter in operation.parameters if parameter["in"] == "path"]
        given = {"params": {"path": dict.fromkeys(names, "x")}} if names else {}
        call = json.dumps({**given, "body": body_of(operation)}, ensure_ascii=False)
        lines.append(f"  () => api.{operation.method}({json.dumps(operation.path)}, {call}),\n")
    return f"{_HEAD}{''.join(lines)}];\n"


def _minimal(schema: dict[str, Any], example: Any) -> Any:
    schema = _fitting(schema, example)
    if not isinstance(example, dict) or "properties" not in schema:
        return example
    needed = [*schema.get("required", []), *_of_a_form(schema, example)]
    if len(needed) < schema.get("minProperties", 0):
        needed = list(example)[: schema["minProperties"]]
    return {name: _minimal(schema["properties"][name], example[name]) for name in needed}


def _of_a_form(schema: dict[str, Any], example: dict[str, Any]) -> list[str]:
    """What the first form of several needs that the example has."""
    for each in schema.get("allOf", []):
        fitting = [
            form["required"]
            for form in each.get("anyOf", each.get("oneOf", ()))
            if set(form["required"]) <= example.keys()
        ]
        return list(fitting[0])
    return []


def _fitting(schema: dict[str, Any], example: Any) -> dict[str, Any]:
    """The schema itself, or of several forms the one that has the example's fields."""
    if "$ref" in schema:
        return _fitting(described()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]], example)
    for form in schema.get("anyOf", []):
        found = _fitting(form, example)
        if isinstance(example, dict) and example.keys() <= found.get("properties", {}).keys():
            return found
    return schema
