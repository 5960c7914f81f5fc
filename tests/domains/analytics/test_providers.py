"""What providers did, which is kept by the day in UTC, in buckets of other lengths and zones."""

from datetime import date, timedelta

import pytest

from shared.domains.analytics import periods, providers
from shared.domains.analytics.cells import ALL
from shared.domains.analytics.metrics import METRICS
from shared.gcp import firestore, writes
from tests.domains.analytics.world import NOW

TODAY = NOW.date()
pytestmark = pytest.mark.usefixtures("time")


def _used(uid: str, day: date) -> None:
    used = {"openai": {"calls": 4, "usd": 0.5}}
    fields = {"date": day.isoformat(), "providers": used, "health": {"openai": {"100": 3, "failed": 1}}}
    firestore.client().commit([writes.create(f"users/{uid}/usage/{day}", fields)])


def test_of_the_hours_of_a_day_the_first_has_its_number_and_the_others_none(uid: str) -> None:
    for ago in range(2):
        _used(uid, TODAY - timedelta(days=ago))
    period = periods.between(TODAY - timedelta(days=1), TODAY, "America/New_York", "hour")
    spend = providers.spend(uid, period)
    assert spend.points == [0.5, *[None] * 23, 0.5, *[None] * 23]
    assert spend.total == 1
    calls = providers.by_provider(METRICS["provider_calls"], period, providers.health(uid, period))[ALL]
    assert (calls.points[:2], calls.total) == ([4, None], 8)
    quiet = periods.between(TODAY - timedelta(days=9), TODAY - timedelta(days=9), "UTC", "hour")
    assert providers.spend(uid, quiet).points == [0, *[None] * 23]


@pytest.mark.parametrize(("step", "points"), [("day", [0, 0.5, 0.5]), ("week", [0.5, 0.5]), ("month", [1])])
def test_days_are_in_the_bucket_of_their_date(uid: str, step: periods.Step, points: list[float]) -> None:
    for ago in (0, 1):
        _used(uid, date(2026, 11, 16) - timedelta(days=ago))
    period = periods.between(date(2026, 11, 14), date(2026, 11, 16), "Pacific/Kiritimati", step)
    assert providers.spend(uid, period).points == points


@pytest.mark.parametrize("step", ["hour", "day"])
def test_a_day_that_a_zone_has_left_out_has_no_hours(uid: str, step: periods.Step) -> None:
    left_out = date(2011, 12, 30)
    _used(uid, left_out)
    period = periods.between(left_out, left_out, "Pacific/Apia", step)
    assert len(providers.spend(uid, period).points) == len(period.starts)
    metric = METRICS["provider_failure_rate"]
    assert len(providers.by_provider(metric, period, providers.health(uid, period))[ALL].points) == len(period.starts)
