"""From a user's rollups to the numbers of a metric in a period's buckets."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from typing import ParamSpec, TypeVar

from shared.domains.analytics import cells, repository
from shared.domains.analytics.cells import ALL, Month
from shared.domains.analytics.metrics import Metric
from shared.domains.analytics.periods import Period
from shared.domains.analytics.repository import Months
from shared.kit.latencies import BOUNDS_MS, quantile

Counts = list[int]
P = ParamSpec("P")
R = TypeVar("R")
_ATTEMPTS = 3  # a month is folded once a night
_calls = ThreadPoolExecutor(max_workers=8, thread_name_prefix="analytics")


@dataclass
class Table:
    """Counts by metric and key, a number for each bucket."""

    period: Period
    rows: dict[tuple[str, str], Counts] = field(default_factory=dict)
    reads: int = 0

    def sums(self, names: Iterable[str], key: str = ALL) -> Counts:
        """The counts of some cells together; a count below 0, which only drift makes, is 0."""
        rows = [row for name in names if (row := self.rows.get((name, key)))]
        return [max(0, sum(numbers)) for numbers in zip(*rows, strict=True)] if rows else [0] * self.size

    @property
    def size(self) -> int:
        return len(self.period.starts)

    def keys(self, names: Iterable[str]) -> list[str]:
        """The keys but ALL under which any of the cells was counted, the largest first."""
        sizes: dict[str, int] = {}
        wanted = set(names)
        for (name, key), row in self.rows.items():
            if name in wanted and key != ALL and any(row):
                sizes[key] = sizes.get(key, 0) + sum(row)
        return sorted(sizes, key=lambda key: (-sizes[key], key))


def begun(read: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
    """A read that is under way while others begin."""
    return _calls.submit(copy_context().run, partial(read, *args, **kwargs))


def table(uid: str, period: Period, names: Sequence[str], dimensions: Sequence[str] = ()) -> Table:
    """The counts of some cells in a period, and by dimensions: a query for the totals and one for each dimension, in
    parallel; a read for each month and each part that is not folded yet."""
    if not period.starts:
        return Table(period)
    result = Table(period)
    for months in _agreeing(uid, period, dimensions):
        result.reads += months.reads
        fill(result, months.cells, set(names), set(dimensions))
    return result


def _agreeing(uid: str, period: Period, dimensions: Sequence[str]) -> list[Months]:
    """The totals' and the dimensions' months, read anew where parts were folded between two of the queries: what they
    count would be in both, or in neither."""
    months: list[Months] = []
    for _ in range(_ATTEMPTS):
        totals = begun(repository.totals, uid, period.begins, period.ends)
        by = [begun(repository.of_dimension, uid, period.begins, period.ends, each) for each in dimensions]
        months = [read.result() for read in (totals, *by)]
        if max(each.folded for each in months) <= min(each.at for each in months):
            break
    return months


def fill(into: Table, months: Iterable[tuple[str, Month]], names: set[str], dimensions: set[str]) -> None:
    """Count stored months into the buckets."""
    for month, stored in months:
        bucket_of = _buckets(into.period, month)
        for name in names & stored.keys():
            for key, slots in stored[name].items():
                if key != ALL and cells.parts_of(key)[0] not in dimensions:
                    continue
                row = into.rows.setdefault((name, key), [0] * into.size)
                for slot, number in slots.items():
                    if (bucket := bucket_of(slot)) is not None:
                        row[bucket] += number


def _buckets(period: Period, month: str) -> Callable[[str], int | None]:
    """In which bucket a slot of a month is. Slots are in the order of their times, and compared as they are: a year has
    tens of thousands."""
    begins, ends = cells.span_of(month)
    first, last = (bisect_left(period.starts, at) for at in (begins, ends))
    bounds = [cells.slot_of(at) for at in period.starts[first:last]]
    behind = cells.slot_of(period.ends) if begins <= period.ends < ends else "" if period.ends < begins else "~"

    def bucket_of(slot: str) -> int | None:
        number = first + bisect_right(bounds, slot) - 1
        return None if number < 0 or slot >= behind else number

    return bucket_of


@dataclass(frozen=True)
class Values:
    """A metric's numbers: of each bucket and of the whole; None where a ratio has nothing to be of."""

    points: list[float | None]
    total: float | None
    parts: Counts
    wholes: Counts

    def until(self, bucket: int) -> "Values":
        """Those of the buckets before one. The total stays that of all."""
        return Values(self.points[:bucket], self.total, self.parts[:bucket], self.wholes[:bucket])


def values(metric: Metric, counts: Table, key: str = ALL) -> Values:
    """A metric's numbers from the counts of its cells."""
    if metric.quantile:
        rows = [counts.sums([cell], key) for cell in metric.cells]
        return of_histograms(
            [dict(zip(BOUNDS_MS, each, strict=True)) for each in zip(*rows, strict=True)], metric.quantile
        )
    parts = counts.sums(metric.cells, key)
    if not metric.is_ratio:
        points: list[float | None] = [number * metric.factor for number in parts]
        return Values(points, sum(parts) * metric.factor, parts, [])
    wholes = counts.sums(metric.per, key)
    points = [ratio(part, whole) for part, whole in zip(parts, wholes, strict=True)]
    return Values(points, ratio(sum(parts), sum(wholes)), parts, wholes)


def of_histograms(buckets: Sequence[Mapping[int, int]], share: float) -> Values:
    """The bounds in seconds that a share of what is counted in each bucket, and in all of them, was within."""
    whole: Counter[int] = Counter()
    for within in buckets:
        whole.update(within)
    return Values([_seconds(within, share) for within in buckets], _seconds(whole, share), [], [])


def _seconds(within: Mapping[int, int], share: float) -> float | None:
    bound = quantile(within, share)
    return None if bound is None else bound / 1_000


def ratio(part: int, whole: int) -> float | None:
    """None where there is nothing to be of."""
    return round(part / whole, 6) if whole else None
