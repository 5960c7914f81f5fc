"""Numbers as people read them, in sentences and in what stands for a picture."""

import pytest

from shared.domains.analytics import trends, wording
from shared.domains.analytics.charts import specs
from shared.domains.analytics.metrics import METRICS
from shared.domains.analytics.reading import Values


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (1_234_567, "count", "1,234,567"),
        (0, "count", "0"),
        (-3.0, "count", "-3"),
        (1234.56, "seconds", "1,235"),
        (14.3333, "count", "14.3"),
        (5.6666, "minutes", "5.67"),
        (0.000042, "USD", "0.000042"),
        (1e-9, "USD", "0"),
        (1e12, "USD", "1,000,000,000,000"),
        (0.0456, "ratio", "4.6%"),
    ],
)
def test_no_number_is_a_power_of_ten(value: float, unit: str, words: str) -> None:
    assert wording.number(value, unit) == words


def test_what_stands_for_a_picture_has_its_unit() -> None:
    rows = [{"name": "R", "date": f"2026-11-{n:02}", "value": n / 1000} for n in range(1, 10)]
    spec = specs.lines("Reply rate", "ratio", rows, "light")
    assert spec["description"] == "Reply rate in per cent: 9 values from 0.1% to 0.9%, most at 2026-11-09."
    sent = specs.bars("Sent", "count", [{"name": "A", "value": 2_500_000, "label": ""}], "light")
    assert "from 2,500,000 to 2,500,000" in sent["description"]


def test_a_note_on_thousands_has_them_all() -> None:
    days = [176] * 21 + [500] * 7
    note = trends.note(METRICS["outreach_sent"], Values([], None, days, []))
    assert note is not None
    assert note.startswith("Messages sent rose from 1,232 a week to 3,500 a week in the last seven days")
