"""Authenticates callers: users by Firebase ID token, callers of workers by OIDC token or the local secret."""

import hmac
import time
from functools import cache
from typing import Any

import jwt
from flask import Request

from shared import settings
from shared.context import Principal
from shared.errors import Forbidden, Unauthenticated, Unavailable
from shared.kit.ids import is_valid_id
from shared.runtime import cors

DEVELOPMENT_UID = "dev-user"
_CLOCK_SKEW = 60  # seconds
_BAD_TOKEN = "The ID token is not valid for this project; sign in again."


def principal(request: Request) -> Principal:
    """Authenticate the user of a request. Raises Unauthenticated.

    The local stack takes a request without a token as the development user's, and raises Forbidden for a write by
    another site's page.
    """
    header = request.headers.get("Authorization", "")
    if is_development(request):
        cors.refuse_foreign_write(request)
        return Principal(DEVELOPMENT_UID)
    if not header:
        raise Unauthenticated("Send an ID token: Authorization: Bearer <token>.")
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Send the ID token as: Authorization: Bearer <token>.")
    uid = _claims(token.strip()).get("sub")
    if not isinstance(uid, str) or not is_valid_id(uid):
        raise Unauthenticated(_BAD_TOKEN)
    return Principal(uid)


def is_development(request: Request) -> bool:
    """Whether the request is the development user's: without a token, on the local stack."""
    return settings.current().local and not request.headers.get("Authorization")


def _claims(token: str) -> dict[str, Any]:
    """Verify a Firebase ID token and return its claims: RS256 with Google's keys; unsigned on the local stack alone.

    Protocol: https://firebase.google.com/docs/auth/admin/verify-id-tokens
    """
    config = settings.current()
    expected: dict[str, Any] = {
        "audience": config.project,
        "issuer": f"https://securetoken.google.com/{config.project}",
        "leeway": _CLOCK_SKEW,
        "options": {"require": ["exp", "iat", "aud", "iss", "sub"]},
    }
    try:
        if config.local and jwt.get_unverified_header(token).get("alg") == "none":
            return _unsigned(token, expected)
        key = _signing_key(config.token_keys_url, token)
        claims: dict[str, Any] = jwt.decode(token, key, algorithms=["RS256"], **expected)
    except jwt.PyJWKClientConnectionError as error:
        raise Unavailable("The keys that ID tokens are checked with cannot be fetched; try again.") from error
    except jwt.PyJWTError as error:
        raise Unauthenticated(_BAD_TOKEN) from error
    return claims


def _unsigned(token: str, expected: dict[str, Any]) -> dict[str, Any]:
    """Verify the claims of the Auth emulator's unsigned token."""
    options = expected["options"] | {"verify_signature": False}
    claims: dict[str, Any] = jwt.decode(token, options=options)
    now = time.time()
    valid = (
        claims.get("aud") == expected["audience"]
        and claims.get("iss") == expected["issuer"]
        and float(claims["exp"]) > now - _CLOCK_SKEW
        and float(claims["iat"]) < now + _CLOCK_SKEW
    )
    if not valid:
        raise jwt.InvalidTokenError("claims")
    return claims


@cache
def _key_client(url: str) -> jwt.PyJWKClient:
    return jwt.PyJWKClient(url, cache_keys=True, lifespan=3600, timeout=5)


def _signing_key(url: str, token: str) -> Any:
    return _key_client(url).get_signing_key_from_jwt(token).key


def check_caller(request: Request, function: str) -> None:
    """Raise Forbidden unless the caller is our Pub/Sub, Cloud Tasks or Cloud Scheduler.

    IAM checks the same in production; this holds even if someone makes the function public.
    """
    config = settings.current()
    if config.local_caller_secret:
        secret = request.headers.get("x-caller-secret") or request.args.get("secret", "")
        if hmac.compare_digest(secret.encode(), config.local_caller_secret.encode()):
            return
        raise Forbidden("Only the local stack may call this function.")
    _, _, token = request.headers.get("Authorization", "").partition(" ")
    if not config.caller_service_account or not token:
        raise Forbidden("Only the platform may call this function.")
    try:
        key = _signing_key(config.caller_keys_url, token)
        audience = f"{config.functions_url}/{function}/"
        claims = jwt.decode(token, key, algorithms=["RS256"], audience=audience, leeway=_CLOCK_SKEW)
    except jwt.PyJWTError as error:
        raise Forbidden("Only the platform may call this function.") from error
    if claims.get("email") != config.caller_service_account or not claims.get("email_verified"):
        raise Forbidden("Only the platform may call this function.")
