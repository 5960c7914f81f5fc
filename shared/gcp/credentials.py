"""What Google's APIs know this deployment by: the service account's access tokens."""

import threading
from functools import cache
from typing import Any

import grpc

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


def of_channels() -> grpc.ChannelCredentials:
    """What channels to Google are opened with: TLS, and with each call the service account's access token."""
    from google.auth.transport.grpc import AuthMetadataPlugin
    from google.auth.transport.requests import Request

    of_calls = grpc.metadata_call_credentials(AuthMetadataPlugin(_credentials(), Request()))  # type: ignore[no-untyped-call]
    return grpc.composite_channel_credentials(grpc.ssl_channel_credentials(), of_calls)


@cache
def _credentials() -> Any:
    import google.auth

    return google.auth.default(scopes=[_SCOPE])[0]
