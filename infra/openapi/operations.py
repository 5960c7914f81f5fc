"""Builds a route's operation: parameters, body and answers."""

import inspect
import re
from typing import Any

from pydantic import BaseModel

from functions.spec import FunctionSpec
from infra.openapi import examples, texts
from infra.openapi.headers import RATES, named, parameter
from infra.openapi.problems import NOT_MODIFIED, honours_if_match, responses
from infra.openapi.schemas import Schemas, entity_of, without_defaults
from shared.kit.paging import Searched
from shared.runtime.router import Chart, Fields, File, Many, One, PageOrFields, Route, Router, TableUpload, Upload
from shared.store.single import Versioned

_PAGING = {
    "total": {"type": "integer", "minimum": 0, "description": texts.TOTAL},
    "next_cursor": {"type": ["string", "null"], "description": texts.NEXT_CURSOR},
}


def operation(spec: FunctionSpec, router: Router, route: Route, schemas: Schemas) -> dict[str, Any]:
    """The OpenAPI Operation Object of a route."""
    described: dict[str, Any] = {
        "operationId": f"{spec.name}_{_name(route)}",
        "tags": [spec.name],
        "summary": route.handler.__name__.replace("_", " ").capitalize(),
        "description": inspect.getdoc(route.handler) or "",
        "parameters": _parameters(router, route, schemas),
        "responses": {
            **{status: _answer(route, schemas) for status in _statuses(route)},
            **(NOT_MODIFIED if _is_conditional(route) else {}),
            **responses(router, route),
        },
    }
    if route.public:
        described["security"] = []
    name = f"{route.method} {router.prefix}{route.path}"
    if route.upload:
        described["requestBody"] = _file_body(route, route.upload, examples.published(name), schemas)
    elif route.body:
        described["requestBody"] = _json_body(route.body, examples.published(name), schemas)
    return described


def _statuses(route: Route) -> list[str]:
    """Of success: a dry run does nothing, and is answered with 200."""
    rehearses = route.query is not None and "dry_run" in route.query.model_fields
    return [str(route.status), *(["200"] if rehearses and route.status != 200 else [])]


def _name(route: Route) -> str:
    """The handler's name, with the last path segment where one handler serves two paths."""
    last = route.path.rsplit("/", 1)[-1]
    return f"{route.handler.__name__}_{last}" if last and "{" not in last else route.handler.__name__


def _json_body(model: type[BaseModel], example: dict[str, Any], schemas: Schemas) -> dict[str, Any]:
    content = {"application/json": {"schema": schemas.sent(model), **example}}
    return {"required": _requires_body(model), "content": content}


def _requires_body(model: type[BaseModel]) -> bool:
    """Whether an empty object would be refused: a field is required, or one of several."""
    extra = model.model_config.get("json_schema_extra")
    several = isinstance(extra, dict) and bool({"allOf", "minProperties"} & extra.keys())
    return several or any(field.is_required() for field in model.model_fields.values())


def _file_body(route: Route, upload: type[Upload], example: dict[str, Any], schemas: Schemas) -> dict[str, Any]:
    """The request body of an upload. A table's form may hold the query's fields too."""
    most = upload.most_bytes // 2**20
    file = {"type": "string", "format": "binary", "description": f"The file's content, at most {most} MiB."}
    content: dict[str, Any] = {media_type: {"schema": file} for media_type in upload.media_types}
    content[upload.media_types[0]] |= example
    beside = schemas.fields(route.query) if route.query and upload is TableUpload else {}
    fields = {name: _without_null(field) for name, field in without_defaults(beside).items()}
    form = {"type": "object", "properties": {"file": file, **fields}, "required": ["file"]}
    return {"required": True, "content": {**content, "multipart/form-data": {"schema": form}}}


def _without_null(field: dict[str, Any]) -> dict[str, Any]:
    options = [option for option in field.get("anyOf", ()) if option != {"type": "null"}]
    return {**field, "anyOf": options} if options else field


def _parameters(router: Router, route: Route, schemas: Schemas) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": texts.of_path(router.prefix + route.path, name),
            "schema": {"type": "string", "minLength": 1, "maxLength": 128},
        }
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    if route.query:
        required = schemas.required(route.query)
        parameters += [_of_query(name, field, name in required) for name, field in schemas.fields(route.query).items()]
    if honours_if_match(route):
        parameters.append(parameter("IfMatch"))
    if _is_conditional(route):
        parameters.append(parameter("IfNoneMatch"))
    if route.method == "POST":
        parameters.append(parameter("IdempotencyKey"))
    return parameters


def _of_query(name: str, field: dict[str, Any], required: bool) -> dict[str, Any]:
    if name == "cursor":
        return parameter("Cursor")
    schema = dict(field)
    described = {"name": name, "in": "query", "required": required, "description": schema.pop("description", "")}
    return {**described, "schema": _or_empty(schema)}


def _or_empty(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema that also allows an empty value, which means that the parameter is left out."""
    default = {key: schema.pop(key) for key in ("default",) if schema.get(key) is not None}
    schema.pop("default", None)
    options = _without_null(schema).get("anyOf") or [schema]
    return {**default, "anyOf": [*options, {"type": "string", "const": ""}]}


def _answer(route: Route, schemas: Schemas) -> dict[str, Any]:
    """The response of a successful call."""
    headers = named("X-Request-Id", *(["Idempotency-Replayed"] if route.method == "POST" else []))
    headers |= {} if route.unlimited else RATES
    if isinstance(route.answer, File):
        binary = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
        return {"description": "A file to save.", "headers": headers | named("Content-Disposition"), "content": binary}
    content: dict[str, Any] = {"application/json": {"schema": _success(route, schemas)}}
    if isinstance(route.answer, PageOrFields):
        content["text/html"] = {"schema": {"type": "string"}}
    if isinstance(route.answer, Chart):
        content["image/svg+xml"] = {"schema": {"type": "string"}}
        content["image/png"] = {"schema": {"type": "string", "format": "binary"}}
        content["application/vnd.vegalite.v5+json"] = {"schema": {"type": "object", "additionalProperties": True}}
    return {"description": "Done.", "headers": headers | (named("ETag") if _has_tag(route) else {}), "content": content}


def _has_tag(route: Route) -> bool:
    """Whether the answer has an ETag: it holds one entity or setting, or is a list of what is announced."""
    versioned = route.handler.__annotations__.get("return") == Versioned[route.answer.model]  # type: ignore[name-defined]
    single = not isinstance(route.answer, Many | File) and (versioned or entity_of(route) is not None)
    return single or route.tagged is not None


def _is_conditional(route: Route) -> bool:
    """Whether the call is answered with 304 where the client has the answer already."""
    return route.method == "GET" and _has_tag(route)


def _success(route: Route, schemas: Schemas) -> dict[str, Any]:
    properties: dict[str, Any] = {"success": {"const": True, "description": "Always true."}}
    wrapped: dict[str, Any] = {"type": "object", "properties": properties, "required": ["success"]}
    entity = schemas.answered(route.answer.model)
    match route.answer:
        case One(noun=noun):
            properties[noun] = {**entity, "description": f"The {noun.replace('_', ' ')}."}
            wrapped["required"].append(noun)
        case Many(plural=plural, row=row):
            items = {"anyOf": [entity, schemas.answered(row)]} if row else entity
            properties |= {plural: {"type": "array", "items": items, "description": texts.ROWS}, **_PAGING}
            if route.query and "search" in route.query.model_fields:
                properties["searched"] = {**schemas.answered(Searched), "description": texts.SEARCHED}
            wrapped["required"] += [plural, "total", "next_cursor"]
        case Fields():
            return {"allOf": [wrapped, entity]}
    return wrapped
