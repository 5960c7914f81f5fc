"""Lists: queries that the store answers in one message have the rows, the order and the cost of any other query."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from infra.local.cloud import LocalCloud
from shared import settings
from shared.context import Context, bound
from shared.gcp import firestore, lists, writes
from shared.gcp.queries import Query
from shared.settings import Settings
from tests.fixtures.faulty_store import FaultyStore

ROWS = Query("rows", parent="users/ann")
QUERIES = {
    "by name": replace(ROWS, limit=4),
    "more than there are": replace(ROWS, limit=300),
    "the latest": replace(ROWS, order=[("number", "desc")], limit=3),
    "equal ones by name, backwards": replace(ROWS, order=[("kind", "desc")], limit=20),
    "by a field within a map": replace(ROWS, order=[("inner.depth", "asc")], limit=20),
    "some fields": replace(ROWS, order=[("number", "asc")], limit=5, fields=["number", "inner.depth", "none"]),
    "of the root": Query("roots", limit=2),
    "none": Query("missing", parent="users/ann", limit=2),
}


@pytest.fixture(autouse=True)
def rows(local_settings: Settings) -> None:
    fields = [{"number": n, "kind": "ab"[n % 2], "inner": {"depth": -n, "x": n}} for n in range(9)]
    changes = [writes.Write(f"users/ann/rows/r{each['number']}", each) for each in fields]
    changes += [writes.Write("users/ann/rows/bare", {"other": 1}), writes.Write("users/ann/rows/r1/rows/deep", {})]
    firestore.client().commit([*changes, *(writes.Write(f"roots/{n}", {"number": n}) for n in range(3))])


@pytest.mark.parametrize("name", QUERIES)
def test_a_list_has_the_rows_and_the_cost_of_the_query(name: str) -> None:
    query = QUERIES[name]
    assert lists.serves(query)
    with bound(Context()) as asked:
        rows = firestore.client().query(query)
    with bound(Context()) as other:
        expected, _ = firestore.client().query_at(query)
    assert rows == expected
    assert str(asked.meter.cost) == str(other.meter.cost)


@pytest.mark.parametrize(
    "query",
    [
        replace(ROWS, limit=2, where=[("kind", "==", "a")]),
        replace(ROWS, limit=2, after=["users/ann/rows/r1"]),
        replace(ROWS, limit=2, fields=["__name__"]),
        Query("rows", group=True, limit=2),
        replace(ROWS, limit=301),
        ROWS,
    ],
)
def test_no_list_serves_what_only_a_query_can_ask(query: Query) -> None:
    assert not lists.serves(query)


def test_documents_may_be_larger_together_than_a_message_is_by_default() -> None:
    large = [writes.Write(f"users/ann/large/{n}", {"text": "x" * 900_000}) for n in range(6)]
    for change in large:
        firestore.client().commit([change])
    assert len(firestore.client().query(Query("large", parent="users/ann", limit=6))) == 6


@pytest.fixture
def store(cloud: LocalCloud, local_settings: Settings) -> Iterator[FaultyStore]:
    with FaultyStore(cloud.emulators.firestore_host) as faulty:
        settings.use(local_settings.model_copy(update={"firestore_emulator_host": faulty.host}))
        yield faulty


@pytest.mark.parametrize(("limit", "reads"), [(2, 2), (4, 6), (300, 11)])
def test_what_a_list_lacks_is_asked_by_a_query(store: FaultyStore, limit: int, reads: int) -> None:
    query = replace(ROWS, order=[("kind", "desc")], limit=limit)
    store.longest_list = 2
    with bound(Context()) as call:
        rows = firestore.client().query(query)
    assert rows == firestore.client().query_at(query)[0]
    assert (call.meter.cost.reads, call.meter.cost.rpcs) == (reads, 1 if limit == 2 else 2)
