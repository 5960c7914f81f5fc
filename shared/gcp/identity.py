"""Looks users up where they sign in, at Google's Identity Toolkit: whether their ID tokens are still good.

Protocol: https://cloud.google.com/identity-platform/docs/reference/rest/v1/projects.accounts/lookup
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from shared import settings
from shared.errors import AppError, ProviderError, Unavailable
from shared.gcp import credentials

_GOOGLE = "https://identitytoolkit.googleapis.com"
_SECONDS = 5.0
_FAULTS = {401, 403, 404}  # of the deployment: a role, the API or the project is missing


@dataclass(frozen=True)
class Standing:
    """How a user stands there. `exists`: with an account that is not disabled."""

    exists: bool
    valid_since: datetime | None = None  # ID tokens that were issued before were revoked
    email: str | None = None  # that the user was shown to have

    def covers(self, issued_at: datetime | None) -> bool:
        """Whether an ID token that was issued then is still good; the development user has none, which always is."""
        return issued_at is None or (self.exists and not (self.valid_since and issued_at < self.valid_since))


def look_up(uid: str) -> Standing | None:
    """How a user stands: one request. None on the local stack, whose users stand nowhere, unless a server is set.

    Raises Unavailable where there is no answer, ProviderError for one that is a refusal or makes no sense.
    """
    config = settings.current()
    base = config.identity_base_url or (None if config.local else _GOOGLE)
    if base is None:
        return None
    status, text = _asked(f"{base.rstrip('/')}/v1/projects/{config.project}/accounts:lookup", {"localId": [uid]})
    if status != 200:
        raise _refusal(status)
    return _standing(text, uid)


def _asked(url: str, body: dict[str, Any]) -> tuple[int, bytes]:
    from google.auth.exceptions import TransportError

    # What stands in for Google on the local stack gets no token of a true account: "owner" is the Auth emulator's.
    token = "owner" if settings.current().local else credentials.access_token()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        answer = _transport()(url, "POST", json.dumps(body).encode(), headers, timeout=_SECONDS, allow_redirects=False)
    except TransportError as error:
        raise Unavailable("Google's Identity Toolkit cannot be reached; try again.") from error
    return answer.status, answer.data


@cache
def _transport() -> Any:
    from google.auth.transport.requests import Request

    transport = Request()
    transport.session.trust_env = False  # neither a proxy nor a .netrc of the environment
    return transport


def _refusal(status: int) -> AppError:
    if status in _FAULTS:
        return ProviderError(
            f"Google's Identity Toolkit refused to look a user up ({status}); enable its API, and give the function's "
            "account the role Firebase Authentication Viewer."
        )
    return Unavailable(f"Google's Identity Toolkit answered {status}; try again.")


def _standing(text: bytes, uid: str) -> Standing:
    """What an answer says; without `users`, there is none of that id."""
    try:
        users = json.loads(text).get("users", [])
        [user] = [user for user in users if user["localId"] == uid] or [None]
        if user is None:
            return Standing(exists=False)
        since = int(user.get("validSince", 0))  # seconds, as text
        email = str(user["email"]) if user.get("emailVerified") is True and user.get("email") else None
        return Standing(user.get("disabled") is not True, datetime.fromtimestamp(since, UTC) if since else None, email)
    except (AttributeError, KeyError, OSError, OverflowError, TypeError, ValueError) as error:
        raise ProviderError("Google's Identity Toolkit answered what is no list of users.") from error
