"""Checks the pinned packages against a shipped list of advisories, without a network.

The list, advisories.json, has some of our direct dependencies, whose code meets strangers' input. It is no database:
https://osv.dev has all. One that concerns us becomes a line, which fails the test until the pin is a mended version.
"""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

_LIST = Path(__file__).with_name("advisories.json")


class Advisory(NamedTuple):
    package: str
    affected: str  # version specifiers as in PEP 440
    id: str
    says: str


def advisories() -> list[Advisory]:
    return [Advisory(**each) for each in json.loads(_LIST.read_text())]


def pins(requirements: str) -> dict[str, str]:
    """The version of each pinned package, by its canonical name. Raises ValueError for a line that pins none."""
    versions: dict[str, str] = {}
    for line in requirements.splitlines():
        text = re.sub(r"(^|\s)#.*", "", line).strip()
        if text and not text.startswith("-"):
            requirement = Requirement(text)
            exact = re.fullmatch(r"==([^*,]+)", str(requirement.specifier))
            if not exact:
                raise ValueError(f"{text} must be pinned with == and a version.")
            versions[canonicalize_name(requirement.name)] = exact[1]
    return versions


def affected(versions: dict[str, str], listed: Iterable[Advisory]) -> Iterator[Advisory]:
    """The advisories that apply to pinned versions."""
    for advisory in listed:
        version = versions.get(canonicalize_name(advisory.package))
        if version and SpecifierSet(advisory.affected).contains(version, prereleases=True):
            yield advisory
