"""The published limits that the measured pattern meets, and the rate of operations at which each bites."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from functions.manifest import FUNCTIONS
from infra.growth import load
from infra.growth.pattern import Operation

INDEX_END = 500.0  # writes a second at one end of an index: Firestore's best practices
DOCUMENT = 1.0  # writes a second to one document, for long: Firestore's quotas


@dataclass(frozen=True)
class Limit:
    """A resource with so many `places`, each good for `rate` uses a second; an operation uses it `uses` times.

    `scope`: each user has it, or all users together.
    """

    name: str
    operation: str
    scope: str
    places: int
    rate: float
    uses: float
    by_id: bool  # an id chooses the place, as of shards; else whichever is free
    then: str  # what to change when it bites

    @property
    def operations(self) -> float:
        """How many operations a second it lets through."""
        return self.places * self.rate / self.uses


def of(operations: Mapping[str, Operation]) -> Iterator[Limit]:
    """All limits of the operations."""
    for operation in operations.values():
        for index in operation.indexes:
            yield Limit(
                f"index {index.name}",
                operation.name,
                "all",
                places=index.ends,
                rate=INDEX_END,
                uses=index.entries,
                by_id=True,
                then="more shards (`kit/shards.py`), a query more for each 30",
            )
        for shared in operation.shared:
            name = f"documents {shared.name.removeprefix('users/*/')}"
            yield Limit(
                name,
                operation.name,
                shared.scope,
                places=shared.documents,
                rate=DOCUMENT,
                uses=shared.writes,
                by_id=True,
                then="more parts",
            )
    start = load.START
    for function, calls in (("prospects", 1.0), ("prospect_written", 2.0), ("outreach_written", 1.0)):
        yield Limit(
            f"function {function}",
            start,
            "all",
            places=_instances(function),
            rate=1 / load.CPU_SECONDS,
            uses=calls,
            by_id=False,
            then="a higher `max_instances`",
        )


def _instances(name: str) -> int:
    return next(spec.resources.max_instances for spec in FUNCTIONS if spec.name == name)


def first(limits: Iterator[Limit], scope: str) -> list[Limit]:
    """The limits of a scope, the one that bites first at the front."""
    return sorted((limit for limit in limits if limit.scope == scope), key=lambda limit: limit.operations)
