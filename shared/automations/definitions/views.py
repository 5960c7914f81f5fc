"""Shows automations as clients see them."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field

from shared.automations.definitions.models import Automation, AutomationStatus, Step
from shared.automations.definitions.restrictions import Limits, Reentry
from shared.kit.views import View


def _masked(steps: list[Step]) -> list[Step]:
    return [step.masked() for step in steps]


class AutomationView(View):
    """Without what the engine keeps in the document for itself; secrets of steps are dots."""

    name: str
    description: str
    trigger: str
    trigger_config: dict[str, Any]
    steps: Annotated[list[Step], AfterValidator(_masked)]
    status: AutomationStatus
    stop_when: list[str]
    limits: Limits
    reentry: Reentry
    paused_reason: str | None
    paused_until: datetime | None
    paused_at: datetime | None
    definition: int = Field(serialization_alias="version")
    metadata: dict[str, Any]
    execution_count: int
    last_executed_at: datetime | None
    next_run_at: datetime | None
    actions: list[str]

    @classmethod
    def of(cls, automation: Automation) -> Self:
        return cls.copied(automation)
