"""An ordinary day of a user, and what many users make of it: operations a second at the peak, dollars a month.

The figures of `DAY` are assumptions; change them, and the page with `UPDATE_TABLE=1`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.growth import prices
from infra.growth.pattern import Operation

SEND, START = "a message that is sent", "a prospect and its run of three steps"
LIMITED = "a run of two steps under a rate and a budget"
DAY: Mapping[str, float] = {START: 20, SEND: 10, LIMITED: 0}
POLLS, READS_OF_POLL = 120, 53  # an open page asks every 30 seconds; an hour a day
PEAK_HOUR = 0.15  # the share of a day's work that its busiest hour has
CPU_SECONDS, MEMORY_GIB, SECONDS = 0.02, 0.75, 0.15  # of a call: computing, held, and until it answers
TOGETHER = 5  # calls that an instance serves at once on average, which share its time
KEPT_DAYS = 90  # an execution with its records; prospects and messages are kept
ENTRY = 160  # bytes of an index entry on average


@dataclass(frozen=True)
class Month:
    """What a month costs, in dollars."""

    reads: float
    writes: float
    storage: float
    functions: float
    queues: float

    @property
    def total(self) -> float:
        return self.reads + self.writes + self.storage + self.functions + self.queues


def per_second(users: float, name: str) -> float:
    """How often an operation takes place in a second of the busiest hour."""
    return users * DAY[name] * PEAK_HOUR / 3600


def announced(operations: Mapping[str, Operation]) -> float:
    """How many entries a user's stream gets in a day."""
    return sum(operations[name].announced * number for name, number in DAY.items())


def month(users: float, operations: Mapping[str, Operation], *, polls: int = POLLS) -> Month:
    """The cost of a month for so many users who are active each day; a page that does not poll has a stream."""
    days = {name: 30 * users * number for name, number in DAY.items()}

    def total(kind: str) -> float:
        return sum(float(getattr(operations[name], kind)) * number for name, number in days.items())

    polled = 30 * users * polls
    streamed = 0 if polls else 30 * users * announced(operations)
    calls = total("calls") + 4 * polled  # a poll asks four lists
    stored = (total("bytes") + total("index_entries") * ENTRY) * KEPT_DAYS / 30
    return Month(
        reads=(total("reads") + polled * READS_OF_POLL + streamed) * prices.READ,
        writes=total("writes") * (prices.WRITE + prices.DELETE),
        storage=stored / 2**30 * prices.STORED_GIB_MONTH,
        functions=calls * (prices.CALL + SECONDS / TOGETHER * (prices.VCPU_SECOND + MEMORY_GIB * prices.GIB_SECOND)),
        queues=sum(days.values()) * (2 * prices.MESSAGE + prices.TASK),
    )
