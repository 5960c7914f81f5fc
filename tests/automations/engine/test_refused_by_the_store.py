"""What the store refuses is retried, split, or a failure with its reason; nobody else is held up."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from shared.automations.authoring import service
from shared.automations.definitions import counters
from shared.automations.engine import runner
from shared.automations.runs import store as run_store
from shared.automations.runs.queue import RunMessage
from shared.automations.starts import document_events
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import ProspectInput
from shared.domains.system_logs import service as system_logs
from shared.errors import DocumentTooLarge
from shared.gcp import firestore, writes
from shared.gcp.queries import Query
from shared.kit import clock
from shared.kit.ids import derived_id, new_id
from shared.settings import Settings
from shared.store.changes import Change
from tests.automations import seed
from tests.automations.played import notify
from tests.automations.runs.test_large_values import noise
from tests.providers.web.site import Asked, Site, response


def _fill(path: str, key: str = "filler") -> None:
    """Make a document so large that it takes nothing more."""
    for size in (200_000, 10_000, 1_000, 100, 1):  # in parts, none of which is too large for an event
        with suppress(DocumentTooLarge):
            for number in range(99):
                firestore.client().commit([writes.merge(path, {f"{key}{size}n{number}": "x" * size})])


def _event(uid: str, fields: dict[str, Any]) -> Change:
    return Change(new_id(), uid, "vault", "v1", None, fields, clock.now())


def _counter(automation_id: str, change: Change) -> str:
    return counters.path(seed.UID, derived_id(seed.UID, automation_id, f"{change.event_id}:vault_item_added"))


@pytest.mark.usefixtures("local_settings")
def test_an_event_whose_commit_is_refused_starts_whom_it_can_and_tells_of_the_other() -> None:
    refused, other = (seed.automation(notify("told"), trigger="vault_item_added") for _ in range(2))
    for id in (refused, other):
        service.activate(seed.UID, id)
    change = _event(seed.UID, {"title": "T", "summary": "s"})
    while _counter(refused, change) == _counter(other, change):
        change = _event(seed.UID, {"title": "T", "summary": "s"})
    _fill(_counter(refused, change))
    for _ in range(2):  # it is delivered twice
        document_events.take(change)
    assert [run.automation_id for run in run_store.executions.select(seed.UID)] == [other]
    [entry] = [entry for entry in system_logs.repository.select(seed.UID) if entry.error_class]
    assert "was not started" in entry.message
    assert "1,048,576 bytes" in entry.message
    assert entry.related_id == refused


def test_an_event_of_many_large_documents_starts_all(local_settings: Settings) -> None:
    """Nine starts that keep 700 KB each are more than one commit takes."""
    for _ in range(9):
        service.activate(seed.UID, seed.automation(notify("told"), trigger="vault_item_added"))
    change = _event(seed.UID, {"title": "T", "summary": noise(700_000)})
    for _ in range(2):
        document_events.take(change)
    found = run_store.executions.select(seed.UID)
    assert len(found) == 9
    assert len({run.automation_id for run in found}) == 9


def _play(*steps: dict[str, Any], **data: Any) -> RunMessage:
    message = seed.execution(seed.automation(*steps), **data)
    runner.run(message, until=clock.now() + timedelta(minutes=2))
    return message


def _about(prospect: str, *steps: dict[str, Any]) -> RunMessage:
    return _play(*steps, prospect_id=prospect)


def _full_prospect() -> str:
    made = prospects.create(seed.UID, ProspectInput(name="Ann", email="ann@acme.example"))
    _fill(prospects.repository.path(seed.UID, made.id))
    return made.id


def _entries() -> list[str]:
    return [entry.message for entry in system_logs.repository.select(seed.UID)]


STATUS = {"id": "move", "action": "update_prospect_status", "config": {"status": "contacted"}}


@pytest.mark.usefixtures("local_settings")
def test_a_step_whose_effects_are_refused_fails_with_the_reason() -> None:
    """Nothing of the steps beside it is lost."""
    message = _about(_full_prospect(), notify("before"), STATUS, notify("after"))
    ended = seed.stored(message)
    assert (ended.status, ended.stalls) == ("failed", 0)
    assert "1,048,576 bytes" in str(ended.error)
    assert {id: result.status for id, result in ended.results.items()} == {"before": "success", "move": "failed"}
    assert any("1,048,576 bytes" in text for text in _entries())


@pytest.mark.usefixtures("local_settings")
def test_the_run_goes_on_where_its_definition_says_so() -> None:
    message = _about(_full_prospect(), notify("before"), {**STATUS, "on_error": "continue"}, notify("after"))
    ended = seed.stored(message)
    assert ended.status == "success"
    found = {id: result.status for id, result in ended.results.items()}
    assert found == {"before": "success", "move": "failed", "after": "success"}


@pytest.mark.usefixtures("local_settings")
def test_a_run_whose_own_document_is_full_ends_with_the_reason() -> None:
    message = seed.execution(seed.automation(notify("one"), notify("two")))
    _fill(run_store.executions.path(seed.UID, message.execution_id), key="signals.ask.filler")
    runner.run(message, until=clock.now() + timedelta(minutes=2))
    ended = seed.stored(message)
    assert (ended.status, ended.signals) == ("failed", {})
    assert "given up, as the store refuses what it has to keep" in str(ended.error)
    assert any("1,048,576 bytes" in text for text in _entries())


@pytest.mark.usefixtures("local_settings")
def test_a_call_that_took_place_is_not_made_again_where_its_answer_has_no_room() -> None:
    filled: list[str] = []

    def answer(asked: Asked) -> list[bytes]:
        for path in filled:  # as people fill it who vote meanwhile
            _fill(path, key="signals.ask.filler")
        return response(b"x" * 3_000)

    with Site(answer) as site:
        call = {"id": "call", "action": "call_webhook", "config": {"url": f"{site.url}/hook"}}
        message = seed.execution(seed.automation(call, notify("after")))
        filled.append(run_store.executions.path(seed.UID, message.execution_id))
        for _ in range(2):
            runner.run(message, until=clock.now() + timedelta(minutes=2))
        assert len(site.asked) == 1
    ended = seed.stored(message)
    assert ended.status == "failed"
    assert "It took place" in str(ended.error)
    [effect] = firestore.client().query(Query("effects", parent=f"users/{seed.UID}"))
    assert effect.data["status"] == "sent"
