"""Change prospects: all in the same way, or each in its own."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from shared.batch.models import MAX_ITEMS, Selection, one_of
from shared.batch.operations.base import Costs, Item, Operation, Perform, refuse_double
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import ProspectUpdate
from shared.errors import Invalid
from shared.kit.schema import Id, Input


class ChangedItem(Input):
    id: Id
    changes: ProspectUpdate


class UpdateProspects(Selection):
    """`changes` of all that `ids` or `filter` choose; or `items`, each with its own."""

    model_config = ConfigDict(json_schema_extra=one_of("ids", "filter", "items"))
    chosen_by = ("ids", "filter", "items")

    items: Annotated[list[ChangedItem], Field(min_length=1, max_length=MAX_ITEMS)] | SkipJsonSchema[None] = None
    changes: ProspectUpdate | None = Field(None, description="Needed with ids and filter; null with items.")


def begin(uid: str, body: UpdateProspects) -> Perform:
    def perform(item: Item) -> None:
        changes = _changes(body, item.value)
        prospects.apply(uid, str(item.target), changes, beside=item.done())

    return perform


def _changes(body: UpdateProspects, value: Any) -> ProspectUpdate:
    if isinstance(value, dict):
        return ChangedItem.model_validate(value).changes
    return body.changes or ProspectUpdate()


def check(uid: str, body: UpdateProspects) -> None:
    """Raises Invalid where it is not said what to change, or said twice."""
    if body.items is not None:
        refuse_double([item.id for item in body.items])
        if body.changes is not None:
            raise Invalid.at("changes", "each of the items has its own; leave this out")
    elif body.changes is None or not body.changes.model_fields_set:
        raise Invalid.at("changes", "say which fields to change; at least one is needed")


OPERATION = Operation(
    name="update_prospects",
    text="Change prospects, as PATCH does with one: a status that says no suppresses the address.",
    body=UpdateProspects,
    begin=begin,
    collection=lambda body: "prospects",
    costs=lambda body: Costs(reads=1, writes=3),
    check=check,
)
