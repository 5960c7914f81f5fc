"""Groups found in the content, whatever the order; those that are known already stay."""

import random

from shared.kit.clustering import characteristic, cluster, key_phrases
from shared.providers import embed
from tests.fixtures.notes import NOTES

BURNOUT = [
    "Teacher burnout survey. Four in ten teachers think about leaving; paperwork is the main reason for burnout.",
    "Workload of teachers. A typical teacher works 52 hours a week, and marking takes most of the evening.",
    "Why teachers quit. Exit interviews name burnout, marking and a lack of support from heads.",
]
TUTORS = [
    "AI tutors in class. Pilot schools report that AI tutors raise maths results by half a grade.",
    "Rules for AI in schools. The ministry asks schools to document which AI tutors they use with pupils.",
    "Parents and AI. Six in ten parents accept AI tutors when a person stays in charge of pupils.",
]
EMAIL = [
    "Cold email benchmarks. Open rates fell to 24 percent, and reply rates of cold email are near 3 percent.",
    "Subject lines that work. Short subject lines with a name double the open rate of cold emails.",
]
PLANTS = ["Office plants. Ferns need little light."]
ALL = [*BURNOUT, *TUTORS, *EMAIL, *PLANTS]


def _cluster(texts: list[str], kept: list[list[int]] | None = None) -> list[list[int]]:
    return cluster(embed.built_in().embed(texts), kept or [])


def _groups(texts: list[str]) -> set[frozenset[str]]:
    return {frozenset(texts[n] for n in group) for group in _cluster(texts)}


def test_texts_about_the_same_thing_are_together() -> None:
    assert _groups(ALL) == {frozenset(group) for group in (BURNOUT, TUTORS, EMAIL, PLANTS)}


def test_the_order_of_the_texts_does_not_matter() -> None:
    for seed in range(5):
        shuffled = ALL[:]
        random.Random(seed).shuffle(shuffled)
        assert _groups(shuffled) == _groups(ALL)


def test_the_largest_is_first_and_every_text_is_in_one() -> None:
    found = _cluster(ALL)
    assert [len(group) for group in found] == [3, 3, 2, 1]
    assert sorted(n for group in found for n in group) == list(range(len(ALL)))


def test_notes_that_share_few_words_are_grouped_by_their_meaning() -> None:
    labelled = [(f"{title}\n" * 3 + text, topic) for topic, notes in NOTES.items() for title, text in notes]
    groups = _cluster([text for text, _ in labelled])
    assert _b_cubed([topic for _, topic in labelled], groups) > 0.8


def _b_cubed(topics: list[str], groups: list[list[int]]) -> float:
    """The harmonic mean of how pure and how complete a text's group is, over all texts (Bagga and Baldwin, 1998)."""
    pure = complete = 0.0
    for group in groups:
        for n in group:
            right = sum(topics[m] == topics[n] for m in group)
            pure += right / len(group) / len(topics)
            complete += right / topics.count(topics[n]) / len(topics)
    return 2 * pure * complete / (pure + complete)


def test_known_groups_grow_but_are_not_split_or_joined() -> None:
    known = [[0, 3], [1, 6]]  # burnout with tutors, burnout with mail: as they were, right or wrong
    groups = _cluster(ALL, known)
    assert [group[:2] for group in groups[:2]] == known
    assert sorted(n for group in groups for n in group) == list(range(len(ALL)))
    assert [8] in groups


def test_a_new_text_changes_no_other_group() -> None:
    known = _cluster(ALL)
    texts = [*ALL, "Reply rates of cold email. A second email doubles the replies.", "Sea levels. The ocean rises."]
    groups = _cluster(texts, known)
    assert groups == [*known[:2], [*known[2], 9], known[3], [10]]


def test_phrases_are_what_many_of_the_group_and_few_others_say() -> None:
    burnout, tutors, email, plants = characteristic(ALL, _cluster(ALL))
    assert tutors[0] == "AI tutors"
    assert email[0] == "cold email"
    assert {"teachers", "burnout"} <= set(burnout)
    assert "52" not in burnout
    assert "Office plants" in plants


def test_key_phrases_are_what_the_texts_have_in_common() -> None:
    assert key_phrases(TUTORS, 2)[0] == "AI tutors"
    assert key_phrases([], 3) == []


def test_texts_without_words_are_alone_and_have_no_phrases() -> None:
    assert _cluster(["?!", ""]) == [[0], [1]]
    assert characteristic(["?!", ""], [[0], [1]]) == [[], []]
    assert _cluster([]) == []


def test_repeated_texts_are_one_group() -> None:
    assert _cluster(["Solar panels pay off"] * 4) == [[0, 1, 2, 3]]
