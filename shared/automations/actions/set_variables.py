"""Give values a name: later steps find them as `vars.name`."""

from typing import Annotated, Any

from pydantic import AliasChoices, Field, StringConstraints

from shared.automations.actions.action import Action
from shared.automations.actions.base import Done, StepContext
from shared.kit.schema import Input

VariableName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,59}$")]


class Config(Input):
    """A value is anything; its placeholders are filled when the step runs. A later value of the same name counts."""

    values: Annotated[
        dict[VariableName, Any],
        Field(
            min_length=1,
            max_length=50,
            examples=[{"greeting": "Hello"}],
            validation_alias=AliasChoices("values", "variables"),
        ),
    ]


def run(context: StepContext, config: Config) -> Done:
    return Done(f"Set {', '.join(config.values)}.", config.values)


ACTION = Action(
    name="set_variables",
    title="Set variables",
    config=Config,
    run=run,
    light=True,
    sets_variables=True,
    typed=frozenset({"values", "variables"}),
    short_form={"values": {"name": "{{ event.name or event.title }}"}},
)
