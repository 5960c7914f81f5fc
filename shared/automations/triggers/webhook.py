"""Fires when somebody calls the automation's own address."""

from urllib.parse import urlsplit

from pydantic import Field

from shared import settings
from shared.automations.triggers.base import Trigger, TriggerConfig
from shared.kit.fields import ReadFields
from shared.kit.schema import Text


class Config(TriggerConfig):
    """With `signed` only calls that carry a Standard Webhooks signature are taken; unless it is false, one that is
    sent has to be right. `url` and `secret` are answered, and ignored where they are sent back; `filter` sees the
    call's body as `after`."""

    signed: bool | None = None
    url: Text | None = Field(None, exclude=True, json_schema_extra={"readOnly": True})
    secret: Text | None = Field(None, exclude=True, json_schema_extra={"readOnly": True})


def _may_follow(config: Config, step: ReadFields) -> bool:
    """Whether a step may call the automation's address: the token, on any host, or a placeholder on one of our hosts.

    Deployed functions answer without /api.
    """
    url, token = str(step.get("url")), (config.url or "").rpartition("/")[2]
    after = [part[len(token) :] for part in url.split("/")[1:] if token and part.startswith(token)]
    if any(not tail or not (tail[0].isalnum() or tail[0] in "_-") for tail in after):
        return True
    hosts = {urlsplit(address).netloc for address in settings.current().own_urls}
    host, _, path = url.partition("://")[2].partition("/")
    return host in hosts and "hooks/" in path and "{{" in path


TRIGGER = Trigger(name="webhook", title="A call from outside", config=Config, may_follow=_may_follow)
