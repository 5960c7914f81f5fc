"""The Firestore layer against the real emulator: values, preconditions, transforms, costs."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shared.context import Context, bound
from shared.errors import AlreadyExists, Invalid, NotFound, PreconditionFailed
from shared.gcp import firestore, writes
from shared.gcp.queries import Query
from shared.gcp.writes import DELETED, ArrayRemove, ArrayUnion, Increment, field_path

pytestmark = pytest.mark.usefixtures("local_settings")

_scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.binary(max_size=50)
    | st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))
)
_values = st.recursive(
    _scalars,
    lambda inner: (
        st.dictionaries(st.text("abcß.`\\ 1", min_size=1, max_size=5), inner, max_size=3)
        | st.lists(inner.filter(lambda v: not isinstance(v, list)), max_size=3)
    ),
    max_leaves=10,
)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("a_~", max_size=4),
    lambda inner: (
        st.dictionaries(st.sampled_from(["", "a", "__x__", "json~"]), inner, max_size=3) | st.lists(inner, max_size=3)
    ),
    max_leaves=20,
)


@given(_values)
@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_value_comes_back_as_it_was(value: Any) -> None:
    firestore.client().commit([writes.Write("c/d", {"v": value})])
    document = firestore.client().get("c/d")
    assert document is not None
    assert document.data == {"v": value}


@given(st.dictionaries(st.sampled_from(["", "a", "__x__", "json~"]), _json))
@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_json_comes_back_as_it_was(value: dict[str, Any]) -> None:
    firestore.client().commit([writes.Write("c/d", {"v": value})])
    document = firestore.client().get("c/d")
    assert document is not None
    assert document.data == {"v": value}


@given(st.lists(st.text("aZ_0.`\\-é ", min_size=1, max_size=4), min_size=1, max_size=3))
@hypothesis_settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_key_can_be_updated_alone(keys: list[str]) -> None:
    firestore.client().commit([writes.Write("c/d", {"other": 1})])
    firestore.client().commit([writes.merge("c/d", {field_path(*keys): "new"})])
    document = firestore.client().get("c/d")
    assert document is not None
    found: Any = document.data
    for key in keys:
        found = found[key]
    assert found == "new"
    assert document.data["other"] == 1


def test_create_is_once() -> None:
    firestore.client().commit([writes.create("c/d", {"a": 1})])
    with pytest.raises(AlreadyExists):
        firestore.client().commit([writes.create("c/d", {"a": 2})])


def test_a_commit_is_all_or_nothing() -> None:
    firestore.client().commit([writes.create("c/d", {"a": 1})])
    with pytest.raises(AlreadyExists):
        firestore.client().commit([writes.create("c/new", {}), writes.create("c/d", {})])
    assert firestore.client().get("c/new") is None


def test_updates_demand_existence_or_the_version() -> None:
    client = firestore.client()
    with pytest.raises(NotFound):
        client.commit([writes.update("c/d", {"a": 1})])
    first = client.commit([writes.create("c/d", {"a": 1})])
    second = client.commit([writes.update("c/d", {"a": 2}, version=first)])
    assert second > first
    with pytest.raises(PreconditionFailed):
        client.commit([writes.update("c/d", {"a": 3}, version=first)])
    client.commit([writes.update("c/d", {"a": 4}, version=second)])


def test_transforms_and_removal() -> None:
    client = firestore.client()
    client.commit([writes.create("c/d", {"n": 1, "l": ["a", "b"], "x": 1})])
    client.commit(
        [writes.update("c/d", {"n": Increment(4), "l": ArrayUnion(("b", "c")), "x": DELETED})],
    )
    client.commit([writes.update("c/d", {"l": ArrayRemove(("a",))})])
    document = client.get("c/d")
    assert document is not None
    assert document.data == {"n": 5, "l": ["b", "c"]}


def test_a_batch_applies_each_write_on_its_own() -> None:
    client = firestore.client()
    client.commit([writes.create("c/1", {})])
    outcomes = client.batch_write([writes.create(f"c/{n}", {"n": n}) for n in range(600)])
    assert isinstance(outcomes[1], AlreadyExists)
    assert [n for n, outcome in enumerate(outcomes) if outcome] == [1]
    assert client.count(Query("c")) == 600


def test_what_firestore_cannot_hold_is_refused_before_it_is_sent() -> None:
    with pytest.raises(Invalid):
        firestore.client().commit([writes.Write("c/d", {"v": object()})])


def test_costs_are_counted() -> None:
    with bound(Context()) as call:
        client = firestore.client()
        client.commit([writes.create(f"c/{n}", {"n": n}) for n in range(3)])
        client.get("c/0")
        client.get_all(["c/0", "c/1", "c/missing"])
        client.query(Query("c", where=[("n", ">=", 1)]))
        client.count(Query("c"))
    assert (call.meter.cost.rpcs, call.meter.cost.reads, call.meter.cost.writes, call.meter.cost.commits) == (
        5,
        1 + 3 + 2 + 1,
        3,
        1,
    )
