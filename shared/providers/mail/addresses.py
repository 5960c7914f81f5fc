"""The addresses by which what comes back names the message that it answers: each holds the message's token.

A token is 26 characters of base32 that nobody can guess. A reader looks it up by its hash: an address of another
domain, from before a move, names its message still.
"""

import re
from collections.abc import Iterable

from shared import settings
from shared.errors import ProviderError
from shared.kit import mailboxes
from shared.kit.patterns import lazy_pattern
from shared.settings import Settings

_TOKEN = lazy_pattern(r"[a-z2-7]{26}")
# Also within what forwarders and bounce servers make of an address: SRS0=…=reply+TOKEN@…, reply%2BTOKEN%40….
_HELD = lazy_pattern(r"(?<![a-z0-9])(?:m\.|reply(?:\+|%2b|=2b|\+2b))([a-z2-7]{26})(?=@|=|%40|\+40)", re.IGNORECASE)


def message_id(token: str) -> str:
    """The Message-ID of the message with this token, angle brackets included."""
    return id_at(token, sender(settings.current()).ascii_domain)


def reply_address(token: str) -> str | None:
    """Where answers to the message with this token go; None where MAIL_REPLY_DOMAIN is not set."""
    domain = reply_domain(settings.current())
    return reply_at(token, domain) if domain else None


def reply_domain(config: Settings) -> str | None:
    """MAIL_REPLY_DOMAIN as mail servers take it, or None."""
    domain = config.mail_reply_domain
    return _parsed("MAIL_REPLY_DOMAIN", f"reply@{domain}").ascii_domain if domain else None


def sender(config: Settings) -> mailboxes.Mailbox:
    """The mailbox that MAIL_FROM names. Raises ProviderError."""
    return _parsed("MAIL_FROM", config.mail_from or "")


def id_at(token: str, domain: str) -> str:
    """The Message-ID of a message that a sender at `domain` writes."""
    return f"<m.{_checked(token)}@{domain}>"


def reply_at(token: str, domain: str) -> str:
    """The reply address of a message whose answers come back to `domain`."""
    return f"reply+{_checked(token)}@{domain}"


def is_token(text: object) -> bool:
    """Whether this may be a message's token."""
    return isinstance(text, str) and _TOKEN.fullmatch(text) is not None


def tokens_in(texts: Iterable[str]) -> list[str]:
    """Every token in message ids and addresses of ours, in order, each once. In time proportional to the texts."""
    held = (match[1].lower() for text in texts for match in _HELD.finditer(text))
    return list(dict.fromkeys(held))


def _checked(token: str) -> str:
    if not is_token(token):
        raise ValueError("A message's token is 26 characters of base32 in lower case.")
    return token


def _parsed(name: str, address: str) -> mailboxes.Mailbox:
    try:
        return mailboxes.parse(address)
    except ValueError as error:
        raise ProviderError(f"{name} {error}; correct it in the settings.") from error
