"""The descriptors that functions carry are those of the pinned libraries, and make messages that are the same."""

import pytest
from google.cloud.firestore_v1.types import firestore as library

from infra import messages as written
from shared.gcp import messages


def test_the_descriptors_are_those_of_the_pinned_libraries() -> None:
    assert written.FILE.read_bytes() == written.descriptors(), "run python -m infra messages"


def test_a_message_is_the_librarys_on_the_wire() -> None:
    sent = messages.firestore.CommitRequest(database="d")
    sent.writes.add().update.fields["name"].map_value.fields["a"].integer_value = -1
    read = library.CommitRequest.deserialize(sent.SerializeToString())
    assert read.database == "d"
    assert read.writes[0].update.fields["name"].map_value.fields["a"].integer_value == -1


def test_what_is_no_message_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match=r"google\.firestore\.v1 has no message Ghost"):
        _ = messages.firestore.Ghost
