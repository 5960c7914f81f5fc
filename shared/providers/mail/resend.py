"""Sends mail by Resend's HTTP API, which drops repetitions under an Idempotency-Key for 24 hours."""

from datetime import datetime, timedelta
from typing import Any

import httpx

from shared.errors import AppError, ProviderError, TooManyRequests, Unavailable, Untraceable
from shared.kit import clock
from shared.kit.whitespace import one_line
from shared.providers import retry_after
from shared.providers.calls.transport import authorities
from shared.providers.mail.base import Mail, Sent
from shared.providers.mail.message import header_text, list_headers, mailbox
from shared.settings import Settings

_KEY_LIFETIME = timedelta(hours=23)  # an hour below Resend's: clocks differ, and a request takes time
_QUOTA_SECONDS = 3_600.0


def by_settings(config: Settings) -> "Resend":
    """The provider that the settings name; `mail_from` has a value."""
    return Resend(
        config.resend_base_url,
        config.resend_api_key or "",
        config.mail_from or "",
        config.mail_from_name,
        timeout=config.mail_seconds,
    )


class Resend:
    name = "resend"

    def __init__(self, base_url: str, key: str, sender: str, sender_name: str, *, timeout: float) -> None:
        self._url = base_url.rstrip("/") + "/emails"
        self._key = key
        self._sender = str(mailbox(sender_name, sender))
        self._timeout = timeout

    def send(self, mail: Mail) -> Sent:
        """Send a message: one request. A retry is safe, since the key drops a repetition."""
        if _forgotten(mail.since):
            raise Untraceable("it was first tried a day ago; Resend no longer knows whether it left.")
        headers = {"authorization": f"Bearer {self._key}", "idempotency-key": mail.key}
        try:
            response = httpx.post(
                self._url, json=self._request(mail), headers=headers, timeout=self._timeout, verify=authorities()
            )
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise ProviderError("RESEND_BASE_URL is no address of an API; leave it out for Resend's own.") from error
        except httpx.HTTPError as error:
            raise Unavailable("Resend did not answer in time; it is asked again under the same key.") from error
        body = _json(response)
        if not response.is_success:
            raise _refusal(response, str(body.get("name") or ""), str(body.get("message") or ""))
        id = body.get("id")
        if not isinstance(id, str) or not id:
            raise Unavailable("Resend's answer was cut off; it is asked again under the same key.")
        return Sent(self.name, id)

    def find(self, key: str, *, since: datetime | None = None) -> Sent | None:
        """None while Resend remembers the key, so that sending again does no harm; it has no look-up by key."""
        if since is None or _forgotten(since):
            raise Untraceable("Resend cannot be asked whether it left.")
        return None

    def _request(self, mail: Mail) -> dict[str, Any]:
        """The request's body. It must be the same for each attempt, or Resend refuses the key."""
        request: dict[str, Any] = {
            "from": self._sender,
            "to": [str(mailbox(mail.to_name, mail.to))],
            "subject": header_text(mail.subject),
            "text": mail.body,
        }
        listed = list_headers(mail)
        return request | ({"headers": listed} if listed else {})


def _forgotten(since: datetime | None) -> bool:
    return since is not None and clock.now() - since > _KEY_LIFETIME


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _refusal(response: httpx.Response, name: str, message: str) -> AppError:
    status, wait = response.status_code, retry_after.seconds(response.headers.get("retry-after"))
    if name == "monthly_quota_exceeded":
        return ProviderError("Resend's monthly quota is used up; raise it, or wait for the next month.")
    if name == "daily_quota_exceeded":
        return TooManyRequests("Resend's daily quota is used up.", retry_after=wait or _QUOTA_SECONDS)
    if status == 429:
        return TooManyRequests("Resend's rate limit is reached.", retry_after=wait)
    if name == "invalid_idempotent_request":
        return Untraceable("Resend took an earlier attempt at this message, with another text.")
    if status >= 500 or status in (408, 409):
        return Unavailable("Resend is not available; it is asked again under the same key.", retry_after=wait)
    if status in (401, 403):
        return ProviderError("Resend refused; check RESEND_API_KEY, and that the domain of MAIL_FROM is verified.")
    if status in (400, 422):
        return ProviderError(f"Resend refused the message: {one_line(message)[:200] or f'HTTP {status}'}")
    return ProviderError(f"Resend refused the request (HTTP {status}); check RESEND_BASE_URL.")
