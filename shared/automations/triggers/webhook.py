"""Somebody calls the automation's own address."""

from pydantic import Field

from shared.automations.triggers.base import Trigger, TriggerConfig
from shared.kit.schema import Text


class Config(TriggerConfig):
    """With `signed` only calls that carry a Standard Webhooks signature are taken; unless it is false, one that is
    sent has to be right. `url` and `secret` are answered, and ignored where they are sent back; `filter` sees the
    call's body as `after`."""

    signed: bool | None = None
    url: Text | None = Field(None, exclude=True, json_schema_extra={"readOnly": True})
    secret: Text | None = Field(None, exclude=True, json_schema_extra={"readOnly": True})


TRIGGER = Trigger(name="webhook", title="A call from outside", config=Config)
