"""Topics: what the vault's items are about, found in their meaning. A topic keeps its id and its name as it grows."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from shared.domains.vault import meaning
from shared.domains.vault.models import KnownTopic, TopicMap, VaultItem
from shared.domains.vault.repository import repository, topic_maps
from shared.errors import AlreadyExists, PreconditionFailed
from shared.gcp import firestore
from shared.kit import clock, series
from shared.kit.clustering import agreement, centred, characteristic, cluster
from shared.kit.ids import derived_id
from shared.kit.schema import Model, stamp
from shared.kit.terms import stem
from shared.kit.tokens import words

MAX_ITEMS = 500
_MAX_CHARS = 2_000  # of each item's summary
_EXCERPT = 300
_WEEKS = 8
_HOLDS = 0.9  # the agreement with a grouping made anew from which the known one is kept
_ROOT = 4  # letters that two words of one root share
_STRANGER = 0.0  # the average cosine with its topic below which an item that was rewritten leaves it


class TopicItem(Model):
    """As much of an item as a list of topics shows."""

    id: str
    title: str
    summary: str
    category: str
    tags: list[str]
    created_at: datetime


class TopicCluster(Model):
    """`weekly` counts its new items in each of the last eight weeks, the present one last."""

    id: str
    topic: str
    item_count: int
    items: list[TopicItem]
    keywords: list[str]
    weekly: list[int]
    trend: Literal["rising", "steady", "falling"]


class Topics(Model):
    clusters: list[TopicCluster]


_MAP = "map"


def find(uid: str) -> Topics:
    """Of the newest items, at most `MAX_ITEMS`: a query and a read; and one commit where topics have changed."""
    items = repository.latest(uid, MAX_ITEMS)
    before = topic_maps.find(uid, _MAP)
    earlier = before.topics if before else []
    settled, topics = settle(items, earlier)
    if topics != earlier:
        _remember(uid, topics, before)
    return settled


def settle(items: Sequence[VaultItem], earlier: Sequence[KnownTopic]) -> tuple[Topics, list[KnownTopic]]:
    """All topics, the largest first, and those to be known from now on. Pure.

    Known topics take new items in, and keep their names; the items that fit none are grouped anew. An item that was
    rewritten and no longer fits leaves its topic; a topic of which one item is left is none. Topics that were known too
    early, from too few items, are joined or split as soon as all items together are grouped otherwise; what is most of
    a topic then keeps its name.
    """
    vectors = meaning.vectors(items)
    continued, groups = _grouped(items, earlier, vectors)
    texts = [_content(item) for item in items]
    keywords = characteristic(texts, groups)
    named = [topic for topic, _ in continued]
    topics = []
    for n, group in enumerate(groups):
        oldest_first = sorted(group, key=lambda m: (items[m].created_at, items[m].id))
        members = [items[m].id for m in oldest_first]
        continuing = named[n] if n < len(named) else None
        label = continuing.label if continuing else _label(keywords[n], items, group, vectors)
        named_by = [members[0], label] if len(group) > 1 else members  # so an id never comes with another name
        id = continuing.id if continuing else derived_id("topic", *named_by)
        topics.append(KnownTopic(id=id, label=label, members=members))
    order = sorted(range(len(groups)), key=lambda n: (-len(groups[n]), min(groups[n])))
    clusters = [_cluster(topics[n], [items[m] for m in sorted(groups[n])], keywords[n]) for n in order]
    return Topics(clusters=clusters), [
        topics[n] for n in sorted(order, key=lambda n: topics[n].id) if len(groups[n]) > 1
    ]


def _grouped(
    items: Sequence[VaultItem], earlier: Sequence[KnownTopic], vectors: Any
) -> tuple[list[tuple[KnownTopic, list[int]]], list[list[int]]]:
    """The known topics that go on, with their positions, and all groups, those of these topics first."""
    continued = _still_together(items, earlier, vectors)
    anew = cluster(vectors)
    if not continued:
        return [], anew
    groups = cluster(vectors, [members for _, members in continued])
    if agreement(groups, anew) >= _HOLDS:
        return continued, groups
    return _named_alike(continued, anew)


def _named_alike(
    earlier: Sequence[tuple[KnownTopic, list[int]]], groups: Sequence[Sequence[int]]
) -> tuple[list[tuple[KnownTopic, list[int]]], list[list[int]]]:
    """Each known topic with the new group that has most of its items and consists of them for the most part; and all
    groups, those of known topics first."""
    claims = sorted(
        (-len({*members} & {*group}), n, topic.id, topic)
        for n, group in enumerate(groups)
        for topic, members in earlier
        if 2 * len({*members} & {*group}) > max(len(members), len(group))
    )
    taken: dict[int, KnownTopic] = {}
    for _, n, _, topic in claims:
        if n not in taken and len(groups[n]) > 1:
            taken[n] = topic
    named = [(topic, list(groups[n])) for n, topic in taken.items()]
    return named, [*(group for _, group in named), *(list(group) for n, group in enumerate(groups) if n not in taken)]


def _central(items: Sequence[VaultItem], group: Sequence[int], vectors: Any) -> str:
    """The title of the item that is nearest to all of its group."""
    rows = vectors[list(group)]
    return items[group[int((rows @ rows.sum(axis=0)).argmax())]].title


def _still_together(
    items: Sequence[VaultItem], earlier: Sequence[KnownTopic], vectors: Any
) -> list[tuple[KnownTopic, list[int]]]:
    """The known topics with the positions of those members that are still there and still fit, if at least two are."""
    position = {item.id: n for n, item in enumerate(items)}
    near = centred(vectors) if earlier else vectors
    settled = []
    for topic in earlier:
        members = [position[id] for id in topic.members if id in position]
        whole = near[members].sum(axis=0) if members else 0.0
        fitting = [n for n in members if len(members) < 3 or float(near[n] @ (whole - near[n])) >= _STRANGER]
        if len(fitting) > 1:
            settled.append((topic, fitting))
    return settled


def _remember(uid: str, topics: list[KnownTopic], before: TopicMap | None) -> None:
    """One commit. Where another call was first, its topics hold, and the next call goes on from them."""
    after = TopicMap(**stamp(uid, _MAP), topics=topics)
    stored = after.stored()
    try:
        if before is None:
            firestore.client().commit([topic_maps.to_create(after)])
        else:
            fields = {name: stored[name] for name in ("topics", "updated_at")}
            firestore.client().commit([topic_maps.to_update(uid, _MAP, fields, version=before.version)])
    except (AlreadyExists, PreconditionFailed):
        return


def _content(item: VaultItem) -> str:
    """Title and tags twice: they say in few words what the item is about."""
    named = [item.title, *item.tags]
    return "\n".join([*named, *named, item.summary[:_MAX_CHARS]])


def _cluster(topic: KnownTopic, items: Sequence[VaultItem], keywords: list[str]) -> TopicCluster:
    briefs = [
        TopicItem(**item.model_dump(include=set(TopicItem.model_fields)) | {"summary": item.summary[:_EXCERPT]})
        for item in items
    ]
    weekly = _weekly([item.created_at for item in items], clock.now())
    return TopicCluster(
        id=topic.id,
        topic=topic.label,
        item_count=len(items),
        items=briefs,
        keywords=keywords,
        weekly=weekly,
        trend=_trend(weekly),
    )


def _weekly(moments: Sequence[datetime], now: datetime) -> list[int]:
    counts = [0] * _WEEKS
    for moment in moments:
        back = max(timedelta(), now - moment) // timedelta(days=7)
        if back < _WEEKS:
            counts[_WEEKS - 1 - back] += 1
    return counts


def _trend(weekly: Sequence[int]) -> Literal["rising", "steady", "falling"]:
    """By the later half of the weeks beside the earlier; one item more or less is nothing."""
    half = len(weekly) // 2
    more = sum(weekly[half:]) - sum(weekly[:half])
    line = series.slope(weekly)
    if more > 1 and line > 0:
        return "rising"
    return "falling" if more < -1 and line < 0 else "steady"


def _label(phrases: list[str], items: Sequence[VaultItem], group: Sequence[int], vectors: Any) -> str:
    """The most characteristic phrase that is in a title too; two words of which the items make one, or two with `and`.

    An item alone has its own title; where several share no phrase, or one word only, that of the one in their middle.
    """
    titles = {stem(word) for n in group for word in words(items[n].title)}
    named = [phrase for phrase in phrases if {stem(word) for word in words(phrase)} <= titles]
    if len(group) == 1 or not named or (len(named) == 1 and " " not in named[0]):
        return _central(items, group, vectors)
    first = named[0]
    others = [other for other in named[1:] if " " not in other and other[:_ROOT].lower() != first[:_ROOT].lower()]
    if " " not in first:
        texts = " ".join(f"{items[n].title}. {items[n].summary[:_MAX_CHARS]}" for n in group).lower()
        pairs = (f"{a} {b}" for other in others[:3] for a, b in ((first, other), (other, first)))
        joined = next((pair for pair in pairs if pair.lower() in texts), None)
        first = joined or (f"{first} and {_small(others[0])}" if others else _central(items, group, vectors))
    return first[0].upper() + first[1:]


def _small(word: str) -> str:
    """A word without the capital of a title; what is written in capitals, such as AI or LinkedIn, stays."""
    return word[0].lower() + word[1:] if word[1:].islower() else word
