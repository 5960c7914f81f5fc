"""An action that declares all there is to declare; test_new_action.py adds it to a copy of the tree."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from shared.automations.actions.action import Action, Awaited, Condition, Settings
from shared.automations.actions.base import Done, Jump, Outcome, StepContext, Wait
from shared.automations.definitions import expressions
from shared.automations.definitions.condition_cost import Expression
from shared.automations.definitions.declared import Block
from shared.automations.definitions.documents import Reference
from shared.automations.definitions.models import StepFields
from shared.automations.runs.models import Waiting
from shared.kit import clock
from shared.kit.schema import Id, Input, Text


class Config(Input):
    """Waits for `happening`; then, where `only_if` holds, runs `steps` for each of two letters."""

    happening: Text
    meant: Expression
    only_if: Expression
    token: Text
    follower: Id
    letter: Id
    steps: list[StepFields]


def run(context: StepContext, config: Config) -> Wait:
    return Wait(clock.now() + timedelta(days=1), "Waits for it.", "event")


def resume(context: StepContext, config: Config, waiting: Waiting, signals: Mapping[str, Any]) -> Outcome | None:
    if not signals:
        return None
    if not expressions.holds(config.only_if, context.variables):
        return Done("It happened, and does not matter.")
    return Jump(0, "It happened.", {"items": ["a", "b"], "greeting": "Hello"}, count=2)


def _blocks(config: Settings) -> Iterator[tuple[str, Block]]:
    yield "steps", config["steps"]


def _conditions(config: Settings) -> Iterator[Condition]:
    yield Condition("only_if", config["only_if"])


def _awaits(config: Settings) -> Iterator[Awaited]:
    yield Awaited("happening", config["happening"], Condition("meant", config["meant"]))


def _starts(config: Settings) -> Iterator[str]:
    yield config["follower"]


def _references(config: Settings) -> Iterator[Reference]:
    yield Reference("letter", "templates", config["letter"])


def _rehearse(wait: Wait) -> Mapping[str, Any]:
    return {"rehearsed": True}


ACTION = Action(
    name="throw_away",
    title="Do a bit of everything",
    config=Config,
    run=run,
    resume=resume,
    secrets=frozenset({"token"}),
    blocks=_blocks,
    repeats=True,
    conditions=_conditions,
    verbatim=frozenset({"steps", "only_if", "meant"}),
    sets_variables=True,
    awaits=_awaits,
    starts=_starts,
    references=_references,
    writes=frozenset({"vault_item_added"}),
    rehearse=_rehearse,
    aliases=("away",),
)
