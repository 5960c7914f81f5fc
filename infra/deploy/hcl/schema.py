"""The schemas of Terraform's Google providers, distilled from the class descriptions (jsii) of CDK for Terraform.

Those descriptions name each argument by a link to its documentation, `…/docs/resources/TYPE#ARGUMENT`; what a resource
exports they have as properties of its class. The providers are at version 6.50.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from infra.deploy.hcl import packages

_FORMAT = 2  # of the distilled file: another one is made anew
_LINK = re.compile(r"/docs/(resources|data-sources)/(\w+)#(\w+)")
_VALUES = re.compile(r"Possible values: \[([^\]]*)\]")


@dataclass(frozen=True)
class Argument:
    """An argument of a resource or block. `kind`: string, number, boolean, map, list or block."""

    required: bool
    kind: str
    values: tuple[str, ...] = ()  # it must have one of these, where there are any
    single: bool = False  # a block of which there is one at most
    block: "dict[str, Argument] | None" = None


@dataclass(frozen=True)
class Resource:
    """What may be written of a resource or data source, and what may be read: names without underscores, as a tree."""

    arguments: dict[str, Argument]
    exports: dict[str, Any]


def plain(name: str) -> str:
    """A name in the form in which exports are compared: the class descriptions lack underscores."""
    return name.replace("_", "").lower()


# Of small providers, by hand: https://registry.terraform.io/providers/hashicorp/{time,random}
_SMALL = {
    "time_sleep": Resource(
        {
            "create_duration": Argument(False, "string"),
            "destroy_duration": Argument(False, "string"),
            "triggers": Argument(False, "map"),
        },
        {"id": {}, "triggers": {}, "createduration": {}, "destroyduration": {}},
    ),
    "random_password": Resource(
        {
            "length": Argument(True, "number"),
            "special": Argument(False, "boolean"),
            "override_special": Argument(False, "string"),
        },
        {"result": {}, "bcrypthash": {}, "length": {}},
    ),
}


@cache
def resource(provider: str, mode: str, kind: str) -> Resource | None:
    """The schema of a kind, such as google_pubsub_topic, or None. `mode`: resources or data-sources."""
    if kind in _SMALL:
        return _SMALL[kind]
    raw = _distilled(provider)[mode].get(kind)
    return Resource({name: _argument(value) for name, value in raw["in"].items()}, raw["out"]) if raw else None


def _argument(raw: dict[str, Any]) -> Argument:
    block = raw.get("block")
    return Argument(
        bool(raw.get("required")),
        raw["kind"],
        tuple(raw.get("values", ())),
        bool(raw.get("single")),
        None if block is None else {name: _argument(value) for name, value in block.items()},
    )


@cache
def _distilled(provider: str) -> dict[str, Any]:
    package = packages.PROVIDERS[provider]
    file = packages.cache() / f"{provider}-{package.version}-{_FORMAT}.json"
    with packages.alone(file.parent):
        if not file.exists():
            types = json.loads(packages.member(package, ".jsii"))["types"]
            part = file.with_suffix(".part")
            part.write_text(json.dumps(distil(types), separators=(",", ":")))
            part.rename(file)
    schemas: dict[str, Any] = json.loads(file.read_text())
    return schemas


def distil(types: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """All resources and data sources of a provider's class descriptions, by mode and kind."""
    schemas: dict[str, dict[str, Any]] = {"resources": {}, "data-sources": {}}
    for name, config in types.items():
        place = _place(config) if config["kind"] == "interface" and name.endswith("Config") else None
        if place and "cdktf.TerraformMetaArguments" in config.get("interfaces", ()):
            mode, kind = place
            made = {"in": _arguments(types, name), "out": _exports(types, name.removesuffix("Config"))}
            schemas[mode][f"google_{kind.removeprefix('google_')}"] = made
    return schemas


def _place(config: dict[str, Any]) -> tuple[str, str] | None:
    for name in _properties(config):
        if link := _LINK.search(json.dumps(name.get("docs", {}))):
            return link[1], link[2]
    return None


def _properties(kind: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from kind.get("properties", ())


def _arguments(types: dict[str, Any], name: str) -> dict[str, Any]:
    found = {}
    for each in _properties(types[name]):
        docs = json.dumps(each.get("docs", {}), ensure_ascii=False)
        link = _LINK.search(docs)
        if link is None:
            continue
        argument: dict[str, Any] = {"kind": _kind(each["type"]), "required": not each.get("optional")}
        if values := _VALUES.search(docs):
            argument["values"] = [value.strip('\\" ') for value in values[1].split(",")]
        own = [fqn for fqn in _named(each["type"]) if fqn in types and types[fqn]["kind"] == "interface"]
        if own:
            single = "fqn" in each["type"] or not _is_many(each["type"])
            argument |= {"kind": "block", "single": single, "block": _arguments(types, own[0])}
        found[link[3]] = argument
    return found


def _named(kind: dict[str, Any]) -> list[str]:
    """The names of types in a type, through unions and collections."""
    if "fqn" in kind:
        return [kind["fqn"]]
    inner = [*kind.get("union", {}).get("types", ())]
    if "collection" in kind:
        inner.append(kind["collection"]["elementtype"])
    return [name for each in inner for name in _named(each)]


def _is_many(kind: dict[str, Any]) -> bool:
    return any("collection" in each for each in (kind, *kind.get("union", {}).get("types", ())))


def _kind(kind: dict[str, Any]) -> str:
    for each in (*kind.get("union", {}).get("types", ()), kind):
        if "collection" in each:
            return "map" if each["collection"]["kind"] == "map" else "list"
        if "primitive" in each:
            return str(each["primitive"])
    return "map" if "Map" in json.dumps(kind) else "block"


def _exports(types: dict[str, Any], name: str, depth: int = 0) -> dict[str, Any]:
    """The properties that may be read of a class, each with those of its own; a list's are its elements'."""
    exports: dict[str, Any] = {}
    for each in _properties(types.get(name, {})):
        inner = _named(each["type"])[0] if "fqn" in each["type"] else ""
        element = inner.removesuffix("List") + "OutputReference" if inner.endswith("List") else inner
        exports[plain(each["name"])] = _exports(types, element, depth + 1) if element in types and depth < 6 else {}
    return exports
