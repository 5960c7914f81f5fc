"""What this wing has to know of each action: which of its settings are secret, and which of them are steps.

Actions stand two wings above, so this wing cannot import them. `catalog/registry.py` declares all of them here when it
is imported. Until then every question raises Undeclared: a process that forgot the registry shows no secret, and
passes over no steps within steps.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

Block = list[dict[str, Any]]
Blocks = Callable[[Mapping[str, Any]], Iterable[tuple[str, Block]]]


class Undeclared(RuntimeError):
    """This process has not imported shared.automations.catalog.registry."""


class Declared(Protocol):
    """An action, as far as this wing knows one."""

    @property
    def secrets(self) -> frozenset[str]: ...

    @property
    def blocks(self) -> Blocks: ...

    @property
    def repeats(self) -> bool: ...


class _Unknown:
    """Stands for an action that no registry lists, such as a stored step's whose action was removed."""

    secrets: frozenset[str] = frozenset()
    repeats = False

    @staticmethod
    def blocks(config: Mapping[str, Any]) -> Iterable[tuple[str, Block]]:
        return ()


_UNKNOWN = _Unknown()
_ACTIONS: dict[str, Declared] = {}


def declare(actions: Mapping[str, Declared]) -> None:
    """Make all actions known, by name."""
    _ACTIONS.update(actions)


def action_named(name: str) -> Declared:
    """The action of that name; for an unknown name an action without secrets and steps. Raises Undeclared."""
    if not _ACTIONS:
        raise Undeclared("Import shared.automations.catalog.registry before automations are read.")
    return _ACTIONS.get(name, _UNKNOWN)
