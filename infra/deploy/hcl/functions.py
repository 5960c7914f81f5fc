"""The functions of Terraform's language that our files call."""

import base64
import hashlib
import json
import math
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any


class Unknown:
    """A value that only an apply knows, by its address; so is what is made of it."""

    def __init__(self, address: str) -> None:
        self.address = address

    def __repr__(self) -> str:
        return f"<{self.address}>"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unknown) and other.address == self.address

    def __hash__(self) -> int:
        return hash(self.address)


def text(value: Any) -> str:
    """A value within a template."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | Unknown):
        return str(value)
    if isinstance(value, float):
        return f"{value:g}"
    raise TypeError(f"{type(value).__name__} in a template")


def each(value: Any) -> Iterable[tuple[Any, Any]]:
    """Keys and values of a map, an object, a list or a set."""
    if isinstance(value, dict):
        return sorted(value.items())
    if isinstance(value, frozenset):
        return [(name, name) for name in sorted(value, key=str)]
    if isinstance(value, list):
        return list(enumerate(value))
    raise TypeError(f"{type(value).__name__} cannot be iterated")


def _merge(*maps: dict[str, Any]) -> dict[str, Any]:
    return {key: value for one_map in maps for key, value in one_map.items()}


def _flatten(value: list[Any]) -> list[Any]:
    return [item for part in value for item in (_flatten(part) if isinstance(part, list) else [part])]


def _replace(value: str, old: str, new: str) -> str:
    if old.startswith("/") and old.endswith("/") and len(old) > 1:
        raise ValueError("replace with a regular expression is not evaluated here")
    return text(value).replace(old, new)


def _regex(pattern: str, value: str) -> str:
    found = re.search(pattern, value)
    if found is None:
        raise ValueError(f"{value!r} does not match {pattern}")
    return found[0]


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _jsonable(item) for key, item in value.items()}
    if isinstance(value, list | frozenset):
        return [_jsonable(item) for _, item in each(value)]
    return str(value) if isinstance(value, Unknown) else value


def _sha256(value: Any) -> str:
    return base64.b64encode(hashlib.sha256(text(value).encode()).digest()).decode()


def _lookup(values: dict[str, Any], key: Any, *default: Any) -> Any:
    if key not in values and not default:
        raise KeyError(key)
    return values.get(key, *default)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "alltrue": all,
    "base64encode": lambda value: base64.b64encode(value.encode()).decode(),
    "base64sha256": _sha256,
    "concat": lambda *lists: [item for part in lists for item in part],
    "contains": lambda values, item: item in values,
    "endswith": lambda value, end: value.endswith(end),
    "distinct": lambda values: list(dict.fromkeys(values)),
    "file": lambda path: Path(path).read_text(),
    "flatten": _flatten,
    "floor": math.floor,
    "join": lambda mark, values: mark.join(text(value) for _, value in each(values)),
    "jsondecode": json.loads,
    "jsonencode": lambda value: json.dumps(_jsonable(value)),
    "keys": lambda values: sorted(values),
    "length": len,
    "lookup": _lookup,
    "merge": _merge,
    "min": min,
    "regex": _regex,
    "replace": _replace,
    "reverse": lambda values: values[::-1],
    "setintersection": lambda *sets: frozenset.intersection(*map(frozenset, sets)),
    "setsubtract": lambda left, right: frozenset(left) - frozenset(right),
    "setunion": lambda *sets: frozenset.union(*map(frozenset, sets)),
    "sort": sorted,
    "tostring": text,
    "toset": frozenset,
    "trim": lambda value, letters: value.strip(letters),
    "trimprefix": lambda value, start: value.removeprefix(start),
}
SPECIAL = frozenset(["can", "try"])  # whose arguments may fail
