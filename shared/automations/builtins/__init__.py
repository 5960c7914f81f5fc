"""Lists the product's own automations, whose definitions are code and which run on the same engine.

A new built-in is a file here and a line in `BUILTINS`. A built-in's stages are actions that no user's step can name.
"""

from typing import Any

from shared.automations.actions.action import Action
from shared.automations.builtins import research, sending
from shared.automations.builtins.base import Builtin
from shared.automations.runs.models import Execution

BUILTINS: dict[str, Builtin] = {builtin.id: builtin for builtin in (research.BUILTIN, sending.BUILTIN)}
STAGES: dict[str, Action[Any]] = {stage.name: stage for builtin in BUILTINS.values() for stage in builtin.stages}


def find(execution: Execution) -> Builtin | None:
    """The built-in that an execution runs; None for a user's automation."""
    return BUILTINS.get(execution.automation_id)
