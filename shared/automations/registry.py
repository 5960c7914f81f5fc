"""Every action that a step can name: those for everybody's automations, and the product's own."""

from typing import Any

from shared.automations.actions import ACTIONS
from shared.automations.actions.base import Action
from shared.automations.builtins import STAGES


def action_named(name: str) -> Action[Any]:
    return ACTIONS.get(name) or STAGES[name]
