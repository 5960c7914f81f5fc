"""Looks up what definitions need of each action: which of its settings are secret, and which are steps.

Actions stand two wings above, so this wing cannot import them. `catalog/registry.py` declares all of them here when it
runs, at the latest at the first look-up. Where a process lacks it every look-up raises Undeclared: that process shows
no secret, and misses no steps within steps.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from shared.kit import lazy_modules
from shared.kit.fields import Fields, ReadFields

Block = list[Fields]
Blocks = Callable[[ReadFields], Iterable[tuple[str, Block]]]


class Undeclared(RuntimeError):
    """This process has not imported shared.automations.catalog.registry."""


class Declared(Protocol):
    """The part of an action that definitions use."""

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
    def blocks(config: ReadFields) -> Iterable[tuple[str, Block]]:
        return ()


_UNKNOWN = _Unknown()
_ACTIONS: dict[str, Declared] = {}


def declare(actions: Mapping[str, Declared]) -> None:
    """Stores the actions by name, for this process."""
    _ACTIONS.update(actions)


def action_named(name: str) -> Declared:
    """Finds an action by its name; for an unknown name answers an action without secrets and steps. Raises
    Undeclared."""
    if not _ACTIONS:
        lazy_modules.run("automations.catalog.registry")
    if not _ACTIONS:
        raise Undeclared("Import shared.automations.catalog.registry before automations are read.")
    return _ACTIONS.get(name, _UNKNOWN)
