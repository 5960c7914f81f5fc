"""Builds the OpenAPI document: every HTTP function's routes, and the components that they share."""

import inspect
import json
from copy import deepcopy
from functools import cache
from importlib import import_module
from typing import Any

from functions.manifest import FUNCTIONS
from functions.spec import FunctionSpec, Http
from infra.bundle import ROOT
from infra.openapi import headers, problems, streams
from infra.openapi.operations import operation
from infra.openapi.schemas import Schemas
from shared.runtime.router import Route, Router

FILE = ROOT / "functions/openapi.json"
_INTRODUCTION = """Prospecting, research and outreach that run by themselves.

Every POST takes an `Idempotency-Key`: sent again with the same body within a day it gets the same answer and has one
effect. Every entity has an `ETag`; sent back as `If-Match` with a call that changes it, it guards against lost updates.
Sent back as `If-None-Match` with the same GET, it saves the answer while nothing has changed; most lists have one too.

A list answers at most `limit` rows, and in `next_cursor` where the next page begins: send it as `cursor`, with the same
filters. A search of several words compares the first 1,000 rows of its longest word; `searched` says so, and whether
there are more.

Times are RFC 3339 in UTC. A PUT changes the fields that it holds, as a PATCH does. Both also take an entity as GET
answered it: what is unchanged is ignored, and a field that the server sets is refused by name where it was changed.

Errors are RFC 9457 problem documents. A `user_id` may be sent with every call and is never needed; if it is not the
signed-in user's, the call is refused (403)."""


def document() -> dict[str, Any]:
    """The OpenAPI document as data, which the caller may change."""
    served = routes()
    schemas = Schemas([route for _, _, route in served])
    paths: dict[str, dict[str, Any]] = {}
    taken: set[str] = set()
    for spec, router, route in served:
        described = operation(spec, router, route, schemas)
        if described["operationId"] in taken:  # one handler, two methods
            described["operationId"] += f"_{route.method.lower()}"
        taken.add(described["operationId"])
        paths.setdefault(router.prefix + route.path, {})[route.method.lower()] = described
    paths |= streams.paths()
    return {
        "openapi": "3.1.0",
        "info": {"title": "Prospecting API", "version": "1.0.0", "description": _INTRODUCTION},
        "servers": [{"url": "/"}],
        "security": [{"idToken": []}],
        "tags": [{"name": spec.name, "description": _purpose(spec)} for spec in _described()],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {"Problem": deepcopy(problems.SCHEMA), **schemas.referenced(paths)},
            "parameters": deepcopy(headers.PARAMETERS),  # the caller's own, to change
            "headers": deepcopy(headers.HEADERS),
            "responses": deepcopy(problems.RESPONSES),
            "securitySchemes": {"idToken": _ID_TOKEN},
        },
    }


_ID_TOKEN = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "A Firebase ID token, good for an hour. It alone says who calls.",
}


def fields() -> dict[str, list[str]]:
    """The field names of every schema, queries included."""
    return Schemas([route for _, _, route in routes()]).names()


@cache
def text() -> str:
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


def write() -> None:
    FILE.write_text(text())


def routes() -> list[tuple[FunctionSpec, Router, Route]]:
    """Every route, with its function and router."""
    return [(spec, router, route) for spec in _functions() for router in [_router(spec)] for route in router.routes]


def _functions() -> list[FunctionSpec]:
    """The HTTP functions that have routes; static pages have none."""
    return [spec for spec in FUNCTIONS if isinstance(spec.trigger, Http) and hasattr(_module(spec), "router")]


def _described() -> list[FunctionSpec]:
    """The functions whose operations are described: those with routes, and the one that streams."""
    routed = _functions()
    return [spec for spec in FUNCTIONS if spec in routed or spec.name == streams.TAG]


def _router(spec: FunctionSpec) -> Router:
    router: Router = _module(spec).router
    return router


def _purpose(spec: FunctionSpec) -> str:
    """A function's purpose, from its module's docstring `/api/x: purpose.`"""
    first = (inspect.getdoc(_module(spec)) or "").split("\n\n")[0].replace("\n", " ")
    purpose = first.partition(": ")[2]
    return purpose[:1].upper() + purpose[1:]


def _module(spec: FunctionSpec) -> Any:
    return import_module(spec.module)
