"""Create a research task for each item and, where asked for, start it."""

from contextlib import suppress
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from shared.batch.models import MAX_ITEMS, Chosen, one_of
from shared.batch.operations.base import Costs, Item, Operation, Perform
from shared.domains.research import service as research
from shared.domains.research.models import TaskInput
from shared.errors import AlreadyExists


class CreateResearchTasks(Chosen):
    model_config = ConfigDict(json_schema_extra=one_of("items"))
    chosen_by = ("items",)

    items: Annotated[list[TaskInput], Field(min_length=1, max_length=MAX_ITEMS)] | SkipJsonSchema[None] = None
    run: bool = Field(False, description="Start each at once; else it begins when it is run.")


def begin(uid: str, body: CreateResearchTasks) -> Perform:
    def perform(item: Item) -> None:
        task = TaskInput.model_validate(item.value)
        record = item.done(task_id=item.product_id)
        if not body.run:
            research.create_once(uid, task, id=item.product_id, beside=record)
            return
        with suppress(AlreadyExists):  # an earlier attempt has made it, and died before it was started
            research.create_once(uid, task, id=item.product_id)
        research.run(uid, item.product_id, beside=record)

    return perform


OPERATION = Operation(
    name="create_research_tasks",
    text="Create research tasks and, with `run`, start each.",
    body=CreateResearchTasks,
    begin=begin,
    collection=lambda body: None,
    costs=lambda body: Costs(reads=int(body.run), writes=5 if body.run else 3),
)
