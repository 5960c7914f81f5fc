"""Sends mail by Resend's HTTP API, which drops repetitions under an Idempotency-Key for 24 hours."""

from base64 import b64encode
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from shared.errors import AppError, ProviderError, TooManyRequests, Unavailable, Undeliverable, Untraceable
from shared.kit import clock
from shared.kit.patterns import lazy_pattern
from shared.kit.whitespace import one_line
from shared.providers import retry_after
from shared.providers.calls.transport import authorities
from shared.providers.mail import addresses
from shared.providers.mail.base import Mail, Sent
from shared.providers.mail.message import header_text, list_headers, mailbox, thread_headers
from shared.settings import Settings

if TYPE_CHECKING:
    import httpx

_KEY_LIFETIME = timedelta(hours=23)  # an hour below Resend's: clocks differ, and a request takes time
_QUOTA_SECONDS = 3_600.0
TAG = "message"  # of each message with a token; Resend's events repeat it
_OF_THE_ADDRESS = lazy_pattern(r"(?i)\binvalid [`'\"]?to\b[`'\"]? (?:field|address)")


def by_settings(config: Settings) -> "Resend":
    """The provider that the settings name; `mail_from` has a value."""
    return Resend(
        config.resend_base_url,
        config.resend_api_key or "",
        addresses.sender(config).recipient,
        config.mail_from_name,
        reply_domain=addresses.reply_domain(config),
        timeout=config.mail_seconds,
    )


class Resend:
    name = "resend"

    def __init__(
        self, base_url: str, key: str, sender: str, sender_name: str, *, timeout: float, reply_domain: str | None = None
    ) -> None:
        """With `reply_domain`, answers to a message with a token come back there."""
        self._url = base_url.rstrip("/") + "/emails"
        self._key = key
        self._sender, self._name = mailbox(sender_name, sender), sender_name
        self._reply_domain = reply_domain
        self._timeout = timeout

    def send(self, mail: Mail) -> Sent:
        """Send a message: one request. A retry is safe, since the key drops a repetition."""
        import httpx

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
            raise _refusal(response, str(body.get("name") or ""), str(body.get("message") or ""), mail.to)
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
            "from": str(self._sender),
            "to": [str(mailbox(mail.to_name, mail.to))],
            "subject": header_text(mail.subject),
            "text": mail.body,
        }
        if mail.attachments:
            request["attachments"] = [
                {"filename": file.name, "content": b64encode(file.content).decode(), "content_type": file.content_type}
                for file in mail.attachments
            ]
        headers = {**thread_headers(mail), **list_headers(mail)}
        if mail.token:
            headers["Message-ID"] = addresses.id_at(mail.token, self._sender.domain)
            request["tags"] = [{"name": TAG, "value": mail.token}]  # its events name the message by it
        if mail.token and self._reply_domain:
            request["reply_to"] = [str(mailbox(self._name, addresses.reply_at(mail.token, self._reply_domain)))]
        return request | ({"headers": headers} if headers else {})


def _forgotten(since: datetime | None) -> bool:
    return since is not None and clock.now() - since > _KEY_LIFETIME


def _json(response: "httpx.Response") -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _refusal(response: "httpx.Response", name: str, message: str, recipient: str) -> AppError:
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
        reason = one_line(message)
        detail = f"Resend refused the message: {reason[:200] or f'HTTP {status}'}"
        if status == 422 and _OF_THE_ADDRESS.search(reason):
            return Undeliverable(detail, recipient=recipient, answer="HTTP 422", reason=reason[:500])
        return ProviderError(detail)
    return ProviderError(f"Resend refused the request (HTTP {status}); check RESEND_BASE_URL.")
