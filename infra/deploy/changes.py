"""Says what a deployment would change, before anybody agrees to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# What holds data that nothing brings back; Terraform's own guards may be switched off by hand.
_PRECIOUS = ("google_firestore_database", "google_secret_manager_secret", "google_cloud_tasks_queue")


@dataclass(frozen=True)
class Changes:
    """Functions by what becomes of them, by the hash of their bundles; and Terraform's counts of everything."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()  # whose last deployment did not come to its end
    counts: Mapping[str, int] | None = None  # create, update, delete
    losses: tuple[str, ...] = ()  # resources whose data would be lost

    def text(self) -> str:
        """The changes in a few lines."""
        parts = [("new", self.new), ("changed", self.changed), ("to be repaired", self.failed)]
        lines = [f"  {len(names)} functions {word}: {', '.join(names)}" for word, names in parts if names]
        lines.append(f"  {len(self.unchanged)} functions unchanged")
        counted = [f"{number} to {word}" for word, number in (self.counts or {}).items() if number]
        lines.append(f"  Terraform: {', '.join(counted) or 'nothing to do'}")
        return "\n".join(lines)


def changes(
    archives: Mapping[str, str], deployed: Iterable[Mapping[str, Any]] | None, plan: Mapping[str, Any] | None
) -> Changes:
    """Compare the archives (function -> file, named by its content) with gcloud's list, and read Terraform's plan."""
    known = {entry["name"].split("/")[-1]: entry for entry in deployed or ()}
    states = {name: _state(archive, known.get(name)) for name, archive in archives.items()}

    def those(state: str) -> tuple[str, ...]:
        return tuple(name for name, value in states.items() if value == state)

    counts, losses = _counts(plan or {})
    return Changes(those("new"), those("changed"), those("unchanged"), those("failed"), counts, losses)


def _state(archive: str, entry: Mapping[str, Any] | None) -> str:
    if entry is None:
        return "new"
    if entry.get("state") != "ACTIVE":
        return "failed"
    source = entry.get("buildConfig", {}).get("source", {}).get("storageSource", {}).get("object", "")
    return "unchanged" if source.rsplit("/", 1)[-1] == archive else "changed"


def _counts(plan: Mapping[str, Any]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Terraform's counts, and what would be lost. Format: developer.hashicorp.com/terraform/internals/json-format"""
    counts = {"create": 0, "update": 0, "delete": 0}
    losses = []
    for change in plan.get("resource_changes", ()):
        actions = change["change"]["actions"]
        for action in actions:
            if action in counts:
                counts[action] += 1
        if "delete" in actions and change.get("type") in _PRECIOUS:
            losses.append(change["address"])
    return counts, tuple(losses)
