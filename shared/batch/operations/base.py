"""What an operation is: what it is done on, how it does one item, and what that costs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from shared.automations.backtest.models import BacktestReport
from shared.batch.models import Chosen, ItemStatus, Job, Outcome, packed
from shared.batch.repository import outcomes
from shared.errors import Invalid
from shared.gcp import firestore
from shared.gcp.writes import Write
from shared.kit.schema import stamp
from shared.providers import llm

B = TypeVar("B", bound=Chosen)
_ASKING = 4  # items of a lane at once that wait for a model


@dataclass(frozen=True)
class Item:
    """One item of a job: what it is for, and the ids of its record and of what it makes.

    The writes of `done` belong in the commit in which the item takes effect: a second such commit is refused, whatever
    comes twice. `product_id` is the same in every retry: a document that an earlier attempt made is not made again.
    """

    uid: str
    job_id: str
    number: int
    id: str
    product_id: str
    value: Any
    expires_at: datetime

    @property
    def target(self) -> str | None:
        """The id of the document that it is done on; None where it makes one."""
        value = self.value
        return value if isinstance(value, str) else value.get("id") if isinstance(value, dict) else None

    def done(self, **result: Any) -> list[Write]:
        """The record that it took effect; its commit raises AlreadyExists where it has a record."""
        return [outcomes.to_create(self.outcome("done", result=result))]

    def settle(self, **result: Any) -> None:
        """Record an item that has nothing to change: one commit. Raises AlreadyExists."""
        firestore.client().commit(self.done(**result))

    def outcome(self, status: ItemStatus, **more: Any) -> Outcome:
        """Its record, not yet stored."""
        return Outcome(
            **stamp(self.uid, self.id),
            job_id=self.job_id,
            number=self.number,
            status=status,
            target=self.target,
            sent=packed([self.value]) if status == "failed" else None,
            origin=self.product_id if status == "failed" else None,
            expires_at=self.expires_at,
            **more,
        )


Perform = Callable[[Item], None]


@dataclass(frozen=True)
class Costs:
    """The most that one item takes. `asks`: it asks a language model, where one is configured."""

    reads: int
    writes: int
    asks: int = 0

    @property
    def calls(self) -> int:
        """How many calls of providers that is."""
        return self.asks if self.asks and llm.configured() else 0


@dataclass(frozen=True)
class Operation(Generic[B]):
    """One operation. `begin` gets the user and what was sent beside the selection, and answers what does one item;
    `collection` names the documents that ids and filter choose, None where items are sent alone.

    One that is begun by a call of its own (`offered` is false) may choose its items itself (`select`), sum them up when
    all are settled (`report`), and end without a notification (`notifies`).
    """

    name: str
    text: str
    body: type[B]
    begin: Callable[[str, B], Perform]
    collection: Callable[[B], str | None]
    costs: Callable[[B], Costs]
    check: Callable[[str, B], None] = field(default=lambda uid, body: None)
    select: Callable[[str, B], list[Any]] | None = None
    report: Callable[[Job, B], BacktestReport] | None = None
    offered: bool = True
    notifies: bool = True

    def options(self, body: B) -> dict[str, Any]:
        """What was sent beside the selection, as it is stored."""
        return body.model_dump(mode="json", exclude_unset=True, exclude={*body.chosen_by})

    def at_once(self, body: B) -> int:
        """How many items a lane does at once: those that wait for a model several; those that the store alone is busy
        with one, for four lanes of a user are work enough for it."""
        return _ASKING if self.costs(body).calls else 1

    def body_of(self, options: dict[str, Any]) -> B:
        """What was sent, without the selection."""
        return self.body.model_validate(options)


def refuse_double(ids: Sequence[str]) -> None:
    """Raises Invalid where two items are done on the same document: their order would be left to chance."""
    first: dict[str, int] = {}
    for number, id in enumerate(ids):
        if first.setdefault(id, number) != number:
            raise Invalid.at(
                f"items.{number}.id", f"it is in item {first[id]} already; send one item for each document"
            )
