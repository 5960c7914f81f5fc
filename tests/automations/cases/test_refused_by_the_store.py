"""What the store refuses is retried, split, or a failure with its reason; nobody else is held up."""

from typing import Any

import pytest

from shared.automations import intake, repository, service
from shared.domains import system_logs
from shared.domains.changes import Change
from shared.gcp import firestore, sizes, writes
from shared.kit import clock
from shared.kit.ids import new_id
from shared.settings import Settings
from tests.automations import runs
from tests.automations.cases.test_large_values import noise
from tests.automations.played import notify


def _fill(path: str) -> None:
    """Make a document so large that it takes nothing more."""
    room = sizes.MAX_DOCUMENT - sizes.of_document(path, {"filler": "", "expire_at": None})
    firestore.client().commit([writes.merge(path, {"filler": "x" * room})])


def _event(uid: str, fields: dict[str, Any]) -> Change:
    return Change(new_id(), uid, "vault", "v1", None, fields, clock.now())


@pytest.mark.usefixtures("local_settings")
def test_an_event_whose_commit_is_refused_starts_whom_it_can_and_tells_of_the_other() -> None:
    refused, other = (runs.automation(notify("told"), trigger="vault_item_added") for _ in range(2))
    for id in (refused, other):
        service.activate(runs.UID, id)
    for path in repository.counter_paths(runs.UID, refused):
        _fill(path)
    change = _event(runs.UID, {"title": "T", "summary": "s"})
    for _ in range(2):  # it is delivered twice
        intake.take(change)
    assert [run.automation_id for run in repository.executions.select(runs.UID)] == [other]
    [entry] = [entry for entry in system_logs.repository.select(runs.UID) if entry.error_class]
    assert "was not started" in entry.message
    assert "1,048,576 bytes" in entry.message
    assert entry.related_id == refused


def test_an_event_of_many_large_documents_starts_all(local_settings: Settings) -> None:
    """Nine starts that keep 700 KB each are more than one commit takes."""
    for _ in range(9):
        service.activate(runs.UID, runs.automation(notify("told"), trigger="vault_item_added"))
    change = _event(runs.UID, {"title": "T", "summary": noise(700_000)})
    for _ in range(2):
        intake.take(change)
    found = repository.executions.select(runs.UID)
    assert len(found) == 9
    assert len({run.automation_id for run in found}) == 9
