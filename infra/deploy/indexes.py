"""Compares the declared composite indexes with those of the database, and says whether functions may be deployed.

A function whose query has no index, or one that is still being built, fails. States and format:
https://cloud.google.com/firestore/docs/reference/rest/v1/projects.databases.collectionGroups.indexes
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from infra.bundle import ROOT

FILE = ROOT / "infra/firestore/firestore.indexes.json"
PATIENCE = 5400.0  # seconds; large collections take long, and the next deployment goes on waiting
PAUSE = 15.0
TARGETS = ("google_firestore_index.index", "google_firestore_field.field")
Index = tuple[str, str, tuple[str, ...]]  # collection group, scope, fields in their order


@dataclass(frozen=True)
class Standing:
    """The declared indexes by their state; `broken` is every state that is neither ready nor on the way to it."""

    ready: tuple[Index, ...] = ()
    building: tuple[Index, ...] = ()
    missing: tuple[Index, ...] = ()
    broken: tuple[Index, ...] = ()


@dataclass(frozen=True)
class Wait:
    """Look again: functions must not be deployed yet."""

    text: str


@dataclass(frozen=True)
class Stop:
    """Functions must not be deployed; the text says why, and the way out."""

    text: str


def declared(text: str | None = None) -> frozenset[Index]:
    """The composite indexes of firestore.indexes.json."""
    content = json.loads(text or FILE.read_text())
    return frozenset(_index(index["collectionGroup"], index) for index in content["indexes"])


def exempt(text: str | None = None) -> frozenset[str]:
    """The collections of firestore.indexes.json whose fields have no index but those that are declared."""
    content = json.loads(text or FILE.read_text())
    return frozenset(each["collectionGroup"] for each in content["fieldOverrides"] if each["fieldPath"] == "*")


def exempted(listed: list[dict[str, Any]] | None) -> frozenset[str]:
    """The collections of which that is true in the database, from gcloud's list of fields."""
    names = [field["name"].split("/") for field in listed or () if not field.get("indexConfig", {}).get("indexes")]
    return frozenset(name[-3] for name in names if name[-1] == "*")


def standing(wanted: Iterable[Index], listed: list[dict[str, Any]] | None) -> Standing:
    """How the declared indexes stand in the database, from gcloud's list; None: there is no database yet."""
    states = {_index(index["name"].split("/")[-3], index): index.get("state", "") for index in listed or ()}
    by_state: dict[str, list[Index]] = {}
    for index in sorted(wanted):
        by_state.setdefault(states.get(index, "MISSING"), []).append(index)
    return Standing(
        ready=tuple(by_state.pop("READY", ())),
        building=tuple(by_state.pop("CREATING", ())),
        missing=tuple(by_state.pop("MISSING", ())),
        broken=tuple(index for indexes in by_state.values() for index in indexes),
    )


def decide(current: Standing, waited: float) -> Wait | Stop | None:
    """Whether functions may be deployed (None) after `waited` seconds."""
    total = sum(map(len, (current.ready, current.building, current.missing, current.broken)))
    if current.broken:
        return Stop(
            f"{_names(current.broken)} cannot serve queries (NEEDS_REPAIR): a document has too many entries in it, or "
            "its building failed. Delete the index in the console (Firestore, Indexes), mend what its documents have "
            "too much of, and deploy again."
        )
    if current.missing:
        return Stop(
            f"{_names(current.missing)} was not created. Run make deploy again; if it stays so, see terraform plan."
        )
    if not current.building:
        return None
    text = f"{len(current.ready)} of {total} indexes are ready; {_names(current.building)} is being built"
    if waited >= PATIENCE:
        return Stop(
            f"{text}, for {waited / 60:.0f} minutes. No function was changed. It goes on by itself: deploy again later."
        )
    return Wait(text)


def _index(group: str, index: dict[str, Any]) -> Index:
    """An index as it is compared: Firestore adds the document's name as a last field, which nobody declares."""
    fields = tuple(
        f"{field['fieldPath']}:{field.get('order') or field.get('arrayConfig')}"
        for field in index["fields"]
        if field["fieldPath"] != "__name__"
    )
    return group, index.get("queryScope", "COLLECTION"), fields


def _names(indexes: tuple[Index, ...]) -> str:
    named = [f"{group} ({', '.join(field.split(':')[0] for field in fields)})" for group, _, fields in indexes[:3]]
    more = f" and {len(indexes) - 3} more" if len(indexes) > 3 else ""
    return ", ".join(named) + more
