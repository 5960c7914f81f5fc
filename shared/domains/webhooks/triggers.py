"""The names of the automations' triggers: in the subscription document of each, webhooks are listed.

Automations stand above the domains, which cannot import them. `shared/automations/triggers` declares its names here
when it is imported; until then a webhook cannot be listed, as it would miss events.
"""

from collections.abc import Iterable

from shared.kit import lazy_modules

_NAMES: list[str] = []


class Undeclared(RuntimeError):
    """This process has not imported shared.automations.triggers."""


def declare(names: Iterable[str]) -> None:
    _NAMES[:] = names


def names() -> list[str]:
    """The names of all triggers. Raises Undeclared."""
    if not _NAMES:
        lazy_modules.run("automations.triggers")
    if not _NAMES:
        raise Undeclared("Import shared.automations.triggers before webhooks are listed.")
    return _NAMES
