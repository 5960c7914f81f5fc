"""/api/openapi.json and /api/docs: what the code says, complete, with names and types that generators can use."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from infra import openapi
from infra.local import plain
from infra.openapi.names import nouns
from tests.fixtures.served import Served


def _operations(document: dict[str, Any] | None = None) -> dict[str, dict[str, Any]]:
    paths = (document or openapi.document())["paths"]
    return {f"{method.upper()} {path}": each for path, item in paths.items() for method, each in item.items()}


def _parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every object within the document."""
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _parts(part)


def test_the_file_is_what_the_code_says() -> None:
    assert openapi.FILE.read_text() == openapi.text(), "run `make fmt`"


def test_both_are_public_and_served(served: Served) -> None:
    api = plain.get(f"{served.url}/api/openapi.json").json()
    assert api["openapi"] == "3.1.0"
    assert "/api/prospects/{id}" in api["paths"]
    page = plain.get(f"{served.url}/api/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "http://" not in page.text.replace("http://www.w3.org", "")
    assert "https://" not in page.text


def test_operation_ids_are_unique() -> None:
    ids = [operation["operationId"] for operation in _operations().values()]
    assert len(ids) == len(set(ids))


def test_the_names_of_schemas_are_nouns_without_modules() -> None:
    names = openapi.document()["components"]["schemas"]
    assert [name for name in names if not re.fullmatch(r"([A-Z][a-z0-9]+)+", name)] == []


def test_two_models_of_one_name_are_refused() -> None:
    assert list(nouns(["Limits-Input", "Limits-Output", "a__b__Prospect"]).values()) == [
        "LimitsInput",
        "Limits",
        "Prospect",
    ]
    with pytest.raises(ValueError, match="Two models are called Retry"):
        nouns(["a__models__Retry", "b__reruns__Retry"])
    with pytest.raises(ValueError, match="Two models are called LimitsInput"):
        nouns(["Limits-Input", "LimitsInput"])


def test_every_component_is_used_and_every_reference_leads_to_one() -> None:
    document = openapi.document()
    components = document["components"]
    used = {str(part["$ref"]) for part in _parts(document) if "$ref" in part}
    kinds = [kind for kind in components if kind != "securitySchemes"]
    assert used == {f"#/components/{kind}/{name}" for kind in kinds for name in components[kind]}


def test_no_schema_that_is_shared_has_a_default() -> None:
    """Generators of types take a field with a default for always there, and demand it of what is sent."""
    schemas = openapi.document()["components"]["schemas"].values()
    fields = [field for schema in schemas for field in schema.get("properties", {}).values()]
    assert [field for field in fields if "default" in field] == []


def test_calls_name_the_headers_that_they_take_and_answer() -> None:
    operations = _operations()
    shared = {name: str(operation["parameters"]) for name, operation in operations.items()}
    assert all("IdempotencyKey" in shared[name] for name in shared if name.startswith("POST"))
    assert not any("IdempotencyKey" in shared[name] for name in shared if not name.startswith("POST"))
    assert "IfMatch" in shared["PATCH /api/prospects/{id}"]
    assert "IfMatch" not in shared["GET /api/prospects/{id}"]
    assert "Cursor" in shared["GET /api/prospects"]
    headers = openapi.document()["components"]["responses"]["TooManyRequests"]["headers"]
    assert {"Retry-After", "X-Request-Id", "RateLimit", "RateLimit-Policy"} <= headers.keys()


def test_an_operation_lists_the_problems_that_it_can_have() -> None:
    statuses = {name: set(operation["responses"]) for name, operation in _operations().items()}
    assert [name for name in statuses if ("415" in statuses[name]) != (name in _UPLOADS)] == []
    assert "412" in statuses["DELETE /api/prospects/{id}"]
    assert statuses["GET /api/health"] == {"200", "422", "503"}
    assert "404" not in statuses["GET /api/outreach"]
    assert "404" in statuses["POST /api/outreach"]
    assert statuses["GET /api/prospects"] == {"200", "304", "400", "401", "403", "410", "422", "429", "503"}


_UPLOADS = ("POST /api/files", "POST /api/hooks/mail/{provider}", "POST /api/prospects/import")
