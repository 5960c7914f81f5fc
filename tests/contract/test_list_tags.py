"""A list has a tag only where all that it reads is announced: else a change of it would be hidden."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from infra import openapi
from shared import context
from shared.gcp.announcements import FIELDS, STREAM
from shared.gcp.firestore import Firestore
from shared.gcp.queries import Query
from tests.contract.operations import Operation, operations
from tests.contract.prepared import ready
from tests.fixtures.api import Api

# Read by tagged lists beside what is announced, and why no change of it is hidden.
BESIDE = {
    "automation_counters": "counted in the commit that creates an execution, which is announced",
    "settings": "the time zone: whoever changes it moves the open events, which is announced",
}
# Lists without a tag, and what they read that is not announced.
UNTAGGED = {
    "GET /api/batch/{id}/items": "the items, of which a job announces the number",
    "GET /api/contacts/suppressions": "contacts",
    "GET /api/personas": "the pointer to the default one",
    "GET /api/search": "its index, which knows of each change by one read itself",
    "GET /api/system/dead-letters": "nobody's documents",
    "GET /api/system/logs": "the logs, which would wake every client",
    "GET /api/webhooks": "the figures of its deliveries",
    "GET /api/webhooks/{id}/deliveries": "deliveries",
}


@contextmanager
def _read(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """The collections that are read meanwhile."""
    collections = set[str]()
    originals = {name: getattr(Firestore, name) for name in ("query", "count", "get", "get_all")}

    def recorded(name: str) -> Any:
        def call(self: Firestore, what: Any, **more: Any) -> Any:
            paths: Sequence[str] = [what] if isinstance(what, str) else [] if isinstance(what, Query) else what
            if context.current().kind == "request":  # events are delivered meanwhile
                collections.update(path.split("/")[-2] for path in paths)
                collections.update([what.collection] if isinstance(what, Query) else [])
            return originals[name](self, what, **more)

        return call

    with monkeypatch.context() as patched:
        for name in originals:
            patched.setattr(Firestore, name, recorded(name))
        yield collections


def _tagged() -> set[str]:
    return {f"{route.method} {router.prefix}{route.path}" for _, router, route in openapi.routes() if route.tagged}


def test_tagged_lists_read_what_is_announced(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    unannounced: dict[str, set[str]] = {}
    tagged = [operation for operation in operations() if operation.name in _tagged()]
    assert len(tagged) > 15
    for operation in tagged:
        with ready(api, operation) as (user, ids), _read(monkeypatch) as collections:
            answer = operation.call(user, ids, linked=False)
        assert answer.headers["etag"].startswith('W/"'), operation.name
        unannounced[operation.name] = collections - FIELDS.keys() - {STREAM, "deleted_accounts"} - BESIDE.keys()
    assert {name: others for name, others in unannounced.items() if others} == {}


def _lists(operation: Operation) -> bool:
    return operation.method == "GET" and operation.pages


def test_every_list_is_tagged_or_says_why_not() -> None:
    untagged = {operation.name for operation in operations() if _lists(operation)} - _tagged()
    assert untagged == UNTAGGED.keys()
