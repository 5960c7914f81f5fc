"""Upgrades stored documents, version by version, to the shape that the present model reads. Pure.

A model names its `schema_version` and, by version, how a document's fields become those of the next. A document is
upgraded when it is read, and stored so when it is next changed, or by the renewal of all (shared/store/renewals.py).
Only after a renewal was finished may an upgrade be dropped.
"""

from collections.abc import Callable, Mapping
from typing import Any

Fields = dict[str, Any]
Upgrades = Mapping[int, Callable[[Fields], Fields]]
_VERSION = "schema_version"


def version_of(fields: Mapping[str, Any]) -> int:
    """The version that a stored document is of; 1 for one that does not say."""
    version = fields.get(_VERSION, 1)
    return version if isinstance(version, int) else 1


def upgraded(fields: Mapping[str, Any], upgrades: Upgrades, to: int) -> Fields:
    """A document's fields as those of version `to`. Raises LookupError where an upgrade is missing, and what an upgrade
    raises of fields that it does not expect."""
    now = dict(fields)
    for version in range(version_of(fields), to):
        now = upgrades[version](dict(now))
    return {**now, _VERSION: to}
