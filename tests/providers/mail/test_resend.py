"""The Resend adapter against a server that behaves, and misbehaves, as its documentation says."""

import json
from datetime import timedelta
from typing import Any

import pytest

from shared.errors import AppError, ProviderError, TooManyRequests, Unavailable, Undeliverable, Untraceable
from shared.kit import clock
from shared.providers.mail.base import Mail, Sent
from shared.providers.mail.resend import Resend
from tests.providers.fake import Provider, Reply

MAIL = Mail("key-1", "ann@acme.example", "Ann Lee", "Hello", "Hi Ann,\n\na word.\n")


def _send(provider: Provider, mail: Mail = MAIL, timeout: float = 5) -> Sent:
    return Resend(provider.url, "re_1", "jo@us.example", "Jo, of us", timeout=timeout).send(mail)


def _refused(status: int, name: str, message: str = "m", **headers: str) -> Reply:
    body = {"statusCode": status, "name": name, "message": message}
    return Reply(status, json.dumps(body).encode(), {k.replace("_", "-"): v for k, v in headers.items()})


class Resends:
    """The API as documented: per key one message, and the same answer to each repetition."""

    def __init__(self) -> None:
        self.sent: dict[str, dict[str, Any]] = {}
        self.provider = Provider(self._reply)

    def _reply(self, number: int) -> Reply:
        request = self.provider.requests[-1]
        key = {name.lower(): value for name, value in request["headers"].items()}["idempotency-key"]
        if self.sent.setdefault(key, request["body"]) != request["body"]:
            return _refused(409, "invalid_idempotent_request")
        return Reply(body=json.dumps({"id": f"id-{key}"}).encode(), seconds=0.6 if number == 1 else 0)


def test_a_message_leaves() -> None:
    with Provider(lambda n: Reply(body=b'{"id": "49a3999c"}')) as provider:
        sent = _send(provider, Mail(**{**vars(MAIL), "unsubscribe_url": "https://us.example/u/1"}))
    assert sent == Sent("resend", "49a3999c")
    [request] = provider.requests
    assert request["path"] == "/v1/emails"
    assert request["headers"]["authorization"] == "Bearer re_1"
    assert request["headers"]["idempotency-key"] == "key-1"
    assert request["body"] == {
        "from": '"Jo, of us" <jo@us.example>',
        "to": ["Ann Lee <ann@acme.example>"],
        "subject": "Hello",
        "text": "Hi Ann,\n\na word.\n",
        "headers": {
            "List-Unsubscribe": "<https://us.example/u/1>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    }


def test_after_a_timeout_the_same_key_sends_nothing_twice() -> None:
    resends = Resends()
    with resends.provider as provider:
        with pytest.raises(Unavailable, match="under the same key"):
            _send(provider, timeout=0.3)
        assert Resend(provider.url, "re_1", "a@b.example", "", timeout=10).find("key-1", since=clock.now()) is None
        assert _send(provider) == _send(provider) == Sent("resend", "id-key-1")
        with pytest.raises(Untraceable, match="with another text"):
            _send(provider, Mail(**{**vars(MAIL), "body": "Another text."}))
    assert list(resends.sent) == ["key-1"]


def test_what_resend_no_longer_remembers_is_not_sent_again() -> None:
    long_ago = clock.now() - timedelta(hours=24)
    with Provider(lambda n: Reply(body=b'{"id": "1"}')) as provider:
        with pytest.raises(Untraceable, match="a day ago"):
            _send(provider, Mail(**{**vars(MAIL), "since": long_ago}))
        resend = Resend(provider.url, "re_1", "a@b.example", "", timeout=10)
        for since in (long_ago, None):
            with pytest.raises(Untraceable):
                resend.find("key-1", since=since)
    assert provider.requests == []


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (_refused(400, "validation_error", "Invalid `to` field."), ProviderError, "Invalid `to` field"),
        (_refused(400, "invalid_idempotency_key"), ProviderError, "refused the message"),
        (_refused(401, "missing_api_key"), ProviderError, "RESEND_API_KEY"),
        (_refused(401, "restricted_api_key"), ProviderError, "RESEND_API_KEY"),
        (_refused(403, "invalid_api_key"), ProviderError, "RESEND_API_KEY"),
        (_refused(403, "validation_error", "only to owner@private.example"), ProviderError, "MAIL_FROM is verified"),
        (_refused(404, "not_found"), ProviderError, "RESEND_BASE_URL"),
        (_refused(405, "method_not_allowed"), ProviderError, "RESEND_BASE_URL"),
        (_refused(409, "concurrent_idempotent_requests"), Unavailable, "not available"),
        (_refused(409, "invalid_idempotent_request"), Untraceable, "with another text"),
        (_refused(422, "missing_required_field", "Missing `to`."), ProviderError, "Missing `to`"),
        (_refused(422, "invalid_parameter", "a\r\nb" * 200), ProviderError, "a b"),
        (
            _refused(422, "validation_error", "Invalid `to` field. It needs to be Name <a@b>."),
            Undeliverable,
            "Invalid `to`",
        ),
        (_refused(422, "validation_error", "Invalid `from` field. Write to support."), ProviderError, "Invalid `from`"),
        (_refused(422, "validation_error", "Invalid `reply_to` field."), ProviderError, "reply_to"),
        (_refused(429, "rate_limit_exceeded", retry_after="7"), TooManyRequests, "rate limit"),
        (_refused(429, "rate_limit_exceeded"), TooManyRequests, "rate limit"),
        (_refused(429, "daily_quota_exceeded"), TooManyRequests, "daily quota"),
        (_refused(429, "monthly_quota_exceeded"), ProviderError, "monthly quota"),
        (_refused(500, "application_error"), Unavailable, "not available"),
        (_refused(500, "internal_server_error"), Unavailable, "not available"),
        (Reply(503, b"<html>", {"Retry-After": "7"}), Unavailable, "not available"),
        (Reply(307, b""), ProviderError, "RESEND_BASE_URL"),
        (Reply(200, b'{"id": "49a'), Unavailable, "cut off"),
        (Reply(200, b'{"id": 7}'), Unavailable, "cut off"),
        (Reply(200, b"[]"), Unavailable, "cut off"),
        (Reply(200, b'{"id"', {"Content-Length": "90"}), Unavailable, "in time"),
        (Reply(seconds=4.0), Unavailable, "in time"),
    ],
)
def test_failures_say_what_to_do_and_whether_to_retry(reply: Reply, error: type[AppError], words: str) -> None:
    with Provider(lambda n: reply) as provider, pytest.raises(error, match=words) as raised:
        _send(provider, timeout=2)
    assert type(raised.value) is error
    assert len(raised.value.detail) < 300
    assert "private" not in raised.value.detail
    waits = 3600 if b"daily" in reply.body else 7 if "7" in reply.headers.values() else None
    assert raised.value.retry_after == waits
    assert len(provider.requests) == 1


def test_nothing_is_smuggled_into_a_header() -> None:
    with Provider(lambda n: Reply(body=b'{"id": "1"}')) as provider:
        _send(provider, Mail("k", "ann@acme.example", 'A"\r\nBcc: all@acme.example', "Hi\r\nBcc: x@y.example", "b"))
        for address in ("ann", "ann@", "a@b.example, c@d.example", "a@b.example\r\nBcc: c@d.example", "änn@b.example"):
            with pytest.raises(ProviderError, match="is no mail address"):
                _send(provider, Mail("k", address, "", "s", "b"))
    [request] = provider.requests
    assert request["body"]["to"] == ['"A\\" Bcc: all@acme.example" <ann@acme.example>']
    assert request["body"]["subject"] == "Hi Bcc: x@y.example"


@pytest.mark.parametrize("url", ["nonsense", "ftp://x.example", "http://x:y"])
def test_a_wrong_base_url(url: str) -> None:
    with pytest.raises(ProviderError, match="RESEND_BASE_URL"):
        Resend(url, "re_1", "a@b.example", "", timeout=1).send(MAIL)
