"""Recognizes mail that goes in circles: our own that came back, and what has been through too many servers."""

import re

from shared.inbound.mime import Mail
from shared.kit.patterns import lazy_pattern

_MAX_HOPS = 50
_OWN_ID = lazy_pattern(r"m\.[a-z2-7]{26}@.{1,253}", re.I)  # as our messages' own ids are


def came_back(mail: Mail) -> str | None:
    """Why a mail is our own, or goes in circles; None for any other."""
    if any(_OWN_ID.fullmatch(id) for id in mail.head.ids("message-id")):
        return "Our own message came back."
    hops = len(mail.head.all("received"))
    return f"It has been through {hops} servers." if hops > _MAX_HOPS else None


def marked(mail: Mail) -> str | None:
    """Why a mail says of itself that it is in a loop."""
    return "X-Loop says that it has been here before." if "x-loop" in mail.head else None
