"""Builds recipes: ready definitions with a title and a description for people."""

from typing import Any

from shared.automations.authoring.validation import AutomationInput, StepInput
from shared.kit.schema import Model


class Recipe(Model):
    id: str
    title: str
    description: str
    automation: AutomationInput


def recipe(id: str, title: str, description: str, trigger: str, *steps: StepInput, **more: Any) -> Recipe:
    """Builds a recipe; `more` are further fields of its definition."""
    automation = AutomationInput(
        name=title, description=description, trigger=trigger, steps=list(steps), metadata={"recipe": id}, **more
    )
    return Recipe(id=id, title=title, description=description, automation=automation)


def step(action: str, id: str | None = None, **config: object) -> StepInput:
    """Builds a step of a recipe with the settings `config`."""
    return StepInput(id=id, action=action, config=config)


def branch(when: str, *then: StepInput) -> StepInput:
    """Builds a branch that does the steps if the condition holds."""
    return step("branch", when=when, then=[inner.model_dump(exclude_unset=True) for inner in then])
