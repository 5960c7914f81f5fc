"""Answers questions in the words of a user's vault, and finds the passages of given items that fit one best."""

from collections.abc import Mapping, Sequence

from shared.domains.knowledge import retrieval
from shared.domains.knowledge.models import Answer, AnswerSource, Passage, Question
from shared.domains.vault import meaning
from shared.domains.vault.models import VaultItem
from shared.kit import ranking
from shared.kit.sentences import sentences
from shared.providers import embed

_MAX_CHARS = 4_000_000  # of all items together, the newest first: about half a second of ranking
_COMPARED = 300  # passages, the likeliest by their words and their item: what is compared by its own meaning
_NOTHING = "Nothing in your knowledge vault matches this question."


def answer(uid: str, question: Question) -> Answer:
    """The best sentences of the best passages in their own words, each with the number of its source, from 1."""
    results = retrieval.search(uid, question).results
    statements = [(sentence, n) for n, passage in enumerate(results, 1) for sentence in sentences(passage.chunk)]
    by_sentence = {sentence: (sentence, n) for sentence, n in reversed(statements)}
    statements = [*by_sentence.values()][::-1]
    texts = [sentence for sentence, _ in statements]
    best = ranking.rank(question.query, texts, 3, alike=_alike(question, texts))
    cited = [f"{statements[ranked.position][0]} [{statements[ranked.position][1]}]" for ranked in best]
    return Answer(answer=" ".join(cited) or _NOTHING, sources=[_source(passage) for passage in results])


def passages(items: Sequence[VaultItem], question: Question, read: Mapping[str, Sequence[str]]) -> list[Passage]:
    """The best passages of the items, by words and meaning. A title counts for each passage of its item. Pure.

    `read` are the passages of those that are files'.
    """
    pieces: list[tuple[VaultItem, int, str]] = []
    room = _MAX_CHARS
    for item in items:
        chunks = _chunks(item, read.get(item.id, ()))
        room -= sum(map(len, chunks))
        if room < 0:
            break
        pieces += [(item, number, chunk) for number, chunk in enumerate(chunks)]
    texts = [" ".join([item.title, *item.tags, chunk]) for item, _, chunk in pieces]
    shared = ranking.shares(question.query, texts)
    by_item = dict(zip((item.id for item in items), meaning.likeness(question.query, items), strict=True))
    likely = ranking.best(ranking.fused(shared, [by_item[item.id] for item, *_ in pieces]), _COMPARED)
    at = [ranked.position for ranked in likely]
    alike = _alike(question, [pieces[n][2] for n in at])
    chosen = ranking.best(ranking.fused([shared[n] for n in at], alike), question.top_k)
    return [_passage(*pieces[at[ranked.position]], ranked.score) for ranked in chosen]


def _alike(question: Question, texts: list[str]) -> list[float]:
    """The cosine of the question with each text."""
    asked, *rows = embed.built_in().embed([question.query, *texts])
    return [float(asked @ row) for row in rows]


def _chunks(item: VaultItem, read: Sequence[str]) -> list[str]:
    """A file's own passages, and its gist only where a person has rewritten that."""
    if read and item.updated_at == item.created_at:
        return list(read)
    return [*read, *ranking.chunks(_content(item))]


def _content(item: VaultItem) -> str:
    """The summary, and those highlights that are not taken from it."""
    parts = [item.summary, *(point for point in item.highlights if point not in item.summary)]
    return "\n".join(part for part in parts if part.strip()) or item.title


def _passage(item: VaultItem, number: int, chunk: str, score: float) -> Passage:
    described = {
        "title": item.title,
        "category": item.category,
        "file_name": str(item.metadata.get("file_name", item.title)),
    }
    return Passage(
        source_id=item.id, chunk_index=number, chunk=chunk, similarity_score=round(score, 4), metadata=described
    )


def _source(passage: Passage) -> AnswerSource:
    data = {"text": passage.chunk, "source": passage.metadata["title"], "chunk_index": passage.chunk_index}
    return AnswerSource(id=passage.source_id, score=passage.similarity_score, data=data)
