"""Compiles a bundle for the Python that deployed functions run."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from functions.spec import RUNTIME

VERSION = RUNTIME.removeprefix("python").replace("3", "3.", 1)  # python313: 3.13


@cache
def compiled(sources: tuple[Path, ...], python: str | None) -> Path | None:
    """A folder with copies of these folders, compiled by that Python; None without one. Made once, gone at the end.

    The bytecode says that it needs no check against its source: an archive's times are not those of its files.
    """
    if python is None:
        return None
    folder = tempfile.TemporaryDirectory(prefix="bundles-")
    atexit.register(folder.cleanup)
    for source in sources:
        shutil.copytree(source, Path(folder.name) / source.name, ignore=shutil.ignore_patterns("__pycache__"))
    command = [python, "-m", "compileall", "-q", "-j", "0", "--invalidation-mode", "unchecked-hash", "."]
    subprocess.run(command, cwd=folder.name, check=True)
    return Path(folder.name)


def beside(source: Path) -> list[Path]:
    """The bytecode that was compiled from a source, beside it."""
    return list((source.parent / "__pycache__").glob(f"{source.stem}.*.pyc"))


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
