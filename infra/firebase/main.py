"""Every function of the manifest under its name, each loaded when it is asked for: a process serves one."""

from importlib import import_module
from typing import Any

from shared import log

log.configure()  # before all that may fail
from functions.manifest import FUNCTIONS  # noqa: E402


def __getattr__(name: str) -> Any:
    """Load a function. Raises AttributeError for a name that the manifest does not have."""
    for spec in FUNCTIONS:
        if spec.name == name:
            return getattr(import_module(spec.module), name)
    raise AttributeError(name)
