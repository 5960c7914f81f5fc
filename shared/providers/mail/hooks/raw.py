"""Takes whole messages from any forwarder or script: as they are, or within JSON.

POST of `message/rfc822`, or of {"raw": "<text or base64>", "recipients": ["reply+…@…"]}; authenticated by a signature
of Standard Webhooks over the body with MAIL_HOOK_SECRET, or by `Authorization: Bearer` with it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from shared import settings
from shared.errors import Invalid, NotFound, PayloadTooLarge, UnsupportedMediaType
from shared.kit.ids import derived_id
from shared.kit.patterns import lazy_pattern
from shared.providers.mail.hooks import signatures
from shared.providers.mail.hooks.base import MAX_MESSAGE, DeliveryReport, InboundMail, check_size
from shared.providers.mail.hooks.resend_inbound import inline

_WHOLE = ("message/rfc822", "message/global", "application/octet-stream", "text/plain")
_MOST_RECIPIENTS, _LONGEST_ADDRESS = 100, 1_000
_ID = lazy_pattern(rb"(?im)^Message-ID:[ \t]*(?:\r?\n[ \t]+)?(\S{1,1000})")


class Raw:
    def receive(self, raw: bytes, headers: Mapping[str, str]) -> Sequence[DeliveryReport | InboundMail]:
        """One message a call."""
        secrets = settings.current().mail_hook_secret
        if not secrets:
            raise NotFound("Messages are not taken here; set MAIL_HOOK_SECRET.")
        check_size(raw)
        named = {name.lower(): value for name, value in headers.items()}
        if not signatures.is_bearer(secrets, named):
            signatures.verify(secrets, raw, named)
        message, recipients = _message(raw, named.get("content-type", ""))
        if not message.strip():
            raise Invalid.of("raw", "The message is empty; send it whole, with its headers.")
        if len(message) > MAX_MESSAGE:
            raise PayloadTooLarge(f"A message must not exceed {MAX_MESSAGE:,} bytes; leave large attachments out.")
        return [InboundMail(_id(message), message, recipients)]


def _message(raw: bytes, content_type: str) -> tuple[bytes, tuple[str, ...]]:
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        return _within_json(raw)
    if kind not in _WHOLE:
        raise UnsupportedMediaType("Send Content-Type: message/rfc822 with the message, or application/json.")
    return raw, ()


def _within_json(raw: bytes) -> tuple[bytes, tuple[str, ...]]:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Invalid.of("body", "The body is no JSON.") from error
    if not isinstance(body, dict):
        raise Invalid.of("body", 'The body is no object such as {"raw": "…", "recipients": ["…"]}.')
    if unknown := sorted(body.keys() - {"raw", "recipients"}):
        raise Invalid.at(unknown[0][:100], "unknown; a message is sent as raw and recipients")
    message = inline(body.get("raw"))
    if message is None:
        raise Invalid.at("raw", "the whole message, as text or in base64")
    return message, _recipients(body.get("recipients", []))


def _recipients(given: Any) -> tuple[str, ...]:
    is_list = isinstance(given, list) and len(given) <= _MOST_RECIPIENTS
    if not is_list or not all(isinstance(text, str) and len(text) <= _LONGEST_ADDRESS for text in given):
        raise Invalid.at("recipients", f"a list of at most {_MOST_RECIPIENTS} addresses, as texts")
    return tuple(dict.fromkeys(text.strip() for text in given if text.strip()))


def _id(message: bytes) -> str:
    """The same for each copy of a message: its headers grow with every server that passes it on, its Message-ID and its
    body stay. One without a Message-ID is its bytes."""
    unix = message.replace(b"\r\n", b"\n")
    head, _, body = unix.partition(b"\n\n")
    named = _ID.search(head)
    name, content = (named[1].decode("latin-1"), body.rstrip()) if named else ("", unix)
    return derived_id(name, hashlib.sha256(content).hexdigest())
