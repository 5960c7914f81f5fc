"""Notes on planted changes, and how many false ones there are on noise."""

import random
from datetime import UTC, datetime

import pytest

from shared.domains.analytics import trends
from shared.domains.analytics.metrics import METRICS
from shared.domains.analytics.periods import last
from shared.domains.analytics.reading import Values

WEEKS = 300
SENT, RATE = METRICS["outreach_sent"], METRICS["reply_rate"]


def _counts(numbers: list[int]) -> Values:
    return Values([float(number) for number in numbers], float(sum(numbers)), numbers, [])


def _rates(parts: list[int], wholes: list[int]) -> Values:
    return Values([], sum(parts) / max(1, sum(wholes)), parts, wholes)


def test_a_planted_fall_is_noted_with_its_numbers_and_its_source() -> None:
    before, after = [2] * 21, [0, 1, 1, 0, 1, 0, 1]
    whole = _rates([*before, *after], [20] * 28)
    rest = _rates([1] * 21 + [1, 1, 1, 0, 1, 0, 1], [10] * 28)
    bad = _rates([1] * 21 + [0] * 7, [10] * 28)
    note = trends.note(RATE, whole, {"template X": bad, "template Y": rest})
    assert note is None  # 10 % to 3 %, of 140: p = 0.007, as a dozen metrics are looked at
    whole = _rates([4] * 21 + [1] * 7, [20] * 28)
    bad, rest = _rates([3] * 21 + [0] * 7, [10] * 28), _rates([1] * 28, [10] * 28)
    note = trends.note(RATE, whole, {"template X": bad, "template Y": rest})
    assert note
    assert note.startswith("Reply rate fell from 20.0% to 5.0% in the last seven days, all of it from template X")


def test_a_planted_rise_of_counts() -> None:
    week = [10, 10, 10, 10, 10, 0, 0]
    note = trends.note(SENT, _counts([*week * 3, *(2 * n for n in week)]))
    assert note
    assert note.startswith("Messages sent rose from 50 a week to 100 a week in the last seven days (p =")


def test_one_campaign_is_no_rise() -> None:
    assert trends.note(SENT, _counts([*[0] * 21, 500, 0, 0, 0, 0, 0, 0])) is None
    assert trends.note(SENT, _counts([*[5] * 21, 500, 5, 5, 5, 5, 5, 5])) is None
    assert trends.note(SENT, _counts([*[0] * 21, 90, 70, 80, 100, 85, 0, 0])) is not None


def test_campaigns_now_and_then_raise_few_false_alarms() -> None:
    chance = random.Random(3)
    many = [[500 if chance.random() < 1 / 14 else 0 for _ in range(28)] for _ in range(WEEKS)]
    assert sum(trends.note(SENT, _counts(days)) is not None for days in many) <= WEEKS // 50


def test_weekends_are_no_fall() -> None:
    week = [20, 20, 20, 20, 20, 0, 0]
    assert trends.note(SENT, _counts(week * 4)) is None
    assert trends.note(SENT, _counts([0, *week * 4])) is None


@pytest.mark.parametrize("numbers", [[0] * 30, [1] * 12, [], [0] * 28 + [3]])
def test_too_little_says_nothing(numbers: list[int]) -> None:
    assert trends.note(SENT, _counts(numbers)) is None


@pytest.mark.parametrize("spread", [1, 3])
def test_noise_raises_few_false_alarms(spread: int) -> None:
    """Of counts at random with weekends, and of bursts that come by threes: at most 1 in 100."""
    source = random.Random(spread)
    alarms = 0
    for _ in range(WEEKS):
        days = [spread * sum(source.random() < 0.1 for _ in range(6 if day % 7 > 4 else 60)) for day in range(30)]
        wholes = [20] * 30
        parts = [sum(source.random() < 0.1 for _ in range(20)) for _ in wholes]
        alarms += trends.note(SENT, _counts(days)) is not None
        alarms += trends.note(RATE, _rates(parts, wholes)) is not None
    assert alarms <= 2 * WEEKS // 100, alarms


def test_weekends_are_no_direction() -> None:
    chance = random.Random(11)
    false = seen = 0
    for number in range(200):
        means = [400 * (0.1 if (day + number) % 7 > 4 else 1) for day in range(30)]
        days = [max(0, round(chance.gauss(mean, mean**0.5))) for mean in means]
        false += trends.direction(Values([], None, days, []), "day", [24] * 30) != "stable"
        risen = [*days[:15], *(round(1.6 * day) for day in days[15:])]
        seen += trends.direction(Values([], None, risen, []), "day", [24] * 30) == "up"
    assert false <= 14  # 5 %, and two standard deviations more
    assert seen == 200


def test_months_of_different_lengths_are_no_direction() -> None:
    """The last 365 days begin amid a month, and end amid one that is left away."""
    period = last("year", "Europe/Berlin", datetime(2026, 12, 20, tzinfo=UTC))
    over = period.over(datetime(2026, 12, 20, tzinfo=UTC))
    assert over == 12
    assert period.lengths[0] == 11 * 24
    lengths = period.lengths[:over]
    even = [round(length * 5) for length in lengths]
    assert trends.direction(Values([], None, even, []), period.step, lengths) == "stable"
    risen = [round(length * (5 if number < 6 else 6)) for number, length in enumerate(lengths)]
    assert trends.direction(Values([], None, risen, []), period.step, lengths) == "up"


@pytest.mark.parametrize("days", [1, 2, 5])
def test_nights_are_no_direction(days: int) -> None:
    day = [0] * 8 + [30] * 10 + [0] * 6
    values = [*day * days, *day[:14]]
    assert trends.direction(_counts(values), "hour", [1] * len(values)) == "stable"


def test_a_rise_from_one_day_to_the_next_is_seen_by_the_hour() -> None:
    day = [0] * 8 + [30] * 10 + [0] * 6
    values = [*day, *day, *(2 * number for number in [*day, *day])]
    assert trends.direction(_counts(values), "hour", [1] * len(values)) == "up"
