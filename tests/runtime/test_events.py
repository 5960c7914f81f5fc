"""A document event is done, delivered again, or told of: a handler that is refused keeps no other from its work."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

import flask
import pytest
from cloudevents.http import CloudEvent
from google.events.cloud.firestore import DocumentEventData

from shared import context
from shared.domains import usage
from shared.domains.system_logs import service as system_logs
from shared.domains.usage import UsageQuery
from shared.errors import AppError, Unavailable
from shared.gcp import firestore, writes
from shared.kit.ids import new_id
from shared.meter import Mishap, Usage
from shared.runtime.events import document_function
from shared.settings import Settings
from shared.store.changes import Change


@pytest.fixture(autouse=True)
def _called(local_settings: Settings) -> Iterator[None]:
    """The platform's request is under way, as where the framework calls a function."""
    headers = {"x-caller-secret": str(local_settings.local_caller_secret)}
    with flask.Flask(__name__).test_request_context(headers=headers):
        yield


def _event() -> CloudEvent:
    data = DocumentEventData(value={"name": "x", "fields": {}, "update_time": datetime(2026, 1, 1, tzinfo=UTC)})
    attributes = {
        "id": new_id(),
        "type": "google.cloud.firestore.document.v1.written",
        "source": "//firestore.googleapis.com/projects/p/databases/(default)",
        "time": "2026-01-01T00:00:00Z",
        "document": "users/ann/prospects/p1",
    }
    return CloudEvent(attributes, DocumentEventData.serialize(data))


def _too_large(change: Change) -> None:
    firestore.client().commit([writes.Write("c/d", {"a": "x" * 700_000, "b": "x" * 700_000})])


def _logged() -> list[str]:
    return [entry.message for entry in system_logs.repository.select("ann")]


def test_a_refusal_is_told_once_and_keeps_no_other_handler_from_its_work() -> None:
    done: list[str] = []
    function = document_function("prospect_written", _too_large, lambda change: done.append(change.id))
    event = _event()
    function(event)
    function(event)
    assert done == ["p1", "p1"]
    [message] = _logged()
    assert "a change of a prospect" in message
    assert "1,048,576 bytes" in message


@pytest.mark.parametrize("error", [Unavailable("later"), ValueError("a bug")])
def test_what_a_retry_may_mend_has_the_event_delivered_again_after_all_others(error: Exception) -> None:
    done: list[str] = []

    def fail(change: Change) -> None:
        raise error

    function = document_function("prospect_written", fail, lambda change: done.append(change.id))
    with pytest.raises((AppError, ValueError)):
        function(_event())
    assert done == ["p1"]
    assert _logged() == []


@pytest.mark.parametrize("error", [None, Unavailable("later")])
def test_what_a_handler_takes_of_providers_is_counted_also_if_the_event_comes_again(error: Exception | None) -> None:
    def ask(change: Change) -> None:
        call = context.current()
        call.meter.usage.append(Usage("oracle", tokens=7))
        call.meter.mishaps.append(Mishap("oracle", "The oracle", 9_000))
        if error:
            raise error

    with suppress(Unavailable):
        document_function("prospect_written", ask)(_event())
    assert usage.report("ann", UsageQuery()).total.tokens == 7
    assert "The oracle took 9.0 s to answer." in _logged()
