"""A connection to the store that falls silent, as public reports tell of: whoever calls next has another."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from infra.chaos.line import Line
from infra.local.cloud import LocalCloud
from shared import settings
from shared.errors import Unavailable
from shared.gcp import firestore, writes
from shared.gcp.queries import Query
from shared.settings import Settings

PATH = "users/ann/files/one"
CALLS: dict[str, Callable[[], object]] = {
    "a read": lambda: firestore.client().get(PATH),
    "a read of many": lambda: firestore.client().get_all([PATH]),
    "a query": lambda: firestore.client().query(Query("files", parent="users/ann")),
    "a commit": lambda: firestore.client().commit([writes.merge(PATH, {"name": "two"})]),
    "writes one by one": lambda: firestore.client().batch_write([writes.merge(PATH, {"name": "two"})]),
    "a short call": lambda: firestore.client().within(0.5).get(PATH),
}


@pytest.fixture
def line(cloud: LocalCloud, local_settings: Settings) -> Iterator[Line]:
    firestore.client().commit([writes.create(PATH, {"name": "one"})])
    with Line(cloud.emulators.firestore_host) as line:
        settings.use(local_settings.model_copy(update={"firestore_emulator_host": line.host, "rpc_seconds": 3.0}))
        assert firestore.client().get(PATH)
        yield line


@pytest.mark.parametrize("name", CALLS)
def test_after_one_call_the_next_is_answered(line: Line, name: str) -> None:
    assert line.silence() > 0
    with suppress(Unavailable):
        assert isinstance(CALLS[name](), list)  # the outcomes of writes one by one, which raise nothing
    began = time.monotonic()
    document = firestore.client().get(PATH)
    assert time.monotonic() - began < 2.5
    assert document


def test_a_connection_that_answers_is_kept(line: Line) -> None:
    before = firestore.client()
    assert firestore.client().get("users/ann/files/missing") is None
    assert firestore.client() is before
