"""Expands resources over their `for_each` and `count`, and evaluates what can be known before an apply."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from infra.deploy.hcl.configuration import Block, Configuration
from infra.deploy.hcl.evaluate import Missing, Scope, value
from infra.deploy.hcl.functions import Unknown, each

_META = {"count", "depends_on", "dynamic", "for_each", "lifecycle", "provider", "timeouts"}


class ExpansionFault(ValueError):
    """An expression that cannot be evaluated; the message says where."""


class _Lazy(Mapping[str, Any]):
    """Values made when they are first asked for."""

    def __init__(self, names: Iterable[str], make: Callable[[str], Any]) -> None:
        self._names = list(names)
        self._make = make
        self._values: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._values:
            self._values[name] = self._make(name)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class Instance:
    """One resource of a block: what is written of it can be read, the rest is unknown until an apply."""

    def __init__(self, block: Block, key: str, scope: Scope) -> None:
        self._block = block
        self._scope = scope
        self.address = block.address + (f"[{key}]" if key else "")

    def __getitem__(self, name: str) -> Any:
        raw = self._block.body.get(name)
        if raw is None or isinstance(raw, list):
            return Unknown(f"{self.address}.{name}")
        return value(raw, self._scope)

    def body(self) -> dict[str, Any]:
        """All arguments and blocks, evaluated. Raises ExpansionFault."""
        return _body(self._block.body, self._scope, f"{self._block.file}: {self.address}")


class World:
    """A configuration with values for its variables: those given, else their defaults."""

    def __init__(self, configuration: Configuration, variables: Mapping[str, Any]) -> None:
        """Raises ExpansionFault for a variable without a value, or with one that its validation refuses."""
        self._configuration = configuration
        self._blocks = configuration.blocks.values()
        self.scope: dict[str, Any] = {
            "var": self._variables(variables),
            "local": _Lazy(configuration.locals, lambda name: value(configuration.locals[name], self.scope)),
            "path": {"module": str(configuration.folder)},
            "data": self._kinds("data"),
            "ephemeral": self._kinds("ephemeral"),
            **self._kinds("resource"),
        }
        self._validate()

    def resources(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Each kind's resources, by address, evaluated. Raises ExpansionFault."""
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for block in self._blocks:
            if block.mode == "resource":
                made = found.setdefault(block.kind, {})
                made.update({instance.address: instance.body() for instance in self._instances(block)})
        return found

    def outputs(self) -> dict[str, Any]:
        """The outputs' values."""
        outputs = self._configuration.outputs
        return {name: _guarded(f"output.{name}", body["value"], self.scope) for name, body in outputs.items()}

    def _variables(self, given: Mapping[str, Any]) -> dict[str, Any]:
        values = {}
        for name, body in self._configuration.variables.items():
            if name not in given and "default" not in body:
                raise ExpansionFault(f"var.{name} has no value")
            values[name] = given.get(name, value(body.get("default"), {}))
        if unknown := given.keys() - values.keys():
            raise ExpansionFault(f"there is no variable {', '.join(sorted(unknown))}")
        return values

    def _validate(self) -> None:
        for name, body in self._configuration.variables.items():
            for rule in body.get("validation", ()):
                if not _guarded(f"var.{name}", rule["condition"], self.scope):
                    raise ExpansionFault(f"var.{name}: {rule['error_message']}")

    def _kinds(self, mode: str) -> dict[str, Any]:
        """What answers for a root of references: kind -> name -> its resources."""
        kinds: dict[str, dict[str, Block]] = {}
        for block in self._blocks:
            if block.mode == mode:
                kinds.setdefault(block.kind, {})[block.name] = block
        return {kind: _Lazy(named, lambda name, named=named: self._read(named[name])) for kind, named in kinds.items()}  # type: ignore[misc]

    def _read(self, block: Block) -> Any:
        """What a reference to a block is: a map of resources, a list of them, or one."""
        instances = self._instances(block)
        if "count" in block.body:
            return list(instances)
        return dict(zip(self._keys(block), instances, strict=True)) if "for_each" in block.body else next(instances)

    def _instances(self, block: Block) -> Iterator[Instance]:
        if "count" in block.body:
            number = _guarded(f"{block.file}: {block.address}: count", block.body["count"], self.scope)
            yield from (
                Instance(block, str(place), {**self.scope, "count": {"index": place}}) for place in range(number)
            )
        elif "for_each" in block.body:
            for key, item in self._keys(block).items():
                yield Instance(block, key, {**self.scope, "each": {"key": key, "value": item}})
        else:
            yield Instance(block, "", self.scope)

    def _keys(self, block: Block) -> dict[str, Any]:
        place = f"{block.file}: {block.address}: for_each"
        over = _guarded(place, block.body["for_each"], self.scope)
        if not isinstance(over, dict | frozenset):
            raise ExpansionFault(f"{place}: {type(over).__name__} is neither a map nor a set")
        return dict(each(over))


def _body(body: Mapping[str, Any], scope: Scope, place: str) -> dict[str, Any]:
    """Arguments as values, blocks as lists of bodies, dynamic ones expanded."""
    made: dict[str, Any] = {}
    for name, raw in body.items():
        if name in _META:
            continue
        if isinstance(raw, list) and raw and all(isinstance(part, dict) for part in raw):
            made[name] = [_body(part, scope, f"{place}: {name}") for part in raw]
        else:
            made[name] = _guarded(f"{place}: {name}", raw, scope)
    for name, parts in body.get("dynamic", {}).items():
        for part in parts:
            over = each(_guarded(f"{place}: {name}: for_each", part["for_each"], scope))
            scopes = [{**scope, name: {"key": key, "value": item}} for key, item in over]
            made[name] = made.get(name, []) + [_body(part["content"][0], inner, f"{place}: {name}") for inner in scopes]
    return made


def _guarded(place: str, raw: Any, scope: Scope) -> Any:
    try:
        return value(raw, scope)
    except ExpansionFault:
        raise
    except Missing as fault:
        raise ExpansionFault(f"{place}: {fault}") from fault
    except (LookupError, TypeError, ValueError, OSError) as fault:
        raise ExpansionFault(f"{place}: {type(fault).__name__}: {fault}") from fault
