"""Keeps each insight in the vault: as an item of its own or, where an item is about the same already, in that one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.domains.research import claims
from shared.domains.research.models import Insight, InsightSource
from shared.domains.vault import meaning
from shared.domains.vault import service as vault
from shared.domains.vault.models import MAX_HIGHLIGHTS, MAX_SOURCES, VaultInput, VaultItem
from shared.gcp.writes import Write
from shared.kit.clustering import key_phrases
from shared.kit.ids import derived_id
from shared.kit.patterns import lazy_pattern
from shared.kit.terms import is_telling
from shared.kit.text import shortened
from shared.kit.tokens import words
from shared.providers import embed

COMPARED = 300  # items, the newest: a read each
SAME = 0.85  # the cosine from which two items are about the same
_SAME_SOURCES = 0.5  # the same for two items of which one has half of its sources from the other
_NEIGHBOUR = 0.6  # the cosine from which an item's category is taken over
_FITS, _CLEARLY = 0.5, 0.05  # the least cosine with a category's description, and its lead over the next
_CATEGORIES = {
    "education_technology": "education technology, learning software, AI tutors and tools for schools and teachers",
    "market_trends": "market trends, growing demand, forecasts, adoption and spending",
    "competitor_analysis": "competitors and rival vendors, their prices, products and customers",
    "industry_insights": "industry news, companies, benchmarks, practices and regulation",
}
_NAMED_CHARS = 5_000  # of a summary: who is named stands early
_WORD = lazy_pattern(r"[^\W\d_]+")
_UNKNOWN = "research"
_LINKED = ("https://", "http://", "vault:")  # a prospect that was quoted is no source that an item may name
_LONGEST_URL = 2_000  # a link that is cut leads nowhere: a longer one is left out
_SOURCE_CHARS = 30_000  # of an item's sources together, as JSON


@dataclass(frozen=True)
class Absorbed:
    """The item that holds the insight, and the writes that make it so; none if it held it before."""

    item_id: str
    writes: list[Write]
    extended: bool


def to_absorb(uid: str, insight: Insight, *, title: str | None = None) -> Absorbed:
    """Writes for a commit that others share; one query of the newest items.

    Without the task's `title` the insight's first key phrase is one. Asked again after that commit, there is nothing
    left to write. The commit fails with NotFound if the item to extend was deleted meanwhile; ask again then.
    """
    latest = vault.latest(uid, COMPARED)
    held = next((item for item in latest if insight.id in _insight_ids(item)), None)
    if held is not None:
        return Absorbed(held.id, [], extended=False)
    item = _item(uid, insight, title, latest)
    same = _same(item, latest)
    if same is None:
        return Absorbed(item.id, [vault.to_create(item)], extended=False)
    return Absorbed(same.id, [_to_extend(same, item)], extended=True)


def _same(item: VaultItem, latest: Sequence[VaultItem]) -> VaultItem | None:
    """The nearest by meaning, or by sources and meaning; titles that name different places, people or years are about
    different things, and so are texts that name nobody in common."""
    others = [other for other in latest if other.id != item.id and _names(other) == _names(item)]
    if not others:
        return None
    *rows, own = meaning.vectors([*others, item])
    alike = [float(row @ own) for row in rows]
    urls = _urls(item)
    near = (
        n
        for n in sorted(range(len(others)), key=lambda n: -alike[n])
        if alike[n] >= (_SAME_SOURCES if _are_shared(urls, _urls(others[n])) else SAME)
    )
    return next((others[n] for n in near if not _are_about_others(item, others[n])), None)


def _urls(item: VaultItem) -> set[str]:
    """The addresses of an item's sources, without what does not change the page."""
    return {str(source.get("url")).partition("#")[0].rstrip("/") for source in item.sources if source.get("url")}


def _are_shared(urls: set[str], others: set[str]) -> bool:
    return bool(urls and others) and 2 * len(urls & others) >= min(len(urls), len(others))


def _are_about_others(first: VaultItem, other: VaultItem) -> bool:
    """Whether both name somebody, and neither anybody whom the other names: two firms under one title."""
    texts = ["\n".join([item.summary[:_NAMED_CHARS], *item.highlights]) for item in (first, other)]
    named = [_named(text) for text in texts]
    vocabularies = [set(words(text)) for text in texts]
    return bool(named[0] and named[1]) and not (named[0] & vocabularies[1] or named[1] & vocabularies[0])


def _named(text: str) -> set[str]:
    """The words that a text writes with a capital and never without one."""
    small = {word for word in _WORD.findall(text) if word[:1].islower()}
    return {word.lower() for word in _WORD.findall(text) if word[:1].isupper() and is_telling(word.lower())} - small


def _insight_ids(item: VaultItem) -> list[Any]:
    """Metadata is the user's own too: there may be anything."""
    ids = item.metadata.get("insight_ids")
    return ids if isinstance(ids, list) else []


def _names(item: VaultItem) -> set[str]:
    return claims.names(item.title) | claims.numbers(item.title)


def _item(uid: str, insight: Insight, title: str | None, latest: Sequence[VaultItem]) -> VaultItem:
    """Made once for an insight: its id follows from the insight's."""
    texts = [insight.summary, *insight.key_findings, *insight.pain_points, *insight.opportunities]
    phrases = key_phrases(texts, 8)
    data = VaultInput(
        title=shortened((title or (phrases[0] if phrases else "Research")).strip(), 200) or "Research",
        summary=shortened(insight.summary, 50_000),
        category=_UNKNOWN,
        tags=[phrase for phrase in phrases if len(phrase) <= 60],
        highlights=[shortened(finding, 500) for finding in insight.key_findings if finding.strip()][:MAX_HIGHLIGHTS],
        sources=_sources(insight.sources),
        metadata={"insight_ids": [insight.id], "task_id": insight.task_id, "origin": "research"},
    )
    item = vault.build(uid, data, derived_id("vault", insight.id))
    item.category = _category(item, latest)
    return item


def _sources(read: Sequence[InsightSource]) -> list[dict[str, Any]]:
    """The first, as many as an item may have and in no more text than it may have."""
    sources: list[dict[str, Any]] = []
    room = _SOURCE_CHARS
    linkable = [source for source in read if len(source.url) <= _LONGEST_URL and source.url.startswith(_LINKED)]
    for source in linkable[:MAX_SOURCES]:
        described = {"title": shortened(source.title or source.site or source.url, 200), "url": source.url}
        described |= {"published": shortened(source.published, 60)} if source.published else {}
        room -= len(json.dumps(described)) + 2
        if room < 0:
            break
        sources.append(described)
    return sources


def _category(item: VaultItem, latest: Sequence[VaultItem]) -> str:
    """That of the user's nearest item, else the one whose description fits clearly, else none."""
    *rows, own = meaning.vectors([*latest, item])
    near = max(zip((float(row @ own) for row in rows), latest, strict=True), key=lambda pair: pair[0], default=None)
    if near is not None and near[0] >= _NEIGHBOUR:
        return near[1].category
    fits = embed.built_in().embed(list(_CATEGORIES.values())) @ own
    best, second = sorted(range(len(fits)), key=lambda n: -fits[n])[:2]
    clear = fits[best] >= _FITS and fits[best] - fits[second] >= _CLEARLY
    return list(_CATEGORIES)[best] if clear else _UNKNOWN


def _to_extend(target: VaultItem, item: VaultItem) -> Write:
    """Add the sources and highlights that the known item lacks, as far as there is room."""
    urls = {str(source.get("url")) for source in target.sources}
    texts = {claims.folded(text) for text in target.highlights}
    sources = [source for source in item.sources if source["url"] not in urls]
    highlights = [text for text in item.highlights if claims.folded(text) not in texts]
    return vault.to_extend(
        target,
        sources=sources[: max(0, MAX_SOURCES - len(target.sources))],
        highlights=highlights[: max(0, MAX_HIGHLIGHTS - len(target.highlights))],
        insight_ids=item.metadata["insight_ids"],
    )
