"""Which lines of requirements.txt bring the modules that a function imports."""

import re
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, distribution

_SUFFIXES = re.compile(r"(/__init__)?(\.\w[\w-]*)?\.(py|pyd|so)$")  # of modules: sources, and extensions with their ABI
_ALWAYS = "functions-framework"  # serves what is deployed
# What a module needs that neither it nor we import, and that is no requirement of its package.
_BESIDE = {
    "google.protobuf": "google-cloud-firestore",  # whose messages the bundle has the descriptors of
    "zoneinfo": "tzdata",  # an image may have no time zones
    "uvicorn_worker": "uvicorn",
    "starlette.websockets": "websockets",  # the protocol, which uvicorn looks for
    "trafilatura": "lxml_html_clean",  # jusText takes it from lxml, which has given it up
}


class RequirementError(Exception):
    """An import that no line of requirements.txt brings, or a line that is not installed."""


class Requirements:
    """The pinned lines of a requirements.txt, by the modules that their packages install."""

    def __init__(self, text: str) -> None:
        """Raises RequirementError where a line's package is not installed here: its list of files says what it is."""
        lines = [line.partition("#")[0].strip() for line in text.splitlines()]
        self._lines = {_name(line): line for line in lines if line}
        self.lines = sorted(self._lines.values())
        self._owners = {module: name for name in self._lines for module in _modules(name)}

    def of(self, imports: Iterable[str]) -> list[str]:
        """The lines for these imports, sorted. Raises RequirementError for one that none brings."""
        names = {_ALWAYS}
        for imported in imports:
            parts = imported.split(".")
            prefixes = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
            names |= {_BESIDE[prefix] for prefix in prefixes if prefix in _BESIDE}
            if parts[0] not in sys.stdlib_module_names:
                names.add(self._owner(prefixes))
        if missing := names - self._lines.keys():
            raise RequirementError(f"requirements.txt must pin {', '.join(sorted(missing))}, which the product needs.")
        return sorted(self._lines[name] for name in names)

    def _owner(self, prefixes: list[str]) -> str:
        for prefix in prefixes:
            if prefix in self._owners:
                return self._owners[prefix]
        raise RequirementError(
            f"No line of requirements.txt brings {prefixes[0]}, which the product imports: pin its package there."
        )


def _name(line: str) -> str:
    return re.split(r"[\[=]", line)[0]


def _modules(name: str) -> Iterator[str]:
    """The modules that an installed package brings, such as google.cloud.tasks_v2."""
    try:
        files = distribution(name).files or []
    except PackageNotFoundError as error:
        raise RequirementError(f"{name} of requirements.txt is not installed here; run make to install it.") from error
    for file in files:
        module, number = _SUFFIXES.subn("", file.as_posix())
        if number:
            yield module.replace("/", ".")
