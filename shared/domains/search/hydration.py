"""Makes hits of documents as they are now: what was deleted meanwhile, or passes the filters no more, is none."""

from collections.abc import Sequence

from shared.domains.search import playbooks
from shared.domains.search.models import Excerpt, SearchHit, WordMatch
from shared.gcp.firestore import Document
from shared.search import documents
from shared.search.entries import Entry
from shared.search.kinds import KINDS, Data, Kind, entries_of
from shared.search.results import Filters, Hit, Match, filters_in
from shared.search.text import highlights
from shared.search.text.query import Query

_SNIPPET = 240  # characters
_TITLES = ("title", "name")


def hydrated(uid: str, hits: Sequence[Hit], query: Query, filters: Filters) -> list[SearchHit]:
    """Those hits that still are any, in their order: one round trip, a read each, for a passage of a file two."""
    keys, parts = documents.read(uid, [hit.key for hit in hits], [(hit.key, hit.part) for hit in hits])
    shown = (_hit(hit, query, filters, keys.get(hit.key), parts.get((hit.key, hit.part))) for hit in hits)
    return [hit for hit in shown if hit is not None]


def _hit(
    hit: Hit, query: Query, filters: Filters, document: Document | None, companion: Document | None
) -> SearchHit | None:
    kind = KINDS[hit.key.kind]
    stored = document.data if document else None
    data = playbooks.fields(hit.key.id) if kind.shared else stored
    entry = _entry(kind, hit, data, companion.data if companion else None) if data else None
    if data is None or entry is None or not _passes(entry, query, filters):
        return None
    return SearchHit(
        kind=kind.name,
        id=hit.key.id,
        part=hit.part,
        title=kind.title_of(data),
        snippet=_excerpt(entry, query, hit),
        score=round(hit.score, 4),
        matched=[_why(word, match) for word, match in hit.matched.items()],
        link=kind.link(hit.key.id, data),
        status=entry.status or None,
        tags=[*entry.tags],
        at=entry.at,
    )


def _why(word: str, match: Match) -> WordMatch:
    term = None if match.how == "meaning" else word
    return WordMatch(word=term, how=match.how, words=[*match.words], fields=[*match.fields])


def _entry(kind: Kind, hit: Hit, data: Data, companion: Data | None) -> Entry | None:
    """The entry of the passage that was found, as it is now, or the document's first."""
    companions = kind.placed(companion, hit.part) if kind.pieces else []
    entries = {entry.part: entry for entry in entries_of(kind, hit.key.id, data, companions)}
    return entries.get(hit.part) or entries.get(0)


def _passes(entry: Entry, query: Query, filters: Filters) -> bool:
    """Whether a document that was changed a moment ago still passes the filters."""
    return filters.allow(entry) and filters_in(query).allow(entry)


def _met(hit: Hit, field: str) -> set[str]:
    """The words and phrases of a field by which the hit was found, whatever stands in the query for them."""
    return {word for match in hit.matched.values() if field in match.fields for word in match.words}


def _excerpt(entry: Entry, query: Query, hit: Hit) -> Excerpt:
    """Of the field, other than the title, that has most of what was looked for; else of the longest."""
    texts = [each for each in entry.texts if each[0] not in _TITLES] or [*entry.texts] or [("body", "")]
    snippets = [
        (len(snippet.spans), len(text), snippet)
        for name, text in texts
        for snippet in [highlights.snippet(text, query, _SNIPPET, field=name, also=_met(hit, name))]
    ]
    _, _, best = max(snippets, key=lambda each: each[:2])
    return Excerpt(text=best.text, spans=best.spans)
