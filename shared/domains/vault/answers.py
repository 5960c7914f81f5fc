"""Questions to the vault: the passages that share the most telling words with them, and nothing invented."""

from typing import Any

from pydantic import BaseModel

from shared.domains.vault.models import Question, VaultItem
from shared.domains.vault.service import repository
from shared.kit import ranking
from shared.kit.sentences import sentences
from shared.store.repository import NEWEST_FIRST

MAX_ITEMS = 1_000
_MAX_CHARS = 4_000_000  # of all items together, the newest first: about half a second of ranking
_NOTHING = "Nothing in your knowledge vault matches this question."


class Passage(BaseModel):
    source_id: str
    chunk_index: int
    chunk: str
    similarity_score: float
    metadata: dict[str, Any]


class Results(BaseModel):
    query: str
    results: list[Passage]


class Source(BaseModel):
    id: str
    score: float
    data: dict[str, Any]


class Answer(BaseModel):
    answer: str
    sources: list[Source]


def search(uid: str, question: Question) -> Results:
    """One query of the newest items, then ranking in memory."""
    items = repository.select(uid, order=NEWEST_FIRST, limit=MAX_ITEMS)
    return Results(query=question.query, results=passages(items, question))


def answer(uid: str, question: Question) -> Answer:
    """The best sentences of the best passages, in their own words."""
    found = search(uid, question).results
    said = [sentence for passage in found for sentence in sentences(passage.chunk)]
    best = ranking.rank(question.query, said, 3)
    return Answer(
        answer=" ".join(dict.fromkeys(said[one.position] for one in best)) or _NOTHING,
        sources=[_source(passage) for passage in found],
    )


def passages(items: list[VaultItem], question: Question) -> list[Passage]:
    """The best passages of the items. A title counts for each passage of its item. Pure."""
    pieces: list[tuple[VaultItem, int, str]] = []
    room = _MAX_CHARS
    for item in items:
        text = _content(item)
        room -= len(text)
        if room < 0:
            break
        pieces += [(item, number, chunk) for number, chunk in enumerate(ranking.chunks(text))]
    texts = [" ".join([item.title, *item.tags, chunk]) for item, _, chunk in pieces]
    return [_passage(*pieces[one.position], one.score) for one in ranking.rank(question.query, texts, question.top_k)]


def _content(item: VaultItem) -> str:
    """The summary, and those highlights that are not taken from it."""
    parts = [item.summary, *(point for point in item.highlights if point not in item.summary)]
    return "\n".join(part for part in parts if part.strip()) or item.title


def _passage(item: VaultItem, number: int, chunk: str, score: float) -> Passage:
    about = {
        "title": item.title,
        "category": item.category,
        "file_name": str(item.metadata.get("file_name", item.title)),
    }
    return Passage(source_id=item.id, chunk_index=number, chunk=chunk, similarity_score=round(score, 4), metadata=about)


def _source(passage: Passage) -> Source:
    data = {"text": passage.chunk, "source": passage.metadata["title"], "chunk_index": passage.chunk_index}
    return Source(id=passage.source_id, score=passage.similarity_score, data=data)
