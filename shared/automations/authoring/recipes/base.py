"""What a recipe is: a definition that is ready to use, with what a person reads of it."""

from typing import Any

from pydantic import BaseModel

from shared.automations.authoring.validation import AutomationInput, StepInput


class Recipe(BaseModel):
    id: str
    title: str
    description: str
    automation: AutomationInput


def recipe(id: str, title: str, description: str, trigger: str, *steps: StepInput, **more: Any) -> Recipe:
    """`more` are further fields of the definition."""
    automation = AutomationInput(
        name=title, description=description, trigger=trigger, steps=list(steps), metadata={"recipe": id}, **more
    )
    return Recipe(id=id, title=title, description=description, automation=automation)


def step(action: str, id: str | None = None, **config: Any) -> StepInput:
    return StepInput(id=id, action=action, config=config)


def branch(when: str, *then: StepInput) -> StepInput:
    """These steps where the condition holds."""
    return step("branch", when=when, then=[inner.model_dump(exclude_unset=True) for inner in then])
