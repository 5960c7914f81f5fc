"""Topics as the vault changes: what is known stays, what was rewritten goes where it belongs."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from shared.domains.vault.models import KnownTopic, VaultItem
from shared.domains.vault.topics import Topics, settle
from shared.kit.clustering import agreement
from tests.fixtures.notes import NOTES
from tests.fixtures.planted_notes import NOISE, TOPICS

_START = datetime(2026, 1, 1, tzinfo=UTC)


def _item(number: int, title: str, summary: str) -> VaultItem:
    when = _START + timedelta(hours=number)
    return VaultItem(
        id=f"i{number:02}", user_id="u", created_at=when, updated_at=when, title=title, summary=summary, category="c"
    )


def _notes() -> list[VaultItem]:
    return [_item(n, *note) for n, note in enumerate(note for notes in NOTES.values() for note in notes)]


def _members(found: Topics) -> dict[str, set[str]]:
    return {topic.id: {item.id for item in topic.items} for topic in found.clusters}


def test_every_item_is_in_one_topic_and_only_those_of_two_are_remembered() -> None:
    items = _notes()
    found, known = settle(items, [])
    assert sorted(id for members in _members(found).values() for id in members) == sorted(item.id for item in items)
    assert {topic.id for topic in known} == {topic.id for topic in found.clusters if topic.item_count > 1}
    assert settle(items, known) == (found, known)


def test_a_new_item_leaves_most_topics_as_they_are() -> None:
    items = _notes()
    known: list[KnownTopic] = []
    changes = 0
    for count in range(1, len(items) + 1):
        before = {topic.id: topic for topic in known}
        _, known = settle(items[:count][::-1], known)
        after = {topic.id: topic for topic in known}
        kept = [id for id in before if id in after]
        assert all(after[id].label == before[id].label for id in kept)
        changes += sum(id not in after or not {*before[id].members} <= {*after[id].members} for id in before)
    assert changes <= 0.3 * len(items)


def _planted(seed: int, topics: int, notes: int, noise: int) -> tuple[list[VaultItem], list[str]]:
    """Items in a random order, and the topic of each; noise is alone in its own."""
    draw = random.Random(seed)
    chosen = draw.sample(sorted(TOPICS), topics)
    labelled = [(topic, note) for topic in chosen for note in draw.sample(TOPICS[topic], notes)]
    labelled += [(f"noise {n}", note) for n, note in enumerate(draw.sample(NOISE, noise))]
    draw.shuffle(labelled)
    items = [_item(n, *note.split("|")) for n, (_, note) in enumerate(labelled)]
    return items, [topic for topic, _ in labelled]


def _agrees(found: Topics, items: list[VaultItem], topics: list[str]) -> float:
    position = {item.id: n for n, item in enumerate(items)}
    truth = [[n for n, topic in enumerate(topics) if topic == name] for name in dict.fromkeys(topics)]
    return agreement([[position[item.id] for item in topic.items] for topic in found.clusters], truth)


@pytest.mark.parametrize("seed", range(3))
def test_planted_topics_are_found_among_noise(seed: int) -> None:
    items, topics = _planted(seed, 6, 12, 12)
    found, _ = settle(items, [])
    assert _agrees(found, items, topics) >= 0.75
    labels = [topic.topic for topic in found.clusters]
    assert "Other" not in labels
    assert len(set(labels)) == len(labels)
    alone = {topic.items[0].id for topic in found.clusters if topic.item_count == 1}
    noise = {item.id for item, topic in zip(items, topics, strict=True) if topic.startswith("noise")}
    assert len(noise & alone) >= 8


def test_topics_that_were_found_too_early_are_joined_and_names_stay() -> None:
    items, topics = _planted(7, 6, 12, 12)
    known: list[KnownTopic] = []
    names: dict[str, str] = {}
    for count in range(4, len(items) + 1, 4):
        found, known = settle(items[:count], known)
        assert all(names.get(topic.id, topic.label) == topic.label for topic in known)
        names |= {topic.id: topic.label for topic in known}
    found, _ = settle(items, known)
    assert _agrees(found, items, topics) >= 0.7


def test_fewer_topics_are_found_better_than_by_chance() -> None:
    sets = [_planted(seed, 4, 8, 6) for seed in range(6)]
    assert sum(_agrees(settle(items, [])[0], items, topics) for items, topics in sets) / len(sets) > 0.6


def test_items_that_share_no_phrase_are_named_by_the_one_in_their_middle() -> None:
    items = [
        _item(0, "Panels on roofs", "Sun."),
        _item(1, "Solar modules", "Roof power."),
        _item(2, "Photovoltaic rooftop", "Energy."),
    ]
    assert all(topic.topic != "Other" for topic in settle(items, [])[0].clusters)


def test_an_item_that_was_rewritten_leaves_its_topic() -> None:
    items = _notes()
    _, known = settle(items, [])
    large = next(topic for topic in known if len(topic.members) > 3)
    gone = large.members[1]
    rewritten = [
        _item(int(i.id[1:]), "Office plants", "Ferns need little light.") if i.id == gone else i for i in items
    ]
    members = _members(settle(rewritten, known)[0])
    assert gone not in members[large.id]
    assert members[large.id] >= {*large.members} - {gone}
    plants = next(item.id for item in items if item.title == "Office plants")
    assert any({gone, plants} <= group for group in members.values())


def test_a_topic_whose_items_are_deleted_is_forgotten() -> None:
    items = _notes()
    _, known = settle(items, [])
    gone = known[0]
    left = [item for item in items if item.id not in gone.members[1:]]
    found, after = settle(left, known)
    assert gone.id not in {topic.id for topic in after}
    assert sum(topic.item_count for topic in found.clusters) == len(left)
    assert settle([], known) == (Topics(clusters=[]), [])


def test_a_topic_says_whether_it_grows() -> None:
    now = datetime.now(UTC)
    weeks = [1, 2, 3, 10, 17, 60]
    items = [
        _item(n, "Cold email benchmarks", "Open rates fell.").model_copy(
            update={"created_at": now - timedelta(days=back)}
        )
        for n, back in enumerate(weeks)
    ]
    [topic] = settle(items, [])[0].clusters
    assert (topic.weekly, topic.trend) == ([0, 0, 0, 0, 0, 1, 1, 3], "rising")
