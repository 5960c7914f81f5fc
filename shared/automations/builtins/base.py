"""What a built-in is: steps, the stages they name, and what follows from a run's end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from shared.automations.actions.base import Action
from shared.automations.definitions.models import Step
from shared.automations.runs.create import build_execution
from shared.automations.runs.models import Execution, TriggerEvent
from shared.domains.system_logs.models import LogCategory
from shared.gcp.writes import Write


@dataclass(frozen=True)
class Builtin:
    """`ended` answers what goes with the commit that ends a run, whatever it came to.

    A run is about a document: its failures are logged in `category`; `link` answers the page that shows the document.
    """

    id: str
    title: str
    category: LogCategory
    link: Callable[[TriggerEvent], str]
    steps: Sequence[Step]
    ended: Callable[[Execution], Sequence[Write]]
    stages: Sequence[Action[Any]] = ()

    def execution(self, uid: str, event: TriggerEvent) -> Execution:
        """A run of it, not yet stored; one for each event."""
        return build_execution(uid, self.id, self.title, 1, event)
