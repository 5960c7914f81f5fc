"""Writes `infra/costs.md`: what the product costs, which limits bite first, and what changes then."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from infra.growth import limits, load, pattern, simulation
from infra.growth.limits import Limit

FILE = Path(__file__).resolve().parents[1] / "costs.md"
USERS = (1_000, 100_000, 10_000_000)
SECONDS = 30.0  # simulated
BURST, BURST_SECONDS = 10_000, 20.0  # one user's import
_SIMULATED = 3
_DIVIDED = (
    "The rate is 10,000 a minute, the budget 100,000 steps a day: each has 16 parts. A rate below 64 and a budget below"
    " 1,000 steps have one, and are exact to the last (`infra/decisions/0033`).\n",
)
_TITLE = """# What it costs, and where growth ends

Made by `tests/infra/test_growth.py` (`UPDATE_TABLE=1`) from what the emulator measured (`growth/pattern.json`),
Google's list prices (`growth/prices.py`) and an assumed day of a user (`growth/load.py`). Nothing here was measured on
Google Cloud.
"""


def text() -> str:
    """The page."""
    return "\n".join([_TITLE, *_operations(), *_months(), *_limits(), *_burst()]) + "\n"


def _table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"## {title}\n"
    for row in (head, ["---"] * len(head), *rows):
        yield f"| {' | '.join(row)} |"
    yield ""


def _operations() -> Iterator[str]:
    head = [
        "operation",
        "a user's day",
        "reads",
        "commits",
        "documents written",
        "of these announcements",
        "KB stored",
        "index entries",
    ]
    rows = [
        [
            each.name,
            f"{load.DAY[each.name]:g}",
            f"{each.reads:g}",
            f"{each.commits:g}",
            f"{each.writes:g}",
            f"{each.announced:g}",
            f"{each.bytes / 1000:.1f}",
            f"{each.index_entries:g}",
        ]
        for each in pattern.load().values()
    ]
    polled = f"{load.POLLS * load.READS_OF_POLL:,}"
    rows.append(["an open page that asks every 30 seconds, an hour", "1", polled, "0", "0", "0", "0", "0"])
    rows.append(["a page with a stream, all day", "0", f"{load.announced(pattern.load()):g}", "0", "0", "0", "0", "0"])
    yield from _table("Operations, events and messages included", head, rows)
    yield (
        "A commit that changes what clients see writes one document more, which announces it in the user's stream and"
        " is deleted after a day (`decisions/0035`). An instance reads it once for all streams of the user, and not at"
        " all where none is open.\n"
    )


def _months() -> Iterator[str]:
    head = ["users who work each day", "reads", "writes", "storage", "functions", "queues", "a month", "a user"]
    rows = []
    for users in USERS:
        month = load.month(users, pattern.load())
        parts = (month.reads, month.writes, month.storage, month.functions, month.queues, month.total)
        rows.append([f"{users:,}", *(f"${part:,.0f}" for part in parts), f"${month.total / users:.2f}"])
    yield from _table("Dollars a month", head, rows)
    yield (
        "Most reads are those of open pages that ask every 30 seconds. With streams in their place, reads at 1,000"
        f" users are ${load.month(1_000, pattern.load(), polls=0).reads:,.0f} a month. A page that must ask, and sends"
        " `If-None-Match`, pays one read for each list while nothing has changed, in place of the list's; without that"
        " header a list costs one read more than its own (round-trips.md).\n"
    )


def _limits() -> Iterator[str]:
    order = [limit for limit in limits.first(limits.of(pattern.load()), "all") if load.DAY[limit.operation]]
    head = ["limit", "in each", "lets through a second", *(f"at {users:,} users" for users in USERS), "then"]
    rows = [_row(limit) for limit in order]
    yield from _table("Limits of all users together, the first to bite at the top", head, rows)
    yield "The first three kinds, simulated with calls of 5 to 25 ms: p95 of what an operation waits for it.\n"
    kinds = {limit.name if limit.by_id else "function": limit for limit in reversed(order)}
    for limit in sorted(kinds.values(), key=lambda limit: limit.operations)[:_SIMULATED]:
        yield f"* **{limit.name}**: {', '.join(_simulated(limit, share) for share in (0.5, 0.8, 1.2))}."
    yield ""


def _undivided(limit: Limit) -> Limit:
    return replace(limit, places=1)


def _row(limit: Limit) -> list[str]:
    def at(users: int) -> str:
        share = load.per_second(users, limit.operation) / limit.operations
        return f"{share:.0%}" if share < 1 else f"**{share:.1f} times**"

    return [limit.name, limit.operation, f"{limit.operations:,.0f}", *map(at, USERS), limit.then]


def _simulated(limit: Limit, share: float) -> str:
    begun = simulation.arrivals(limit.operations * share, SECONDS)
    outcome = simulation.run([limit], begun)
    return f"at {share:.0%} {_seconds(outcome.p95)}"


def _seconds(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _burst() -> Iterator[str]:
    """One user's import: what the user's own documents let through."""
    own = limits.first(limits.of(pattern.load()), "user")
    yield "## One user's burst\n"
    times = [BURST_SECONDS * number / BURST for number in range(BURST)]
    for operation, burst in ((load.START, "An import of prospects"), (load.LIMITED, "A webhook's calls")):
        yield (
            f"{burst}, {BURST:,} in {BURST_SECONDS:.0f} seconds, each {operation}, meets the user's own documents. At"
            " the rate that Firestore publishes for long (1 write a second and document) the last one has waited:\n"
        )
        for limit in (limit for limit in own if limit.operation == operation):
            last, alone = (_seconds(max(simulation.run([each], times).waits)) for each in (limit, _undivided(limit)))
            yield (
                f"* **{limit.name}** ({limit.places} documents): {last}; {limit.operations:.0f} a second. In one"
                f" document: {alone}."
            )
        yield ""
    yield from _DIVIDED
    yield (
        "Short bursts go faster: the rate is one for hours, and the writes are increments, which wait for each other"
        " and do not fail."
    )
