"""Access tokens of the service account, for Google APIs that are called over HTTP."""

import threading
from functools import cache
from typing import Any

from shared.errors import ProviderError, Unavailable

_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_lock = threading.Lock()


def access_token() -> str:
    """The service account's access token, which google-auth refreshes before it expires.

    Raises ProviderError where there are no credentials, Unavailable where Google does not answer.
    """
    from google.auth.exceptions import DefaultCredentialsError, RefreshError, TransportError
    from google.auth.transport.requests import Request

    try:
        with _lock:
            credentials = _credentials()
            if not credentials.valid:
                credentials.refresh(Request())
            return str(credentials.token)
    except DefaultCredentialsError as error:
        raise ProviderError(
            "There are no Google credentials here; run on Google Cloud, or set GOOGLE_APPLICATION_CREDENTIALS."
        ) from error
    except RefreshError as error:
        raise ProviderError("Google refused the service account; check that it exists and is enabled.") from error
    except TransportError as error:
        raise Unavailable("Google's token service cannot be reached; try again.") from error


@cache
def _credentials() -> Any:
    import google.auth

    return google.auth.default(scopes=[_SCOPE])[0]
