"""Signs and reads the cause in our webhook calls: the calling execution, and the depth of its chain of automations.

A header holds a JWT (HS256) under a key that only the server has: a receiver that relays the header continues the
chain, and nobody else can forge one. A call without a valid token comes from outside.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from shared import settings
from shared.kit.ids import derived_id
from shared.kit.schema import Cause

HEADER = "automation-cause"
_PURPOSE = "automation-cause"  # the token's audience


@dataclass(frozen=True)
class Caller:
    """A calling execution. `cause` is None for another user's execution, whose depth counts all the same."""

    depth: int
    cause: Cause | None


def signed(uid: str, cause: Cause) -> dict[str, str]:
    """The header for a call by the user's execution; it does not reveal the user's id."""
    import jwt

    claims = {**cause.model_dump(), "sub": _subject(uid), "aud": _PURPOSE}
    return {HEADER: jwt.encode(claims, _keys()[0], algorithm="HS256")}


def caller(uid: str, headers: Mapping[str, str]) -> Caller | None:
    """The execution that calls the user's webhook; None for an outside caller. `headers` have lower-case names."""
    token = headers.get(HEADER)
    if token is None:
        return None
    import jwt

    for key in _keys():
        try:
            claims = jwt.decode(token, key, algorithms=["HS256"], audience=_PURPOSE, options={"require": ["sub"]})
            cause = Cause.model_validate(claims)
        except (jwt.PyJWTError, ValidationError):
            continue
        return Caller(cause.depth, cause if claims["sub"] == _subject(uid) else None)
    return None


def _subject(uid: str) -> str:
    return derived_id("cause", uid)


def _keys() -> list[bytes]:
    """A key for this purpose alone from each signing key; the newest signs, all verify."""
    return [hashlib.sha256(b"automation-cause:" + key.encode()).digest() for key in settings.current().server_keys]
