"""From a schema of the catalog a builder can make settings that are taken, for every action and trigger."""

from collections.abc import Iterator
from typing import Any

import pytest

from shared.automations.catalog.registry import ACTIONS
from shared.automations.triggers import TRIGGERS
from tests.fixtures.api import Api

Schema = dict[str, Any]


class Builder:
    """Makes values of a schema, as plain as they can be, knowing nothing but the schema."""

    def __init__(self, root: Schema) -> None:
        self._root = root

    def config(self, *also: str) -> dict[str, Any]:
        """The required settings, and some that are not."""
        forms = self._root.get("oneOf", [{}])
        form = next((form for form in forms if set(also) & set(form.get("required", []))), forms[0])
        wanted = {*self._root.get("required", []), *form.get("required", []), *also}
        return {name: self._value(self._root["properties"][name]) for name in sorted(wanted)}

    def _value(self, schema: Schema) -> Any:
        if "$ref" in schema:
            return self._value(self._root["$defs"][schema["$ref"].rpartition("/")[2]])
        if "examples" in schema:
            return schema["examples"][0]
        for chosen in ("const", "default"):
            if schema.get(chosen) is not None:
                return schema[chosen]
        if "enum" in schema:
            return schema["enum"][0]
        if "anyOf" in schema:
            return self._value(next(form for form in schema["anyOf"] if form.get("type") != "null"))
        return self._plain(schema)

    def _plain(self, schema: Schema) -> Any:
        match schema.get("type"):
            case "string":
                formats = {"date-time": "2030-01-31T09:00:00Z", "date": "2030-01-31"}
                return formats.get(schema.get("format", ""), "x" * schema.get("minLength", 1))
            case "integer" | "number":
                return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
            case "boolean":
                return True
            case "array":
                return [self._value(schema["items"])] * schema.get("minItems", 0)
            case "object":
                required = schema.get("required", [])
                return {name: self._value(schema["properties"][name]) for name in required}
            case _:
                return "anything"


def _configs(schema: Schema) -> Iterator[dict[str, Any]]:
    builder = Builder(schema)
    yield builder.config()
    for name, about in schema["properties"].items():
        if not about.get("readOnly"):
            yield builder.config(name)


def _schemas(api: Api, kind: str) -> dict[str, Schema]:
    return {piece["name"]: piece["config_schema"] for piece in api.get("/api/automations/catalog")[kind]}


def _made(api: Api, body: dict[str, Any]) -> None:
    answer = api.http.post("/api/automations", json={"name": "A", **body})
    assert answer.status_code == 201, f"{body}: {answer.text}"


def test_every_action(api: Api) -> None:
    schemas = _schemas(api, "actions")
    assert schemas.keys() == ACTIONS.keys()
    for name, schema in schemas.items():
        assert schema["additionalProperties"] is False
        for config in _configs(schema):
            _made(api, {"trigger": "manual", "steps": [{"action": name, "config": config}]})


def test_every_trigger(api: Api) -> None:
    schemas = _schemas(api, "triggers")
    assert schemas.keys() == TRIGGERS.keys()
    for name, schema in schemas.items():
        for config in _configs(schema):
            _made(api, {"trigger": name, "trigger_config": config, "actions": ["send_notification"]})


@pytest.mark.parametrize("name", ["delay", "approval", "call_webhook", "run_playbook", "wait_for_event", "for_each"])
def test_what_is_required_is_demanded(api: Api, name: str) -> None:
    body = {"name": "A", "trigger": "manual", "steps": [{"action": name}]}
    answer = api.http.post("/api/automations", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"].startswith("steps.0.config")) == (422, True)
