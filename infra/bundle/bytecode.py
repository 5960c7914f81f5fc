"""Compiles a bundle for the Python that deployed functions run."""

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from functions.spec import RUNTIME

VERSION = RUNTIME.removeprefix("python").replace("3", "3.", 1)  # python313: 3.13


def compile_for_runtime(folder: Path) -> bool:
    """Compile the folder's sources; False where no Python of the runtime's version is here.

    The bytecode says that it needs no check against its source: an archive's times are not those of its files.
    """
    python = interpreter(VERSION)
    if python is None:
        return False
    command = [python, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", "."]
    subprocess.run(command, cwd=folder, check=True)
    return True


@cache
def interpreter(version: str) -> str | None:
    """A Python of that minor version: this one, one on the PATH, or one of pyenv's; None where none of them runs."""
    return next((python for python in _candidates(version) if _runs(python, version)), None)


def _candidates(version: str) -> Iterator[str]:
    yield sys.executable
    yield f"python{version}"
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from (str(python) for python in sorted(pyenv.glob(f"versions/{version}.*/bin/python"), reverse=True))


def _runs(python: str, version: str) -> bool:
    """Whether it is there and says that version: pyenv has shims of Pythons that are not switched on."""
    ask = [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        answered = subprocess.run(ask, capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answered.stdout.strip() == version
