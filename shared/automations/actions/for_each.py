"""Do some steps for each item of a list, one item after another.

There is nothing to join: the run itself walks the list, so no message that gets lost can make it
wait for ever (infra/decisions/0008).
"""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from shared.automations.actions.action import Action, Condition, Settings
from shared.automations.actions.base import Done, Jump, StepContext
from shared.automations.definitions import expressions
from shared.automations.definitions.declared import Block
from shared.automations.definitions.models import StepFields
from shared.errors import Invalid
from shared.kit.schema import Input

_MAX_ITEMS = 500


class Config(Input):
    """`items` is a list, or a CEL expression that gives one. Within, `item` and `index` name the present one. A list
    that is longer than `max_items` (500 at most) fails the step."""

    items: (
        Annotated[list[Any], Field(max_length=_MAX_ITEMS)]
        | Annotated[str, Field(max_length=1_000, examples=["prospect.tags"])]
    )
    steps: Annotated[list[StepFields], Field(min_length=1)]
    max_items: Annotated[int, Field(ge=1, le=_MAX_ITEMS)] = 100


def run(context: StepContext, config: Config) -> Jump | Done:
    items = config.items
    if isinstance(items, str):
        items = expressions.value(items, context.variables)
    if not isinstance(items, list):
        raise Invalid.at("items", f"a list is needed; `{config.items}` gives none")
    if len(items) > config.max_items:
        raise Invalid.at("items", _too_many(len(items), config.max_items))
    if not items:
        return Done("The list is empty.", {"count": 0, "failed": 0})
    return Jump(0, f"{len(items)} items.", {"items": items}, count=len(items))


def _too_many(number: int, allowed: int) -> str:
    shorten = "let the expression leave some out, as in `event.tags.filter(tag, tag != 'old')`"
    if number > _MAX_ITEMS:
        return f"{number:,} are more than the {_MAX_ITEMS} that one loop takes; {shorten}"
    return f"{number} are more than max_items ({allowed}); raise it to {number} or more, or {shorten}"


def _blocks(config: Settings) -> Iterator[tuple[str, Block]]:
    yield "steps", config["steps"]


def _conditions(config: Settings) -> Iterator[Condition]:
    items = config.get("items")
    if isinstance(items, str) and "{{" not in items:
        yield Condition("items", items)


ACTION = Action(
    name="for_each",
    title="For each item of a list",
    config=Config,
    run=run,
    light=True,
    blocks=_blocks,
    repeats=True,
    conditions=_conditions,
    verbatim=frozenset({"steps"}),
    typed=frozenset({"items"}),
)
