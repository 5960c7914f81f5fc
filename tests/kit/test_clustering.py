"""Groups found in the content, whatever the order."""

import random

from shared.kit.clustering import cluster

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


def _groups(texts: list[str]) -> set[frozenset[str]]:
    return {frozenset(texts[n] for n in one.members) for one in cluster(texts)}


def test_texts_about_the_same_thing_are_together() -> None:
    assert _groups(ALL) == {frozenset(group) for group in (BURNOUT, TUTORS, EMAIL, PLANTS)}


def test_the_order_of_the_texts_does_not_matter() -> None:
    for seed in range(5):
        shuffled = ALL[:]
        random.Random(seed).shuffle(shuffled)
        assert _groups(shuffled) == _groups(ALL)


def test_the_largest_is_first_and_every_text_is_in_one() -> None:
    found = cluster(ALL)
    assert [len(one.members) for one in found] == [3, 3, 2, 1]
    assert sorted(n for one in found for n in one.members) == list(range(len(ALL)))


def test_phrases_are_what_many_of_the_group_and_few_others_say() -> None:
    burnout, tutors, email, plants = (one.phrases for one in cluster(ALL))
    assert tutors[0] == "AI tutors"
    assert email[0] == "cold email"
    assert {"teachers", "burnout"} <= set(burnout)
    assert "52" not in burnout
    assert "Office plants" in plants


def test_texts_without_words_are_alone_and_have_no_phrases() -> None:
    assert [(one.members, one.phrases) for one in cluster(["?!", ""])] == [([0], []), ([1], [])]
    assert cluster([]) == []


def test_repeated_texts_are_one_group() -> None:
    assert [one.members for one in cluster(["Solar panels pay off"] * 4)] == [[0, 1, 2, 3]]
