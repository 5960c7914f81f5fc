"""Defines a built-in automation: its steps, the stages they name, and the writes at an execution's end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from shared.automations.actions.action import Action
from shared.automations.definitions.models import Step
from shared.automations.runs.create import build_execution
from shared.automations.runs.models import Execution, TriggerEvent
from shared.domains.system_logs.models import LogCategory
from shared.gcp.writes import Write


@dataclass(frozen=True)
class Builtin:
    """An automation of the product itself, whose executions each concern one document.

    `ended` answers the writes for the commit that ends an execution, whatever its status; failures are logged in
    `category`; `link` answers the page that shows the document.
    """

    id: str
    title: str
    category: LogCategory
    link: Callable[[TriggerEvent], str]
    steps: Sequence[Step]
    ended: Callable[[Execution], Sequence[Write]]
    stages: Sequence[Action[Any]] = ()

    def execution(self, uid: str, event: TriggerEvent) -> Execution:
        """Builds an execution that is not stored yet; the same event always gives the same id."""
        return build_execution(uid, self.id, self.title, 1, event)
