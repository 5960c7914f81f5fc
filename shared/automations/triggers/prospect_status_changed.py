"""Fires when a prospect moves to another status."""

from typing import Annotated, get_args

from pydantic import Field, ValidationInfo, field_validator

from shared.automations.triggers.base import Trigger, TriggerConfig
from shared.automations.triggers.past import changed
from shared.domains.prospects.models import ProspectStatus
from shared.kit.fields import ReadFields
from shared.store.changes import Change


class Config(TriggerConfig):
    to: Annotated[str | None, Field(json_schema_extra={"enum": [*get_args(ProspectStatus), None]})] = None

    @field_validator("to")
    @classmethod
    def _check_status(cls, to: str | None, info: ValidationInfo) -> str | None:
        """Raises ValueError for an unknown status in a request; a stored one may be of an earlier version."""
        if info.context and to is not None and to not in get_args(ProspectStatus):
            raise ValueError(f"unknown status; use one of {', '.join(get_args(ProspectStatus))}")
        return to


def _arrived(change: Change, config: Config) -> bool:
    return config.to is None or (change.after or {}).get("status") == config.to


def _may_follow(config: Config, step: ReadFields) -> bool:
    status = step.get("status")
    return None in (config.to, status) or status == config.to or "{{" in str(status)


TRIGGER = Trigger(
    name="prospect_status_changed",
    title="A prospect's status changes",
    config=Config,
    collection="prospects",
    concerns=lambda change: change.before is not None and not change.deleted and change.changed("status"),
    fires=_arrived,
    may_follow=_may_follow,
    past=changed("prospect", "prospect_id", "status"),
)
