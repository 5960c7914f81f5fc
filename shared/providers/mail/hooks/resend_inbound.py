"""Fetches a message that came in at Resend: its event names it, the API says where the whole of it is.

https://resend.com/docs/api-reference/emails/retrieve-received-email
"""

import re
from base64 import b64decode
from typing import Any

from shared import log, settings
from shared.errors import Invalid, Misconfigured, ProviderError
from shared.providers.calls import Provider, Request, bearer, call
from shared.providers.mail.hooks.base import MAX_MESSAGE, InboundMail
from shared.providers.mail.hooks.recomposing import recomposed

_SECONDS = 20.0
_MOST_RECIPIENTS = 100


def received(data: dict[str, Any]) -> InboundMail:
    """The message that the data of an `email.received` event names.

    Raises Invalid; Unavailable or TooManyRequests where Resend may answer later, which makes it send the event again.
    """
    id = data.get("email_id")
    if not isinstance(id, str) or not re.fullmatch(r"[\w-]{1,100}", id):
        raise Invalid.at("data.email_id", "an event of a message that came in names the message")
    return InboundMail(f"resend:{id}", inline(data.get("raw")) or _fetched(id), _recipients(data))


def inline(raw: object) -> bytes | None:
    """A message within JSON, as text or in base64; None where there is none. Raises Invalid."""
    if not isinstance(raw, str) or not raw.strip():
        return None
    if re.match(r"\s*(?:From \S+ |[!-9;-~]+[ \t]*:)", raw):
        return raw.encode("utf-8", "replace")
    try:
        return b64decode("".join(raw.split()), validate=True)
    except ValueError as error:
        raise Invalid.at("raw", "neither a message, which begins with its headers, nor one in base64") from error


def _fetched(id: str) -> bytes:
    """The whole message; where it is too large, or gone for good, what Resend says of it without its attachments."""
    from shared.providers.web.fetch import fetch

    stated = call(_api(), Request(f"/emails/receiving/{id}", query={"html_format": "cid"}, method="GET", paid=False))
    place = stated.get("raw")
    url = place.get("download_url") if isinstance(place, dict) else None
    if not isinstance(url, str):
        return recomposed(stated)
    try:
        return fetch(url, seconds=_SECONDS, max_bytes=MAX_MESSAGE, redirects=3).content
    except (Invalid, ProviderError) as error:
        log.warning("a message is taken without its attachments", provider="resend", said=error.detail)
        return recomposed(stated)


def _api() -> Provider:
    config = settings.current()
    if not config.resend_api_key:
        raise Misconfigured("A message came in at Resend, and cannot be fetched; set RESEND_API_KEY.")
    return Provider(
        "resend",
        "Resend",
        config.resend_base_url,
        key="RESEND_API_KEY",
        secrets=bearer(config.resend_api_key),
        seconds=_SECONDS,
        remedies={404: "Resend no longer has the message; nothing is to be had of it."},
    )


def _recipients(data: dict[str, Any]) -> tuple[str, ...]:
    """Whom the message is for: first whom Resend took it for, whatever its headers say."""
    lists = [data.get(name) for name in ("received_for", "to", "cc", "bcc")]
    named = [text for listed in lists if isinstance(listed, list) for text in listed if isinstance(text, str)]
    return tuple(dict.fromkeys(named))[:_MOST_RECIPIENTS]
