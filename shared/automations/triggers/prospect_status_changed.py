"""A prospect moved to another status."""

from collections.abc import Mapping
from typing import Any

from shared.automations.triggers.base import Trigger, TriggerConfig
from shared.domains.changes import Change
from shared.domains.prospects.models import ProspectStatus


class Config(TriggerConfig):
    to: ProspectStatus | None = None


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
