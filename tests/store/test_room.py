"""No document outgrows its events: two of the largest, before and after, are below Eventarc's 512 KB."""

from typing import Any

import pytest
from google.cloud.firestore_v1.types import document as wire
from google.events.cloud.firestore import DocumentEventData

from functions.manifest import FUNCTIONS
from functions.spec import DocumentWritten
from shared.domains.templates import service as templates
from shared.domains.templates.models import TemplateInput, TemplateUpdate
from shared.errors import DocumentTooLarge
from shared.gcp import event_sources, firestore, sizes, writes
from shared.gcp.values import encode_into
from shared.gcp.writes import Write

pytestmark = pytest.mark.usefixtures("local_settings")
PATH = "users/ann/vault/v1"
_DROPPED = 512_000  # bytes, if a KB is the smaller one


def _at_bound(path: str, name: str, **others: Any) -> dict[str, Any]:
    """Fields that make a document of exactly the most bytes on the wire."""
    root = "projects/p/databases/(default)/documents"

    def size(text: str) -> int:
        return int(writes.to_wire(Write(path, {**others, name: text}), root).update.ByteSize())

    length = sizes.MAX_OF_EVENTS - size("x" * 200_000) + 200_000
    return {**others, name: "x" * length}


def test_the_documents_with_events_are_the_manifests() -> None:
    watched = {spec.trigger.document for spec in FUNCTIONS if isinstance(spec.trigger, DocumentWritten)}
    assert watched == {f"users/{{uid}}/{collection}/{{id}}" for collection in event_sources.COLLECTIONS}


def test_two_of_the_largest_fit_in_an_event() -> None:
    fields = _at_bound(PATH, "summary", title="t", tags=["a"] * 50)
    data = wire.Document.pb()()
    for name, value in fields.items():
        encode_into(data.fields[name], value)
    event = DocumentEventData.pb()()
    for side in (event.value, event.old_value):
        side.name = f"projects/{'p' * 30}/databases/(default)/documents/{PATH}"
        side.ParseFromString(data.SerializeToString())
    event.update_mask.field_paths.extend(fields)
    assert sizes.MAX_OF_EVENTS * 2 - 1_000 < event.ByteSize() < _DROPPED


def test_one_byte_more_is_refused_whichever_way_it_is_written() -> None:
    client = firestore.client()
    project_longer = len(client._documents) - len("projects/p/databases/(default)/documents")
    most = _at_bound(PATH, "summary", title="t")
    fitting = {**most, "summary": most["summary"][project_longer:]}
    client.commit([writes.create(PATH, fitting)])
    larger = {**fitting, "summary": fitting["summary"] + "x"}
    for change in (Write(PATH, larger), writes.update(PATH, {"summary": "x" * sizes.MAX_OF_EVENTS})):
        with pytest.raises(DocumentTooLarge) as refused:
            client.commit([change])
        assert refused.value.detail.startswith("summary: ")
        assert "250,000 bytes" in refused.value.detail
        assert refused.value.errors[0].field == "summary"
    [outcome, applied] = client.batch_write([Write(PATH, larger), Write("users/ann/steps/s1", larger)])
    assert isinstance(outcome, DocumentTooLarge)
    assert applied is None


def test_an_update_that_makes_a_document_too_large_is_refused_with_what_was_there() -> None:
    content = "\N{GRINNING FACE}" * 40_000
    template = templates.create("ann", TemplateInput(name="n", category="email", content=content))
    stored = firestore.client().get(f"users/ann/templates/{template.id}")
    assert stored is not None
    firestore.client().commit([writes.update(stored.path, {"metadata": {"a": "x" * 80_000}})])
    with pytest.raises(DocumentTooLarge) as refused:
        templates.update("ann", template.id, TemplateUpdate(content=content + "\N{GRINNING FACE}" * 9_000), None)
    assert refused.value.detail.startswith("content: ")
    assert templates.update("ann", template.id, TemplateUpdate(content="short"), None).content == "short"
