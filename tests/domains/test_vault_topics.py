"""Topics as the vault changes: what is known stays, what was rewritten goes where it belongs."""

from datetime import UTC, datetime, timedelta

from shared.domains.vault.models import KnownTopic, VaultItem
from shared.domains.vault.topics import Topics, settle
from tests.fixtures.notes import NOTES

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


def test_a_new_item_leaves_every_other_topic_as_it_is() -> None:
    items = _notes()
    known: list[KnownTopic] = []
    for count in range(1, len(items) + 1):
        before = {topic.id: topic for topic in known}
        _, known = settle(items[:count][::-1], known)
        after = {topic.id: topic for topic in known}
        grown = [id for id in before if before[id] != after[id]]
        assert len(grown) <= 1
        assert all(after[id].label == before[id].label for id in before)
        assert all(set(before[id].members) <= set(after[id].members) for id in before)


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
