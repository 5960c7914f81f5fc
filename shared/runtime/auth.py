"""Authenticates callers: users by Firebase ID token, the platform by OIDC token or the local secret."""

import hashlib
import hmac
import re
import time
from datetime import UTC, datetime, timedelta
from functools import cache
from http.client import HTTPException
from typing import Any

import jwt
from flask import Request

from shared import settings
from shared.context import Principal, SignedIn
from shared.errors import Forbidden, Unauthenticated, Unavailable
from shared.kit.ids import is_valid_id
from shared.kit.remembered import Remembered
from shared.runtime import cors
from shared.runtime.incoming import Incoming

DEVELOPMENT_UID = "dev-user"
_CLOCK_SKEW = 60  # seconds
_GOOGLE = ["https://accounts.google.com", "accounts.google.com"]  # both are in use
_HOST = re.compile(r"(\d+\.[a-z]+-[a-z]+\d+|[a-z0-9]{10}-[a-z0-9]{2,5}\.a)\.run\.app")  # behind the function's name
_OPERATOR = "operator"  # a custom claim, which only the Admin SDK can set
_BAD_TOKEN = "The ID token is not valid for this project; sign in again."
_LONGEST = 24 * 3600  # seconds: an ID token lasts one hour
_verified: Remembered[SignedIn] = Remembered(timedelta(seconds=60), 5_000)  # by a hash of the token: some 3 MB


def signed_in(request: Incoming) -> SignedIn:
    """Authenticate the user of a request. Raises Unauthenticated.

    The local stack takes a request without a token as the development user's, who is an operator, and raises Forbidden
    for a write by another site's page.
    """
    header = request.headers.get("Authorization", "")
    if is_development(request):
        cors.refuse_foreign_write(request)
        return SignedIn(Principal(DEVELOPMENT_UID, operator=True))
    if not header:
        raise Unauthenticated("Send an ID token: Authorization: Bearer <token>.")
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Send the ID token as: Authorization: Bearer <token>.")
    return of_token(token.strip())


def of_token(token: str) -> SignedIn:
    """The user whom an ID token names, as it was verified just now or within a minute. Raises Unauthenticated."""
    config = settings.current()
    key = hashlib.sha256(f"{config.local} {config.project} {config.token_keys_url} {token}".encode()).hexdigest()
    user = _verified.standing(key)
    if user is None or user.until is None or user.until.timestamp() < time.time():
        user = _verify(token)
        _verified.keep(key, user)
    return user


def _verify(token: str) -> SignedIn:
    claims = _claims(token)
    uid = claims.get("sub")
    if not isinstance(uid, str) or not is_valid_id(uid):
        raise Unauthenticated(_BAD_TOKEN)
    until = min(float(claims["exp"]), time.time() + _LONGEST) + _CLOCK_SKEW
    issued_at = min(max(0.0, float(claims["iat"])), until)
    user = Principal(uid, operator=claims.get(_OPERATOR) is True)
    return SignedIn(user, datetime.fromtimestamp(until, UTC), datetime.fromtimestamp(issued_at, UTC))


def check_operator(principal: Principal, *, required: bool) -> None:
    """Raise Forbidden where a route is for operators and the caller is none."""
    if required and not principal.operator:
        raise Forbidden(f"Only operators may do this: accounts whose ID token has the custom claim {_OPERATOR}: true.")


def is_development(request: Incoming) -> bool:
    """Whether the request is the development user's: without a token, on the local stack."""
    return settings.current().local and not request.headers.get("Authorization", "")


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
    """The key that a token names. Raises PyJWTError for a token that names none, Unavailable without the keys."""
    header = jwt.get_unverified_header(token)
    if header.get("alg") != "RS256" or not header.get("kid"):
        raise jwt.InvalidTokenError("not signed with one of Google's keys")
    try:
        return _key_client(url).get_signing_key(header["kid"]).key
    except (jwt.PyJWKClientConnectionError, jwt.PyJWKSetError, OSError, HTTPException, ValueError) as error:
        raise Unavailable("The keys that tokens are checked with cannot be fetched; try again.") from error


def require_caller() -> None:
    """End a deployed function that is not public and does not know who may call it."""
    settings.require("the platform alone may call it, in that account's name", "caller_service_account")


def check_caller(request: Request, function: str) -> None:
    """Raise Forbidden unless the platform calls the function: Eventarc, Pub/Sub, Cloud Tasks or Cloud Scheduler.

    IAM checks the same in production; this holds even if someone makes the function public. Raises Unavailable where
    that cannot be checked for now.
    """
    config = settings.current()
    if config.local_caller_secret:
        secret = request.headers.get("x-caller-secret") or request.args.get("secret", "")
        if hmac.compare_digest(secret.encode(), config.local_caller_secret.encode()):
            return
        raise Forbidden("Only the local stack may call this function.")
    if config.functions_emulator and config.local and not config.deployed:
        return  # Firebase's emulator signs nothing, and listens to this machine alone
    _, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        _check_platform(token, function)
    except jwt.PyJWTError as error:
        raise Forbidden("Only the platform may call this function.") from error


def _check_platform(token: str, function: str) -> None:
    """Raise PyJWTError unless the token was made by Google, for this function, in the name of its caller.

    Claims: https://developers.google.com/identity/openid-connect/openid-connect#an-id-tokens-payload
    """
    config = settings.current()
    claims = jwt.decode(
        token,
        _signing_key(config.caller_keys_url, token),
        algorithms=["RS256"],
        issuer=_GOOGLE,
        leeway=_CLOCK_SKEW,
        options={"require": ["aud", "iss", "exp", "iat", "email", "email_verified"], "verify_aud": False},
    )
    if not _is_own(claims["aud"], function):
        raise jwt.InvalidAudienceError("for somebody else")
    if claims["email"] != config.caller_service_account or claims["email_verified"] is not True:
        raise jwt.InvalidTokenError("of somebody else")


def _is_own(audience: Any, function: str) -> bool:
    """Whether an audience is one of the function's URLs, or a configured one.

    Google Cloud gives a function three: below the region's host, which FUNCTIONS_URL names, and two hosts of its own,
    with the project's number or with a hash that nobody knows before it is deployed.
    """
    if not isinstance(audience, str):
        return False
    config = settings.current()
    named = audience.partition("?")[0].rstrip("/")
    own = [part.strip().rstrip("/") for part in config.caller_audiences.split(",") if part.strip()]
    if config.functions_url:
        own.append(config.function_url(function))
    host = f"https://{settings.deployed_name(function)}-"
    return named in own or (named.startswith(host) and _HOST.fullmatch(named.removeprefix(host)) is not None)
