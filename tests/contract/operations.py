"""The operations of the API's description, and a valid call of each."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx

from infra import openapi
from infra.examples import EXAMPLES
from tests.contract.entities import MAKERS, REFERENCES, Ids, filled, references
from tests.fixtures.api import Api
from tests.fixtures.correspondence import SECRET as MAIL_SECRET
from tests.fixtures.tokens import unsigned

# Never answered to the end, so not called here.
ENDLESS = {"GET /api/realtime/stream"}
# After these the user cannot call anything: they come last.
FINAL = {"DELETE /api/account"}
_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, eq=False)
class Operation:
    """One method of one path."""

    method: str
    path: str
    described: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def routes(self) -> list[str]:
        """Where each id in the path comes from: /api/x/{id}, /api/x/{id}/y/{y_id}."""
        return [self.path[: found.end()] for found in re.finditer(r"{\w+}", self.path)]

    @property
    def collection(self) -> str | None:
        """The entity whose rows are below this path."""
        found = [route for route in MAKERS if self.path.startswith(route.rpartition("/{")[0])]
        return max(found, key=len, default=None)

    @property
    def pages(self) -> bool:
        return any(parameter.get("$ref", "").endswith("/Cursor") for parameter in self.described["parameters"])

    @property
    def is_tagged_list(self) -> bool:
        """Has the tag of the state of all that it may show."""
        return any(router.prefix + route.path == self.path and route.tagged for _, router, route in openapi.routes())

    @property
    def parameters(self) -> list[dict[str, Any]]:
        """Its own, and those that it shares with other operations."""
        shared = described()["components"]["parameters"]
        listed = self.described["parameters"]
        return [shared[each["$ref"].rsplit("/", 1)[-1]] if "$ref" in each else each for each in listed]

    @property
    def takes_json(self) -> bool:
        return "application/json" in self.described.get("requestBody", {}).get("content", {})

    @property
    def public(self) -> bool:
        """Called without a sign-in."""
        return self.described.get("security") == []

    @property
    def for_operators(self) -> bool:
        """Refused to whoever does not run the deployment."""
        return self.path.startswith("/api/system/dead-letters")

    def signed(self, api: Api) -> dict[str, str]:
        """The headers that sign the user in as an operator, where one is called for, or a mail provider's call."""
        if self.path.startswith("/api/hooks/mail/"):
            return {"Authorization": f"Bearer {MAIL_SECRET}"}
        token = unsigned(api.project, api.uid, operator=True)
        return {"Authorization": f"Bearer {token}"} if self.for_operators else {}

    def body(self, *, linked: bool) -> dict[str, Any]:
        """Its example, with `$references`; with all of them that it may have when `linked`."""
        if not self.takes_json:
            return {}
        schema = self.described["requestBody"]["content"]["application/json"]["schema"]
        properties = resolved(schema).get("properties", {})
        linkable = {name: _reference(name, properties[name]) for name in properties if _is_reference(name)}
        example: dict[str, Any] = EXAMPLES[self.name]
        return {**linkable, **example} if linked else example

    def query(self, *, linked: bool) -> dict[str, Any]:
        return {
            parameter["name"]: _reference(parameter["name"], parameter["schema"])
            if _is_reference(parameter["name"])
            else _example(parameter["schema"])
            for parameter in self.parameters
            if parameter["in"] == "query" and (parameter["required"] or (linked and _is_reference(parameter["name"])))
        }

    def references(self) -> set[str]:
        """The fields by which a call can name other documents, in query and body."""
        return references(self.body(linked=True)) | references(self.query(linked=True))

    def call(
        self,
        api: Api,
        ids: Ids,
        *,
        instead: dict[str, str] | None = None,
        linked: bool = True,
        more_query: dict[str, Any] | None = None,
        more_body: dict[str, Any] | None = None,
    ) -> httpx.Response:
        """Call it with these ids; `instead` replaces the references of that name."""
        url = self.path
        for route in self.routes:
            name = route[route.rindex("{") :]
            url = url.replace(name, ids[route], 1)
        more: dict[str, Any] = {}
        if self.takes_json:
            more["json"] = filled(self.body(linked=linked), ids, me=api.uid, instead=instead) | (more_body or {})
        elif "requestBody" in self.described:
            media_type = next(iter(self.described["requestBody"]["content"]))
            more = {"content": EXAMPLES[self.name], "headers": {"Content-Type": media_type}}
        query = filled(self.query(linked=linked), ids, me=api.uid, instead=instead) | (more_query or {})
        more["headers"] = {**more.get("headers", {}), **self.signed(api)}
        return api.http.request(self.method, url, params=query, **more)


@cache
def described() -> dict[str, Any]:
    return openapi.document()


@cache
def operations() -> tuple[Operation, ...]:
    """All of the description, in its order but for the final ones."""
    every = [
        Operation(method.upper(), path, operation)
        for path, item in described()["paths"].items()
        for method, operation in item.items()
        if method in _METHODS
    ]
    called = [operation for operation in every if operation.name not in ENDLESS]
    return tuple(sorted(called, key=lambda operation: operation.name in FINAL))


def served() -> set[str]:
    return {operation.name for operation in operations()}


def _is_reference(name: str) -> bool:
    return re.search(r"_ids?$", name) is not None and name != "user_id"


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while True:
        if "$ref" in schema:
            schema = described()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        elif options := schema.get("anyOf") or schema.get("oneOf"):
            schema = next(option for option in options if option != {"type": "null"})
        else:
            return schema


def _example(schema: dict[str, Any]) -> Any:
    """What a parameter that names no document is called with."""
    return next(option["examples"][0] for option in schema.get("anyOf", [schema]) if "examples" in option)


def _reference(name: str, schema: dict[str, Any]) -> str | list[str]:
    """The `$reference` for a field that names a document, or several."""
    assert name in REFERENCES, f"{name} needs a line in REFERENCES"
    return [f"${name}"] if resolved(schema).get("type") == "array" else f"${name}"
