"""Verifies tokens: users' Firebase ID tokens, and the OIDC tokens with which the platform calls.

Whoever needs it imports it late: it brings cryptography, which a public route does without.
"""

import time
from functools import cache
from http.client import HTTPException
from typing import Any

import jwt

from shared import settings
from shared.errors import Forbidden, Unauthenticated, Unavailable

CLOCK_SKEW = 60  # seconds
BAD = "The ID token is not valid for this project; sign in again."
_GOOGLE = ["https://accounts.google.com", "accounts.google.com"]  # both are in use


def of_user(token: str) -> dict[str, Any]:
    """Verify a Firebase ID token and return its claims: RS256 with Google's keys; unsigned on the local stack alone.

    Raises Unauthenticated. Protocol: https://firebase.google.com/docs/auth/admin/verify-id-tokens
    """
    config = settings.current()
    expected: dict[str, Any] = {
        "audience": config.project,
        "issuer": f"https://securetoken.google.com/{config.project}",
        "leeway": CLOCK_SKEW,
        "options": {"require": ["exp", "iat", "aud", "iss", "sub"]},
    }
    try:
        if config.local and jwt.get_unverified_header(token).get("alg") == "none":
            return _unsigned(token, expected)
        key = _signing_key(config.token_keys_url, token)
        claims: dict[str, Any] = jwt.decode(token, key, algorithms=["RS256"], **expected)
    except jwt.PyJWTError as error:
        raise Unauthenticated(BAD) from error
    return claims


def of_platform(token: str) -> dict[str, Any]:
    """Verify that Google made a token, for whomever and in whose name ever, and return its claims. Raises Forbidden.

    Claims: https://developers.google.com/identity/openid-connect/openid-connect#an-id-tokens-payload
    """
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            _signing_key(settings.current().caller_keys_url, token),
            algorithms=["RS256"],
            issuer=_GOOGLE,
            leeway=CLOCK_SKEW,
            options={"require": ["aud", "iss", "exp", "iat", "email", "email_verified"], "verify_aud": False},
        )
    except jwt.PyJWTError as error:
        raise Forbidden("Only the platform may call this function.") from error
    return claims


def _unsigned(token: str, expected: dict[str, Any]) -> dict[str, Any]:
    """Verify the claims of the Auth emulator's unsigned token."""
    options = expected["options"] | {"verify_signature": False}
    claims: dict[str, Any] = jwt.decode(token, options=options)
    now = time.time()
    valid = (
        claims.get("aud") == expected["audience"]
        and claims.get("iss") == expected["issuer"]
        and float(claims["exp"]) > now - CLOCK_SKEW
        and float(claims["iat"]) < now + CLOCK_SKEW
    )
    if not valid:
        raise jwt.InvalidTokenError("claims")
    return claims


@cache
def _key_client(url: str) -> jwt.PyJWKClient:
    return jwt.PyJWKClient(url, cache_keys=True, lifespan=3600, timeout=5)


def _signing_key(url: str, token: str) -> Any:
    """The key that a token names. Raises PyJWTError for a token that names none, Unavailable without the keys."""
    header = jwt.get_unverified_header(token)
    if header.get("alg") != "RS256" or not header.get("kid"):
        raise jwt.InvalidTokenError("not signed with one of Google's keys")
    try:
        return _key_client(url).get_signing_key(header["kid"]).key
    except (jwt.PyJWKClientConnectionError, jwt.PyJWKSetError, OSError, HTTPException, ValueError) as error:
        raise Unavailable("The keys that tokens are checked with cannot be fetched; try again.") from error
