"""A prospect moved to another status."""

from collections.abc import Mapping
from typing import Annotated, Any, get_args

from pydantic import Field, ValidationInfo, field_validator

from shared.automations.triggers.base import Trigger, TriggerConfig
from shared.domains.prospects.models import ProspectStatus
from shared.store.changes import Change


class Config(TriggerConfig):
    to: Annotated[str | None, Field(json_schema_extra={"enum": [*get_args(ProspectStatus), None]})] = None

    @field_validator("to")
    @classmethod
    def _known(cls, to: str | None, info: ValidationInfo) -> str | None:
        """Where it is written; what was stored before a status went is read all the same."""
        if info.context and to is not None and to not in get_args(ProspectStatus):
            raise ValueError(f"unknown status; use one of {', '.join(get_args(ProspectStatus))}")
        return to


def _arrived(change: Change, config: Config) -> bool:
    return config.to is None or (change.after or {}).get("status") == config.to


def _may_follow(config: Config, step: Mapping[str, Any]) -> bool:
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
)
