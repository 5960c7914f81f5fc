"""Checks who calls: by a signature of Standard Webhooks, or by a bearer token.

The library that signs our own webhooks checks text with one secret by the system's clock. Here bodies are bytes,
secrets are replaced while both are in use, and the time is the process's.
"""

import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping

from shared.errors import Unauthenticated
from shared.kit import clock

_TOLERANCE = 300  # seconds, as Standard Webhooks recommends
_MOST_SIGNATURES = 16
_FAMILIES = ("svix", "webhook")  # the same scheme under its first name, which Resend uses


def verify(secrets: str, raw: bytes, headers: Mapping[str, str]) -> str:
    """The id of a delivery that one of the secrets, separated by commas, has signed. Raises Unauthenticated.

    `headers` by names in lower case. Every secret is tried on every signature, so that the time tells nothing.
    """
    for family in _FAMILIES:
        id, at, signatures = (headers.get(f"{family}-{part}", "") for part in ("id", "timestamp", "signature"))
        if id and at and signatures:
            break
    else:
        raise _refused("is missing")
    if not re.fullmatch(r"[!-~]{1,256}", id):
        raise _refused("has no valid id")
    if not re.fullmatch(r"\d{1,12}", at) or abs(clock.now().timestamp() - int(at)) > _TOLERANCE:
        raise _refused("is too old, or of the future")
    expected = [_signature(secret, f"{id}.{at}.".encode(), raw) for secret in secrets.split(",")]
    theirs = [part.removeprefix("v1,") for part in signatures.split()[:_MOST_SIGNATURES] if part.startswith("v1,")]
    if not any([hmac.compare_digest(ours, their.encode()) for ours in expected for their in theirs]):
        raise _refused("is wrong")
    return id


def is_bearer(secrets: str, headers: Mapping[str, str]) -> bool:
    """Whether the call carries one of the secrets as `Authorization: Bearer …`."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    given = token.strip().encode()
    matches = [hmac.compare_digest(secret.encode(), given) for secret in secrets.split(",")]
    return scheme.lower() == "bearer" and any(matches)


def _signature(secret: str, prefix: bytes, raw: bytes) -> bytes:
    """The signature in base64; a large message is not copied for it."""
    is_encoded = secret.startswith("whsec_")
    key = b64decode(secret.removeprefix("whsec_") + "==") if is_encoded else secret.encode()  # it may be unpadded
    made = hmac.new(key, prefix, hashlib.sha256)
    made.update(raw)
    return b64encode(made.digest())


def _refused(how: str) -> Unauthenticated:
    return Unauthenticated(
        f"The call's signature {how}: send webhook-id, webhook-timestamp (at most five minutes old) and"
        " webhook-signature, made with the hook's secret as Standard Webhooks says."
    )
