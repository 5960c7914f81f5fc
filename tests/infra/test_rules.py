"""The security rules, in the emulator: users read their own documents, and write none."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local import plain
from infra.local.cloud import LocalCloud
from shared.domains.account.ownership import OF_NOBODY, OWNED
from tests.fixtures.tokens import unsigned

_RULES = "infra/firestore/firestore.rules"
_NEVER = "idempotency"  # its answers may show a secret once
# Beside those that the indexes' file declares. The last is of no code: what is new is closed until it is a user's.
_OTHERS = ("webhook_stats", "pointers", "of_the_future")
_NESTED = ("chunks", "definitions", "payloads", "pieces", "settings", "steps")
_TOP = (*(owned.collection for owned in OWNED), *OF_NOBODY, "of_the_future")
_USERS = ("ann", "bob", None)


class _Database:
    """The documents of one project, called as the REST API is by a client of a user, or of nobody."""

    def __init__(self, host: str, project: str) -> None:
        self._project = project
        self._root = f"projects/{project}/databases/(default)/documents"
        self._client = plain.client(base_url=f"http://{host}", timeout=60)

    def close(self) -> None:
        self._client.close()

    def set_rules(self, rules: str) -> None:
        body = {"rules": {"files": [{"name": "firestore.rules", "content": rules}]}}
        path = f"/emulator/v1/projects/{self._project}:securityRules"
        self._client.put(path, json=body).raise_for_status()

    def seed(self, paths: list[str]) -> None:
        writes = [self._write(path) for path in paths]
        self._call("POST", ":commit", "owner", {"writes": writes}).raise_for_status()

    def reads(self, path: str, uid: str | None) -> dict[str, int]:
        """The status of each way to read a document: itself, with others, in its list, by a query."""
        parent, collection = path.rsplit("/", 2)[0] if path.count("/") > 1 else "", path.rsplit("/", 2)[-2]
        folder = f"/{parent}" if parent else ""
        batch = {"documents": [f"{self._root}/{path}"]}
        return {
            "get": self._status("GET", f"/{path}", uid),
            "batchGet": self._status("POST", ":batchGet", uid, batch),
            "list": self._status("GET", f"{folder}/{collection}", uid),
            "query": self._status("POST", f"{folder}:runQuery", uid, _query(collection)),
        }

    def group(self, collection: str, uid: str | None) -> int:
        """The status of a query over the collections of this name, of all users."""
        return self._status("POST", ":runQuery", uid, _query(collection, allDescendants=True))

    def writes(self, path: str, uid: str | None) -> dict[str, int]:
        """The status of each way to write: create, change, delete, and both in a commit."""
        folder = path.rpartition("/")[0]
        return {
            "create": self._status("POST", f"/{folder}?documentId=new", uid, {"fields": {}}),
            "change": self._status("PATCH", f"/{path}", uid, {"fields": {}}),
            "delete": self._status("DELETE", f"/{path}", uid),
            "commit": self._status("POST", ":commit", uid, {"writes": [self._write(path)]}),
        }

    def names(self, path: str, uid: str | None) -> int:
        return self._status("POST", f"/{path}:listCollectionIds", uid, {})

    def _write(self, path: str) -> dict[str, Any]:
        return {"update": {"name": f"{self._root}/{path}", "fields": {"a": {"integerValue": "1"}}}}

    def _status(self, method: str, path: str, uid: str | None, body: Any = None) -> int:
        token = unsigned(self._project, uid) if uid else None
        return self._call(method, path, token, body).status_code

    def _call(self, method: str, path: str, token: str | None, body: Any = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self._client.request(method, f"/v1/{self._root}{path}", headers=headers, json=body)


def _query(collection: str, **more: Any) -> dict[str, Any]:
    return {"structuredQuery": {"from": [{"collectionId": collection, **more}]}}


@contextmanager
def _database(cloud: LocalCloud, project: str, rules: str) -> Iterator[_Database]:
    database = _Database(cloud.emulators.firestore_host, project)
    try:
        database.set_rules(rules)
        yield database
    finally:
        database.close()


def _collections(root: Path) -> list[str]:
    declared = json.loads((root / "infra/firestore/firestore.indexes.json").read_text())["fieldOverrides"]
    return sorted({each["collectionGroup"] for each in declared} | set(_OTHERS))


def _faults(database: _Database, collections: list[str]) -> list[tuple[Any, ...]]:
    """What the rules allow or refuse against the promise: path, user, ways and their statuses.

    Each collection is tried as one of a user; some below a document of theirs; those of no user at the top.
    """
    of_ann = ["users/ann", *(f"users/ann/{name}/x" for name in collections)]
    nested = [f"users/ann/executions/x/{name}/y" for name in _NESTED]
    below_never, top = f"users/ann/{_NEVER}/x/pieces/y", [f"{name}/x" for name in _TOP]
    paths = [*of_ann, *nested, below_never, *top, "dead_letters/x/pieces/y"]
    database.seed(paths)
    faults: list[tuple[Any, ...]] = []
    for path in paths:
        for uid in _USERS:
            is_own = uid == "ann" and path in (*of_ann, *nested) and f"/{_NEVER}/" not in path
            reads, writes = database.reads(path, uid), database.writes(path, uid)
            if path == "users/ann":  # the list of all users is nobody's
                of_all = {way: reads.pop(way) for way in ("list", "query")}
                faults += [(path, uid, way, status) for way, status in of_all.items() if status != 403]
            faults += [(path, uid, way, status) for way, status in reads.items() if status != (200 if is_own else 403)]
            faults += [(path, uid, way, status) for way, status in writes.items() if status != 403]
    groups = {(name, uid): database.group(name, uid) for name in collections for uid in _USERS}
    faults += [(*key, "group", status) for key, status in groups.items() if status != 403]
    return faults + [("users/ann", uid, "names", s) for uid in _USERS if (s := database.names("users/ann", uid)) != 403]


def test_users_read_their_own_and_write_nothing(cloud: LocalCloud, project: str, root: Path) -> None:
    collections = _collections(root)
    assert {"prospects", "executions", "settings", "meters", _NEVER} < set(collections)
    with _database(cloud, project, (root / _RULES).read_text()) as database:
        assert _faults(database, collections) == []


@pytest.mark.parametrize(
    ("rule", "planted", "fault"),
    [
        (f" && collection != '{_NEVER}'", "", (f"users/ann/{_NEVER}/x", "ann", "get", 200)),
        ("request.auth.uid == uid &&", "true &&", ("users/ann/steps/x", "bob", "list", 200)),
        ("request.auth != null && request.auth.uid == uid;", "true;", ("users/ann", None, "get", 200)),
        (
            "allow write: if false",
            "allow update: if request.auth.uid == uid",
            ("users/ann/steps/x", "ann", "change", 200),
        ),
        (
            "allow write: if false",
            "allow delete: if request.auth.uid == uid",
            ("users/ann/steps/x", "ann", "delete", 200),
        ),
        (
            "match /{document=**} {",
            "match /{path=**}/steps/{id} { allow read: if request.auth != null; }\n    match /{document=**} {",
            ("steps", "bob", "group", 200),
        ),
        ("allow read, write: if false", "allow get: if request.auth != null", ("meters/x", "bob", "get", 200)),
    ],
)
def test_a_planted_hole_is_seen(
    cloud: LocalCloud, project: str, root: Path, rule: str, planted: str, fault: tuple[Any, ...]
) -> None:
    rules = (root / _RULES).read_text()
    assert rule in rules
    with _database(cloud, project, rules.replace(rule, planted, 1)) as database:
        assert fault in _faults(database, ["executions", _NEVER, "steps"])
