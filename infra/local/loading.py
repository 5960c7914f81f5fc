"""Loads a function as the platform does: the framework's app, from the main.py of its bundle."""

import tempfile
from pathlib import Path
from typing import Any

import functions_framework

from functions.spec import FunctionSpec
from infra.bundle import entry_point


def load(spec: FunctionSpec) -> Any:
    """The framework's app for one function: a WSGI app, or an ASGI app of a function that streams."""
    with tempfile.TemporaryDirectory() as folder:
        main = Path(folder) / "main.py"
        main.write_text(entry_point(spec))
        return functions_framework.create_app(target=spec.name, source=str(main))  # type: ignore[no-untyped-call]
