"""OpenAPI 3.1 from the routes themselves: `python -m infra openapi` writes functions/openapi.json.

Written ahead, so that serving it imports no domain; a test holds the file against the code.
"""

import inspect
import json
import re
from importlib import import_module
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema
from pydantic_core import core_schema

from functions.manifest import FUNCTIONS
from functions.spec import FunctionSpec, Http
from infra import examples
from infra.bundle import ROOT
from shared.kit.paging import Searched
from shared.runtime.router import Fields, File, Many, One, PageOrFields, Route, Router, Upload

FILE = ROOT / "functions/openapi.json"
_REF = "#/components/schemas/{model}"
_PROBLEMS = {
    "400": "The request cannot be understood, or not in this state.",
    "401": "No valid ID token.",
    "403": "Not allowed.",
    "404": "There is no such thing for this user.",
    "409": "In conflict with what exists, or with a request under way.",
    "412": "If-Match is not the current version.",
    "413": "Too large.",
    "415": "A file of a kind that is not read; the detail says which.",
    "422": "Invalid input; `errors` names the fields.",
    "429": "Too many requests; Retry-After says when to come back.",
    "503": "Temporarily unavailable; try again.",
}
_ABOUT = """Prospecting, research and outreach that run by themselves.

Every POST takes an `Idempotency-Key` header (1 to 255 printable characters): sent again with the same body within a
day it gets the same answer and has one effect; with another body it is 422. Every entity has an `ETag`; sent back as
`If-Match` with a call that changes it, it guards against lost updates (412). A list of tags may be sent, of which one
must match; weak tags match nothing. A `cursor` is good for the list, filter and user that it was made for (else 400).
A search of several words compares the first 1,000 rows of its longest word; `searched` says so, and whether there are
more. Errors are RFC 9457 problem documents."""
_PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["success", "type", "title", "status", "detail"],
    "properties": {
        "success": {"const": False},
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


class _Schemas(GenerateJsonSchema):
    """Answers always carry every field, those with a default too: clients need not ask whether one is there."""

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,
    ) -> bool:
        if self.mode == "serialization":
            return field.get("serialization_exclude_if") is None
        return super().field_is_required(field, total)


def document() -> dict[str, Any]:
    """The whole API: every HTTP function's routes."""
    served = routes()
    wanted = {key for _, _, route in served for key in _models(route)}
    ordered = sorted(wanted, key=lambda key: (key[0].__name__, key[0].__module__, key[1]))
    schemas, definitions = models_json_schema(ordered, by_alias=True, ref_template=_REF, schema_generator=_Schemas)
    paths: dict[str, dict[str, Any]] = {}
    taken: set[str] = set()
    for spec, router, route in served:
        operation = _operation(spec, router, route, schemas, definitions.get("$defs", {}))
        if operation["operationId"] in taken:  # one handler, two methods
            operation["operationId"] += f"_{route.method.lower()}"
        taken.add(operation["operationId"])
        paths.setdefault(router.prefix + route.path, {})[route.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Prospecting API",
            "version": "1.0.0",
            "description": _ABOUT,
        },
        "servers": [{"url": "/"}],
        "security": [{"idToken": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {"Problem": _PROBLEM_SCHEMA, **definitions.get("$defs", {})},
            "securitySchemes": {"idToken": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def routes() -> list[tuple[FunctionSpec, Router, Route]]:
    """Every HTTP function's, with the function."""
    routers = [(spec, _router(spec)) for spec in FUNCTIONS if isinstance(spec.trigger, Http)]
    return [(spec, router, route) for spec, router in routers if router for route in router.routes]


def text() -> str:
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


def write() -> None:
    FILE.write_text(text())


def _router(spec: FunctionSpec) -> Router | None:
    router: Router | None = getattr(import_module(spec.module), "router", None)
    return router


def _models(route: Route) -> list[tuple[type[BaseModel], JsonSchemaMode]]:
    inputs = [model for model in (route.body, route.query) if model]
    return [(route.answer.model, "serialization"), *((model, "validation") for model in inputs)]


def _operation(
    spec: FunctionSpec, router: Router, route: Route, schemas: Any, definitions: dict[str, Any]
) -> dict[str, Any]:
    described = inspect.getdoc(route.handler) or ""
    operation: dict[str, Any] = {
        "operationId": f"{spec.name}_{_operation_name(route)}",
        "tags": [spec.name],
        "summary": route.handler.__name__.replace("_", " ").capitalize(),
        "parameters": _parameters(route, schemas, definitions),
        "responses": _responses(route, schemas[(route.answer.model, "serialization")]),
    }
    if described:
        operation["description"] = described
    if route.public:
        operation["security"] = []
    name = f"{route.method} {router.prefix}{route.path}"
    if route.upload:
        operation["requestBody"] = _file_body(route.upload, examples.published(name))
    elif route.body:
        operation["requestBody"] = _json_body(route.body, examples.published(name), schemas)
    return operation


def _json_body(model: type[BaseModel], example: Any, schemas: Any) -> dict[str, Any]:
    content = {"application/json": {"schema": schemas[(model, "validation")], "example": example}}
    return {"required": _has_required(model), "content": content}


def _file_body(upload: type[Upload], example: str) -> dict[str, Any]:
    """The example is of the first media type."""
    file = {"type": "string", "format": "binary"}
    content: dict[str, Any] = {media_type: {"schema": file} for media_type in upload.media_types}
    content[upload.media_types[0]]["example"] = example
    form = {"schema": {"type": "object", "properties": {"file": file}, "required": ["file"]}}
    return {"required": True, "content": {**content, "multipart/form-data": form}}


def _operation_name(route: Route) -> str:
    """The handler's name, made unique where one handler serves two paths."""
    last = route.path.rsplit("/", 1)[-1]
    return f"{route.handler.__name__}_{last}" if last and "{" not in last else route.handler.__name__


def _has_required(model: type[BaseModel]) -> bool:
    """Whether an empty object would be refused: for want of a field, or of one of several."""
    extra = model.model_config.get("json_schema_extra")
    several = isinstance(extra, dict) and "allOf" in extra
    return several or any(field.is_required() for field in model.model_fields.values())


def _parameters(route: Route, schemas: Any, definitions: dict[str, Any]) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1, "maxLength": 128}}
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    if route.query:
        model = definitions[schemas[(route.query, "validation")]["$ref"].rsplit("/", 1)[-1]]
        required = model.get("required", [])
        parameters += [
            {"name": name, "in": "query", "required": name in required, "schema": _or_empty(dict(schema))}
            for name, schema in model.get("properties", {}).items()
        ]
    return parameters


def _or_empty(schema: dict[str, Any]) -> dict[str, Any]:
    """An empty value means that the parameter is not given."""
    options = schema.pop("anyOf", None) or [{k: schema.pop(k) for k in list(schema) if k not in ("default", "title")}]
    given = [option for option in options if option != {"type": "null"}]
    return {**schema, "anyOf": [*given, {"type": "string", "const": ""}]}


def _responses(route: Route, schema: dict[str, Any]) -> dict[str, Any]:
    success: dict[str, Any] = {"type": "object", "properties": {"success": {"const": True}}, "required": ["success"]}
    match route.answer:
        case One(noun=noun):
            success["properties"][noun] = schema
            success["required"].append(noun)
        case Many(plural=plural):
            success["properties"] |= {
                plural: {"type": "array", "items": schema},
                "total": {"type": "integer", "minimum": 0},
                "next_cursor": {"type": ["string", "null"]},
                "searched": Searched.model_json_schema(),
            }
            success["required"] += [plural, "total", "next_cursor"]
        case File():
            binary = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
            return {str(route.status): {"description": "A file.", "content": binary}, **_problems()}
        case Fields():
            success = {"allOf": [success, schema]}
    content: dict[str, Any] = {"application/json": {"schema": success}}
    answers = {str(route.status): {"description": "Done.", "content": content}, **_problems()}
    if isinstance(route.answer, PageOrFields):
        for status in (str(route.status), "404"):
            answers[status]["content"]["text/html"] = {"schema": {"type": "string"}}
    return answers


def _problems() -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": text, "content": dict(problem)} for status, text in _PROBLEMS.items()}
