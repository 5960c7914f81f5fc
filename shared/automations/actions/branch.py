"""Go one of several ways: the first case whose condition holds, else the rest."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import AliasChoices, ConfigDict, Field, model_validator

from shared.automations.actions.action import Action, Condition, Settings
from shared.automations.actions.base import Jump, StepContext
from shared.automations.definitions import expressions
from shared.automations.definitions.condition_cost import Expression
from shared.automations.definitions.declared import Block
from shared.automations.definitions.models import StepFields
from shared.kit.schema import Input

_WHEN = ("when", "if", "condition")


class Case(Input):
    when: Annotated[Expression, Field(examples=["size(prospect.tags) > 1"], validation_alias=AliasChoices(*_WHEN))]
    steps: list[StepFields]


class Config(Input):
    """`when` (or `if`), `then` and `else` are the short form of a single case."""

    model_config = ConfigDict(populate_by_name=True)

    cases: Annotated[list[Case], Field(min_length=1, max_length=20)]
    otherwise: Annotated[list[StepFields], Field(alias="else")] = []

    @model_validator(mode="before")
    @classmethod
    def _from_short_form(cls, given: Any) -> Any:
        condition = next((name for name in _WHEN if isinstance(given, dict) and name in given), None)
        if condition is None or "cases" in given:
            return given
        rest = {name: value for name, value in given.items() if name not in (condition, "then")}
        return {"cases": [{"when": given[condition], "steps": given.get("then", [])}], **rest}


def run(context: StepContext, config: Config) -> Jump:
    for number, case in enumerate(config.cases):
        if expressions.holds(case.when, context.variables):
            return Jump(number, f"Goes on where {case.when}.", {"case": number})
    return Jump(len(config.cases), "No condition holds.", {"case": None})


def _blocks(config: Settings) -> Iterator[tuple[str, Block]]:
    for number, case in enumerate(config.get("cases", [])):
        yield f"cases.{number}.steps", case["steps"]
    yield "else", config.get("else", [])


def _conditions(config: Settings) -> Iterator[Condition]:
    for number, case in enumerate(config.get("cases", [])):
        yield Condition(f"cases.{number}.when", case["when"])


ACTION = Action(
    name="branch",
    title="Go one of several ways",
    config=Config,
    run=run,
    light=True,
    blocks=_blocks,
    conditions=_conditions,
    verbatim=frozenset({"cases", "else", "then", *_WHEN}),
)
