"""An execution that earlier code has stored is stored as the present code's by its next commit, once."""

import pytest

from shared.automations.definitions.program import compiled
from shared.automations.engine.journal import Journal
from shared.automations.runs import store as run_store
from shared.automations.runs.create import build_execution
from shared.automations.runs.models import Execution, TriggerEvent
from shared.gcp import firestore, writes
from shared.kit.upgrades import Fields
from shared.settings import Settings


def _renamed(fields: Fields) -> Fields:
    fields["automation_name"] = fields.pop("title")
    fields["signals"] = {**fields.get("signals", {}), "a": {"e1": {}}}
    return fields


def test_a_commit_stores_the_upgrade(local_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    run = build_execution("u", "a", "A", 1, TriggerEvent(id="e", trigger="manual"))
    path, stored = run_store.executions.path("u", run.id), run.stored()
    firestore.client().commit([writes.create(path, {**stored, "title": stored.pop("automation_name")})])
    monkeypatch.setattr(Execution, "schema_version", 2)
    monkeypatch.setattr(Execution, "upgrades", {1: _renamed})
    journal = Journal(run_store.executions.get("u", run.id), compiled([]), "r")
    journal.after.signals["b"] = {"e2": {}}
    firestore.client().commit(journal.to_commit())
    document = firestore.client().get(path)
    assert document is not None
    assert "title" not in document.data
    assert (document.data["automation_name"], document.data["schema_version"]) == ("A", 2)
    assert document.data["signals"] == {"a": {"e1": {}}, "b": {"e2": {}}}
    fields = Journal(journal.after, compiled([]), "r")
    assert "schema_version" not in run_store.changes(fields.before, fields.after)
