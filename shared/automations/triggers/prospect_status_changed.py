"""A prospect moved to another status."""

from shared.automations.triggers.base import Trigger, TriggerConfig
from shared.domains.changes import Change


class Config(TriggerConfig):
    to: str | None = None


def _arrived(change: Change, config: Config) -> bool:
    return config.to is None or (change.after or {}).get("status") == config.to


TRIGGER = Trigger(
    name="prospect_status_changed",
    title="A prospect's status changes",
    config=Config,
    collection="prospects",
    concerns=lambda change: change.before is not None and not change.deleted and change.changed("status"),
    fires=_arrived,
)
