"""Counts and checksums of every collection of a database, by which a restored one is compared."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from shared.gcp import firestore
from shared.gcp.firestore import Document
from shared.gcp.queries import Query

_PAGE = 300


@dataclass(frozen=True)
class Checksum:
    """The number of a collection's documents, and the SHA-256 of their paths and fields in the order of their paths."""

    documents: int
    digest: str


def of_database() -> dict[str, Checksum]:
    """By collection, such as `users/executions/steps`: a query for every 300 documents of the present project."""
    counts: dict[str, int] = {}
    digests: dict[str, hashlib._Hash] = {}
    for row in _rows():
        collection = "/".join(row.path.split("/")[::2])
        digest = digests.setdefault(collection, hashlib.sha256())
        digest.update(row.path.encode() + b"\n" + _canonical(row))
        counts[collection] = counts.get(collection, 0) + 1
    return {name: Checksum(counts[name], digests[name].hexdigest()) for name in sorted(counts)}


def differences(before: dict[str, Checksum], after: dict[str, Checksum]) -> list[str]:
    """A sentence for each collection that is not the same in both."""
    none = Checksum(0, "")
    pairs = {name: (before.get(name, none), after.get(name, none)) for name in sorted(before.keys() | after.keys())}
    return [
        f"{name}: {first.documents} documents before, {second.documents} after"
        + (", of other content" if first.documents == second.documents else "")
        for name, (first, second) in pairs.items()
        if first != second
    ]


def _canonical(row: Document) -> bytes:
    """The document's fields and all within them in the order of their names, times to the microsecond."""
    return json.dumps(row.data, sort_keys=True, default=repr).encode()


def _rows() -> Iterator[Document]:
    after: list[str] = []
    while True:
        page = firestore.client().query(Query("", group=True, limit=_PAGE, after=after))
        yield from page
        if len(page) < _PAGE:
            return
        after = [page[-1].path]
