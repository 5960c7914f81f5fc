"""Every operation and every field of the API says what it is: unit, range, default and what null means.

What is missing gets a line in infra/openapi/texts, or a `description` in its model; an operation's is its docstring.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from infra import openapi
from infra.openapi import texts


@cache
def _document() -> dict[str, Any]:
    return openapi.document()


def _operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    paths = document["paths"]
    return {f"{method.upper()} {path}": each for path, item in paths.items() for method, each in item.items()}


def _parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every object within a part of the document."""
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _parts(part)


def _fields(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What has a name and a value, by where it is: fields of schemas, of what wraps answers, parameters, headers."""
    found: dict[str, dict[str, Any]] = {}
    components = document["components"]
    for name, schema in components["schemas"].items():
        found |= {f"{name}.{field}": each for field, each in schema.get("properties", {}).items()}
    for name, operation in _operations(document).items():
        own = [each for each in operation["parameters"] if "$ref" not in each]
        found |= {f"{name} {each['name']}": each for each in own}
        for part in _parts([operation["responses"], operation.get("requestBody", {})]):
            found |= {f"{name} {field}": each for field, each in part.get("properties", {}).items()}
    for kind in ("parameters", "headers", "responses"):
        found |= components[kind]
    return found


def undescribed(document: dict[str, Any]) -> list[str]:
    operations = {name: each for name, each in _operations(document).items() if not each["description"].strip()}
    return [*operations, *(name for name, each in _fields(document).items() if not each.get("description"))]


def test_every_operation_and_every_field_is_described() -> None:
    missing = undescribed(_document())
    assert not missing, f"say in infra/openapi/texts, or an operation's docstring, what these mean: {missing}"


def test_a_field_without_a_description_is_seen() -> None:
    document = openapi.document()
    document["components"]["schemas"]["Prospect"]["properties"]["shoe_size"] = {"type": "integer"}
    document["paths"]["/api/prospects"]["get"]["parameters"].append({"name": "shoe", "in": "query", "schema": {}})
    document["paths"]["/api/prospects"]["get"]["description"] = " "
    del document["components"]["headers"]["ETag"]["description"]
    assert undescribed(document) == ["GET /api/prospects", "Prospect.shoe_size", "GET /api/prospects shoe", "ETag"]


def test_a_description_tells_the_range_the_default_and_what_null_means() -> None:
    fields = {name: str(each.get("description")) for name, each in _fields(_document()).items()}
    assert fields["GET /api/prospects limit"] == "How many rows a page has at most. 1 to 500. Default: 100."
    assert fields["ProspectUpdate.company"].endswith("At most 200 characters. null clears it.")
    assert fields["ProspectUpdate.name"].endswith("1 to 200 characters. null leaves it as it is.")
    assert "null is the same as leaving it out. An empty text counts as null." in fields["ProspectInput.company"]
    assert fields["BudgetInput.steps"] == "How many steps a day; null: any number. At least 1."
    assert fields["GET /api/prospects search"].endswith("each may be the beginning of one. At most 200 characters.")
    assert fields["RateInput.seconds"].endswith("More than 0, at most 86,400. Default: 60.")
    assert fields["Prospect.created_at"].endswith("RFC 3339, in UTC.")


def test_an_answer_that_can_be_null_says_when() -> None:
    document = _document()
    sent = {name for name in document["components"]["schemas"] if name.endswith(("Input", "Update"))}
    answers = {name: each for name, each in _fields(document).items() if name.split(".")[0] not in sent}
    silent = [name for name, each in answers.items() if _is_nullable(each) and "null" not in str(each["description"])]
    assert silent == []


def _is_nullable(schema: dict[str, Any]) -> bool:
    return "null" in schema.get("type", ()) or {"type": "null"} in schema.get("anyOf", ())


_UNITS = r"how many|number|second|hour|day|per cent|bytes|characters|0 \(|0 to 1|from [01]|position|version|dollar|HTTP"


def test_a_number_says_what_it_counts_or_measures() -> None:
    fields = _fields(_document())
    numbers = {name: str(each["description"]) for name, each in fields.items() if _is_number(each)}
    assert [name for name, text in numbers.items() if not re.search(_UNITS, text, re.IGNORECASE)] == []


def _is_number(schema: dict[str, Any]) -> bool:
    return any(option.get("type") in ("integer", "number") for option in [schema, *schema.get("anyOf", ())])


def test_every_text_describes_a_field() -> None:
    """A field that was renamed leaves no text behind; a table that several schemas share need not fit each of them."""
    schemas = openapi.fields()
    tables = {(names, field) for names, field, _ in texts.rows()}
    unused = [row for row in tables if not any(row[1] in schemas.get(name, ()) for name in row[0].split())]
    unknown = [name for names, _ in tables for name in names.split() if name not in schemas]
    assert (unused, unknown) == ([], [])
