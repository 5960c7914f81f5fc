"""Registry of those who call us about mail: what became of a message, and what came back. A new one is one file and one
line here."""

from collections.abc import Mapping
from types import MappingProxyType

from shared.providers.mail.hooks.base import DeliveryReport, InboundMail, MailHook
from shared.providers.mail.hooks.raw import Raw
from shared.providers.mail.hooks.resend import Resend

__all__ = ["PROVIDERS", "DeliveryReport", "InboundMail", "MailHook", "find"]

PROVIDERS: Mapping[str, MailHook] = MappingProxyType({"resend": Resend(), "raw": Raw()})


def find(name: str) -> MailHook | None:
    """The hook of this name, or None."""
    return PROVIDERS.get(name)
