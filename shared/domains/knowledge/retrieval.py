"""Finds the passages of a user's vault and files that are nearest to a question by words and meaning."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from shared.domains.files.service import vault_id
from shared.domains.knowledge.models import Passage, Question, Results
from shared.gcp.firestore import Document
from shared.kit import ranking
from shared.providers import embed
from shared.search import documents, results
from shared.search.entries import Key
from shared.search.kinds import KINDS, entries_of
from shared.search.results import Filters
from shared.search.text import query as queries

if TYPE_CHECKING:
    from shared.search.index import Index

_VAULT, _FILES = KINDS["vault"], KINDS["files"]
_KNOWLEDGE = Filters(kinds=(_VAULT.name, _FILES.name))
_SPARE = 2  # times as many passages are looked at as are asked for: a file's gist says what its passages say


def search(uid: str, question: Question) -> Results:
    """The index, then a round trip for the passages, where there are some: a read for each item, and one for each part
    of a file."""
    from shared.search import service as search_index

    best = search_index.answer(uid, lambda index: _best(index, question), kinds=_KNOWLEDGE.kinds)
    if not best:
        return Results(query=question.query, results=[])
    items, packs = documents.read(uid, map(_item_key, best), [(hit.key, hit.part) for hit in best])
    passages: list[Passage] = []
    answering = 0
    for hit in best:  # the best first: each adds a passage that scores as much as the hit, and those behind it less
        added = [*_passages(question.query, hit, items.get(_item_key(hit)), packs.get((hit.key, hit.part)))]
        passages += added
        answering += bool(added)
        if answering == question.top_k:
            break
    passages.sort(key=lambda passage: -passage.similarity_score)
    return Results(query=question.query, results=passages[: question.top_k])


def _best(index: "Index", question: Question) -> list[results.Passage]:
    from shared.search import service as search_index

    if not index.has_any(_KNOWLEDGE):
        return []
    vector = search_index.vector_of(index, question.query)
    return index.passages(queries.plain(question.query), _KNOWLEDGE, vector=vector, limit=_SPARE * question.top_k)


def _item_key(passage: results.Passage) -> Key:
    """The vault item of a passage; for one of a file, its gist."""
    return passage.key if passage.key.kind == _VAULT.name else _VAULT.key(vault_id(passage.key.id))


def _passages(asked: str, hit: results.Passage, item: Document | None, pack: Document | None) -> Iterator[Passage]:
    """The passages of a part of an item that answer, as they are now; none where the item was deleted, or is the gist
    that was made of a file."""
    is_of_file = hit.key.kind == _FILES.name
    if item is None or (not is_of_file and _is_gist(item)):
        return
    title = str(item.data.get("title", ""))
    metadata = item.data.get("metadata") or {}
    described = {
        "title": title,
        "category": item.data.get("category"),
        "file_name": str(metadata.get("file_name", title)),
        "origin": metadata.get("origin"),
    }
    first, texts = _of_file(pack, hit.part) if is_of_file else _of_item(item, hit)
    texts = texts or [title]
    for number, share in _answering(asked, texts):
        yield Passage(
            source_id=item.path.rpartition("/")[2],
            chunk_index=first + number,
            chunk=texts[number],
            similarity_score=round(hit.score * share, 4),
            metadata=described,
        )


def _answering(asked: str, texts: Sequence[str]) -> list[tuple[int, float]]:
    """Those of a part's passages that answer, by their number, each with its share of the best one's score; where none
    has a word of the question, the one that is nearest in meaning."""
    shares = ranking.shares(asked, texts)
    if highest := max(shares):
        return [(number, share / highest) for number, share in enumerate(shares) if share > 0]
    vector, *rows = embed.built_in().embed([asked, *texts])
    return [(max(range(len(texts)), key=lambda number: float(vector @ rows[number])), 1.0)]


def _of_item(item: Document, hit: results.Passage) -> tuple[int, list[str]]:
    """The passages of a part of an item's text, and the number of the first among the item's; none where the item was
    changed a moment ago, and has no such part."""
    entries = entries_of(_VAULT, hit.key.id, item.data)
    bodies = {entry.part: "\n".join(text for name, text in entry.texts if name == "body") for entry in entries}
    before = sum(len(ranking.chunks(body)) for part, body in bodies.items() if part < hit.part)
    return before, ranking.chunks(bodies.get(hit.part, ""))


def _of_file(pack: Document | None, part: int) -> tuple[int, list[str]]:
    """A file's passage, and its number among the file's."""
    place = _FILES.place(part)
    texts = pack.data["texts"] if pack else []
    first = pack.data.get("first", 0) if pack else 0
    return first + place, [*texts[place : place + 1]]


def _is_gist(item: Document) -> bool:
    """Whether an item is what was made of a file, as it was made: the file's own passages say the same."""
    return bool(item.data.get("file_id")) and item.data.get("updated_at") == item.data.get("created_at")
