"""Each collection's documents go: by a TTL policy, a sweep, with their parent or with the account. What the product's
code writes in the course of the suite is compared at its end (tests/conftest.py)."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from functions.manifest import FUNCTIONS
from functions.spec import Schedule
from shared.domains.account.ownership import OF_NOBODY, OWNED
from shared.domains.webhooks import stats
from shared.domains.webhooks.models import Webhook
from shared.gcp import rate, writes
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.schema import stamp
from tests.fixtures import lifetimes
from tests.fixtures.indexes import declared
from tests.fixtures.lifetimes import BELOW, DURABLE, EVERY, EXPIRING, FEW, NEVER, SWEPT, ttl_policies

NOW = clock.now()
_NAMED = re.compile(r"(?:^|/)([a-z_]+)/\{\}")
# Texts of the same form that name no document of the store.
_OTHERS = {"projects", "locations", "topics", "queues", "tasks", "traces", "users", "operations", "secrets", "outreach"}
_OTHERS |= {"suppressions", "unsubscribe", "models", "receiving"}


def collections(source: str) -> Iterator[str]:
    """The collections that a source names in paths, such as f"{file}/chunks/{number}", and its repositories'."""
    tree = ast.parse(source)
    constants = dict(_constants(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield from _NAMED.findall("".join(_text(part, constants) for part in node.values))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Repository", "super().__init__"):
            named = [each.value for each in node.args[1:2] if isinstance(each, ast.Constant)]
            yield from (name for name in named if isinstance(name, str))


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, ast.Assign):
            (target,), value = node.targets, node.value
            pairs = (
                zip(target.elts, value.elts, strict=True)
                if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
                else [(target, value)]
            )
            for name, given in pairs:
                if isinstance(name, ast.Name) and isinstance(given, ast.Constant) and isinstance(given.value, str):
                    yield name.id, given.value


def _text(part: ast.expr, constants: dict[str, str]) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    return constants.get(ast.unparse(part.value), "{}") if isinstance(part, ast.FormattedValue) else "{}"


def test_every_collection_that_the_code_names_is_listed(root: Path) -> None:
    named = {
        name: str(file.relative_to(root))
        for file in sorted((root / "shared").rglob("*.py"))
        for name in collections(file.read_text())
    }
    assert {name: file for name, file in named.items() if name not in EVERY | _OTHERS} == {}
    assert {"chunks", "dead_letters", "pieces", "webhook_stats", "export_pieces", "executions"} <= named.keys()


def test_each_is_listed_once() -> None:
    lists = (DURABLE, FEW, BELOW.keys(), SWEPT.keys(), EXPIRING.keys())
    assert sum(map(len, lists)) == len(EVERY)


def test_ttl_policies_are_those_of_the_list() -> None:
    assert ttl_policies() == {(name, field) for name, (field, _) in EXPIRING.items()}


def test_no_field_of_a_listed_collection_is_indexed_unasked() -> None:
    assert {name for name, path in declared().exempt if path == "*"} == EVERY


def test_what_is_below_goes_with_what_firestore_does_not_delete_alone() -> None:
    assert set(BELOW.values()) <= DURABLE | SWEPT.keys()


def test_each_sweep_is_a_schedule_whose_query_has_an_index() -> None:
    schedules = {spec.name for spec in FUNCTIONS if isinstance(spec.trigger, Schedule)}
    for collection, (field, function) in SWEPT.items():
        assert function in schedules
        by_shard = (("shard", "ASCENDING"), (field, "ASCENDING"))
        assert by_shard in declared().composites[collection, "COLLECTION_GROUP"]


def test_what_lies_outside_of_users_is_somebodys_or_few_or_expires() -> None:
    for spec in FUNCTIONS:
        import_module(spec.module)
    assert {owned.collection for owned in OWNED} <= DURABLE | EXPIRING.keys()
    assert OF_NOBODY.keys() <= FEW | EXPIRING.keys() | NEVER


@pytest.mark.parametrize(
    ("write", "line"),
    [
        (writes.create("users/u/letters/1", {}), "letters: by what do its documents go?"),
        (writes.create("users/u/vault/1", {"expires_at": NOW}), "vault: expires_at is written, and ends nothing"),
        (writes.merge("meters/m", {"used": 1}), "meters: a document is created without expire_at"),
        (writes.create("users/u/exports/e/chunks/1", {}), "chunks: outlives exports, which Firestore deletes alone"),
        (Write("dead_letters/1/pieces/0", {"body": b""}), "pieces: a document is created without expires_at"),
    ],
)
def test_a_planted_fault_is_seen(write: Write, line: str) -> None:
    assert lifetimes.misfits([lifetimes.seen(write)]) == [line]


@pytest.mark.parametrize(
    "write",
    [
        writes.update("users/u/meters/m", {"used": 1}),
        writes.create("users/u/meters/all~slot~0", {"execution_id": "e"}),
        writes.create("users/u/executions/e", {"expire_at": None}),
        writes.update("users/u/executions/e", {"expire_at": NOW}),
        writes.create("users/u/executions/e/steps/s", {}),
        Write("dead_letters/1/pieces/0", {"expires_at": NOW}),
    ],
)
def test_what_is_right_is_let_pass(write: Write) -> None:
    assert lifetimes.misfits([lifetimes.seen(write)]) == []


def test_writes_of_the_product_are_recorded_and_a_tests_own_are_not() -> None:
    with lifetimes.recorded() as written:
        writes.create("users/u/letters/1", {})
        assert written == set()
        stats.to_count(_webhook(), stats.Stats(), NOW, delivered=False)
    assert [each.collections for each in written] == [("users", "webhook_stats")]


def test_a_document_that_ends_already_may_be_changed_further_in_the_same_commit() -> None:
    with lifetimes.recorded() as written:
        rate.to_take("users/u/meters/m", 5, 60, NOW)
    assert lifetimes.misfits(written) == []
    assert len(written) == 2


def _webhook() -> Webhook:
    return Webhook(**stamp("u"), url="https://example.com", event_types=[])
