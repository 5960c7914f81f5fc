"""Authenticates callers: users by Firebase ID token, the platform by OIDC token or the local secret."""

import hashlib
import hmac
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Request

from shared import settings
from shared.context import Principal, SignedIn
from shared.errors import Forbidden, Unauthenticated
from shared.kit.ids import is_valid_id
from shared.kit.patterns import lazy_pattern
from shared.kit.remembered import Remembered
from shared.runtime import cors
from shared.runtime.incoming import Incoming

DEVELOPMENT_UID = "dev-user"
_HOST = lazy_pattern(r"(\d+\.[a-z]+-[a-z]+\d+|[a-z0-9]{10}-[a-z0-9]{2,5}\.a)\.run\.app")  # behind the function's name
_OPERATOR = "operator"  # a custom claim, which only the Admin SDK can set
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
    from shared.runtime import tokens

    claims = tokens.of_user(token)
    uid = claims.get("sub")
    if not isinstance(uid, str) or not is_valid_id(uid):
        raise Unauthenticated(tokens.BAD)
    until = min(float(claims["exp"]), time.time() + _LONGEST) + tokens.CLOCK_SKEW
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
    from shared.runtime import tokens

    claims = tokens.of_platform(request.headers.get("Authorization", "").partition(" ")[2])
    of_caller = claims["email"] == config.caller_service_account and claims["email_verified"] is True
    if not of_caller or not _is_own(claims["aud"], function):
        raise Forbidden("Only the platform may call this function.")


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
