"""The cause that our calls to an address carry: which execution calls, and how deep its chain of automations is.

A JWT (HS256) under a key that only the server has, in one header. Whoever relays the header keeps the chain going;
nobody else can make one. A call without a valid one comes from the outside world.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import jwt
from pydantic import ValidationError

from shared import settings
from shared.kit.ids import derived_id
from shared.kit.schema import Cause

HEADER = "automation-cause"
_PURPOSE = "automation-cause"  # the token's audience: one of another purpose is none of these


@dataclass(frozen=True)
class Caller:
    """An execution that calls. `cause` is None where it is another user's: its depth counts all the same."""

    depth: int
    cause: Cause | None


def signed(uid: str, cause: Cause) -> dict[str, str]:
    """The header of a call that an execution of the user makes. The receiver does not learn the user's id."""
    claims = {**cause.model_dump(), "sub": _subject(uid), "aud": _PURPOSE}
    return {HEADER: jwt.encode(claims, _key(), algorithm="HS256")}


def caller(uid: str, headers: Mapping[str, str]) -> Caller | None:
    """Who calls an address of the user; None for the outside world. `headers` have names in lower case."""
    token = headers.get(HEADER)
    if token is None:
        return None
    try:
        claims = jwt.decode(token, _key(), algorithms=["HS256"], audience=_PURPOSE, options={"require": ["sub"]})
        cause = Cause.model_validate(claims)
    except (jwt.PyJWTError, ValidationError):
        return None
    return Caller(cause.depth, cause if claims["sub"] == _subject(uid) else None)


def _subject(uid: str) -> str:
    return derived_id("cause", uid)


def _key() -> bytes:
    return hashlib.sha256(b"automation-cause:" + settings.current().server_key.encode()).digest()
