"""Simulates operations that queue for what the limits let through: Poisson arrivals, calls of 5 to 25 ms, FIFO places.

A discrete-event simulation of the measured pattern. Every use of a resource waits for a place of it, which then is busy
for 1/rate seconds: the published rate as a service time.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from infra.growth.limits import Limit

LATENCY = (0.005, 0.025)  # seconds of a call to Firestore, uniform


@dataclass
class Outcome:
    """What the operations waited, in seconds: all in all, and by resource."""

    waits: list[float] = field(default_factory=list)
    by_resource: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @property
    def p95(self) -> float:
        return sorted(self.waits)[int(len(self.waits) * 0.95)] if self.waits else 0.0

    @property
    def worst(self) -> str:
        """The resource that was waited for longest."""
        return max(self.by_resource, key=lambda name: self.by_resource[name], default="")


def arrivals(rate: float, seconds: float, seed: int = 1) -> list[float]:
    """The times of a Poisson process of `rate` a second."""
    source, times, now = random.Random(seed), list[float](), 0.0  # noqa: S311
    while (now := now + source.expovariate(rate)) < seconds:
        times.append(now)
    return times


def run(limits: Sequence[Limit], times: Sequence[float], seed: int = 1) -> Outcome:
    """Let operations that begin at `times` pass all limits, one after another, each use in the order of time."""
    source, outcome = random.Random(seed), Outcome()  # noqa: S311
    free = {limit.name: [0.0] * limit.places for limit in limits}
    uses = [[limit for limit in limits for _ in range(_uses(limit, source))] for _ in times]
    waited = [0.0] * len(times)
    due = [(begun, number, 0) for number, begun in enumerate(times)]
    heapify(due)
    while due:
        now, number, step = heappop(due)
        if step == len(uses[number]):
            outcome.waits.append(waited[number])
            continue
        limit = uses[number][step]
        wait = _take(limit, free[limit.name], now, source)
        waited[number] += wait
        outcome.by_resource[limit.name] += wait
        heappush(due, (now + wait + source.uniform(*LATENCY), number, step + 1))
    return outcome


def _take(limit: Limit, free: list[float], now: float, source: random.Random) -> float:
    """Take a place: a random one where an id chooses it, else the one that is free first. Answers the wait for it."""
    place = source.randrange(len(free)) if limit.by_id else free.index(min(free))
    wait = max(0.0, free[place] - now)
    free[place] = now + wait + 1 / limit.rate
    return wait


def _uses(limit: Limit, source: random.Random) -> int:
    """How often this operation uses the resource; the fraction by chance."""
    whole = int(limit.uses)
    return whole + (source.random() < limit.uses - whole)
