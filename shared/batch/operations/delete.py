"""Delete documents of one kind, each with what belongs to it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from pydantic import Field

from shared.automations.authoring import service as automations
from shared.batch.models import Selection
from shared.batch.operations.base import Costs, Item, Operation, Perform
from shared.domains.outreach import service as outreach
from shared.domains.prospects import service as prospects
from shared.domains.research import service as research
from shared.domains.templates import service as templates
from shared.gcp.writes import Write

Kind = Literal["prospects", "outreach", "templates", "research_tasks", "automations"]
_Delete = Callable[[str, str, Sequence[Write]], None]
_DELETE: Mapping[Kind, _Delete] = {
    "prospects": lambda uid, id, beside: prospects.delete(uid, id, None, beside=beside),  # the event takes the rest
    "outreach": lambda uid, id, beside: outreach.delete(uid, id, None, beside=beside),
    "templates": lambda uid, id, beside: templates.delete(uid, id, None, beside=beside),
    "research_tasks": lambda uid, id, beside: research.delete(uid, id, None, beside=beside),
    "automations": lambda uid, id, beside: automations.delete(uid, id, None, beside=beside),
}


class Delete(Selection):
    kind: Kind = Field(description="What is deleted.")


def begin(uid: str, body: Delete) -> Perform:
    delete = _DELETE[body.kind]

    def perform(item: Item) -> None:
        delete(uid, item.value, item.done())

    return perform


OPERATION = Operation(
    name="delete",
    text="Delete documents of one kind, as DELETE does with one.",
    body=Delete,
    begin=begin,
    collection=lambda body: body.kind,
    costs=lambda body: Costs(reads=5, writes=6),
)
