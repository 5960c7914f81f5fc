"""Messages that came in at Resend: its API, and the place where it keeps the whole of each."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest

from shared.errors import AppError, Misconfigured, ProviderError, TooManyRequests, Unavailable
from shared.providers.mail.hooks import InboundMail
from shared.providers.mail.hooks.base import MAX_MESSAGE
from shared.settings import Settings
from tests.providers.fake import Provider, Reply, answer, cut_off
from tests.providers.mail.hooks.conftest import receive, signed

ID = "56761188-7520-42d8-8898-ff6fc54ce618"
RAW = b"Message-ID: <1@acme.example>\r\nSubject: caf\xe9\r\n\r\nYes!\r\n"
STATED: dict[str, Any] = {
    "object": "email",
    "id": ID,
    "to": ["reply+x@us.example"],
    "from": "Ann Lee <ann@acme.example>",
    "created_at": "2026-06-01T11:50:00Z",
    "subject": "Re: Grüße",
    "html": "<p>Yes!</p>",
    "text": "Yes!\n> Hello",
    "headers": {"in-reply-to": "<m.1@us.example>", "auto-submitted": "auto-replied", "content-type": "text/html"},
    "bcc": [],
    "cc": ["bo@acme.example"],
    "reply_to": [],
    "message_id": "<1@acme.example>",
    "attachments": [{"filename": "plan\r\n.pdf", "content_type": "application/pdf"}],
}

pytestmark = pytest.mark.usefixtures("config", "time")


class Inbound:
    """Resend's API, and its store of messages, which redirects once as a CDN may."""

    def __init__(self, config: Callable[..., Settings]) -> None:
        self.api: Callable[[], Reply] = lambda: answer({**STATED, "raw": {"download_url": f"{self.root}/raw?sig=1"}})
        self.raw: Callable[[], Reply] = lambda: Reply(302, b"", {"Location": "/cdn?sig=1"})
        self.server = Provider(lambda n: self._reply())
        self.root = self.server.url.removesuffix("/v1")
        config(resend_api_key="re_1", resend_base_url=self.server.url)

    def _reply(self) -> Reply:
        path = self.server.requests[-1]["path"]
        if path == "/cdn":
            return Reply(body=RAW)
        return self.raw() if path == "/raw" else self.api()


@pytest.fixture
def inbound(config: Callable[..., Settings]) -> Iterator[Inbound]:
    made = Inbound(config)
    with made.server:
        yield made


def _received(**more: Any) -> InboundMail:
    data = {"email_id": ID, "to": ["Jo <reply+x@us.example>"], "cc": ["bo@acme.example", 7], "subject": "s"} | more
    body = json.dumps({"type": "email.received", "created_at": "2026-06-01T11:50:00Z", "data": data}).encode()
    [mail] = receive("resend", body, signed(body))
    assert isinstance(mail, InboundMail)
    return mail


def test_the_whole_message_is_fetched(inbound: Inbound) -> None:
    mail = _received(received_for=["reply+x@us.example"])
    assert mail == InboundMail(
        f"resend:{ID}", RAW, ("reply+x@us.example", "Jo <reply+x@us.example>", "bo@acme.example")
    )
    asked, kept, moved = inbound.server.requests
    assert (asked["method"], asked["path"], asked["query"]) == (
        "GET",
        f"/v1/emails/receiving/{ID}",
        {"html_format": "cid"},
    )
    assert asked["headers"]["authorization"] == "Bearer re_1"
    assert [(request["path"], request["headers"].get("authorization")) for request in (kept, moved)] == [
        ("/raw", None),
        ("/cdn", None),
    ]


@pytest.mark.parametrize("raw", [RAW.decode("latin-1"), b64encode(RAW).decode()])
def test_a_message_within_the_event_is_not_fetched(inbound: Inbound, raw: str) -> None:
    assert _received(raw=raw).raw in (RAW, RAW.decode("latin-1").encode())
    assert inbound.server.requests == []


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(500), Unavailable),
        (Reply(429, b"{}", {"Retry-After": "7"}), TooManyRequests),
        (cut_off(), Unavailable),
        (Reply(401), ProviderError),
        (Reply(404), ProviderError),
        (Reply(body=b"[]"), Unavailable),
    ],
)
def test_without_the_api_the_event_has_to_come_again(inbound: Inbound, reply: Reply, error: type[AppError]) -> None:
    inbound.api = lambda: reply
    with pytest.raises(AppError) as raised:
        _received()
    assert isinstance(raised.value, error)
    assert raised.value.status >= 429


@pytest.mark.parametrize("reply", [Reply(503), Reply(429), cut_off()])
def test_where_the_store_may_answer_later_the_event_has_to_come_again(inbound: Inbound, reply: Reply) -> None:
    inbound.raw = lambda: reply
    with pytest.raises(AppError) as raised:
        _received()
    assert raised.value.retriable


def test_without_a_key_somebody_has_to_mend_it(config: Callable[..., Settings]) -> None:
    with pytest.raises(Misconfigured, match="RESEND_API_KEY"):
        _received()


def _parts(raw: bytes) -> tuple[Any, str, str]:
    message = message_from_bytes(raw, policy=policy.default)
    body = message.get_body(("plain",))
    notes = [part.get_content() for part in message.iter_attachments()]
    return message, body.get_content() if body else "", "".join(notes)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(404),
        Reply(403),
        Reply(302, b"", {"Location": "http://169.254.169.254/computeMetadata/v1/"}),
        Reply(302, b"", {"Location": "/raw"}),
        Reply(parts=(b"x" * 2**20 for _ in range(MAX_MESSAGE // 2**20 + 1))),
    ],
)
def test_what_cannot_be_had_whole_is_taken_without_its_attachments(inbound: Inbound, reply: Reply) -> None:
    inbound.raw = lambda: reply
    message, text, note = _parts(_received().raw)
    assert message["In-Reply-To"] == "<m.1@us.example>"
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["From"] == "Ann Lee <ann@acme.example>"
    assert (message["To"], message["Cc"]) == ("reply+x@us.example", "bo@acme.example")
    assert (message["Subject"], message["Message-ID"]) == ("Re: Grüße", "<1@acme.example>")
    assert message.get_content_type() == "multipart/mixed"
    assert text == "Yes!\r\n> Hello\r\n"
    assert note == "Attachments that were not taken over:\r\nplan .pdf (application/pdf)\r\n"
    assert [part.get_content_type() for part in message.walk()][2:4] == ["text/plain", "text/html"]


@pytest.mark.parametrize(
    "url",
    ["http://169.254.169.254/x", "file:///etc/passwd", "http://10.0.0.1/", "ftp://acme.example/x", 7, None],
)
def test_no_address_within_is_asked(inbound: Inbound, url: object) -> None:
    inbound.api = lambda: answer({**STATED, "raw": {"download_url": url}})
    assert _parts(_received().raw)[0]["Message-ID"] == "<1@acme.example>"
    assert len(inbound.server.requests) == 1


@pytest.mark.parametrize(
    "stated",
    [
        {},
        {"raw": None, "headers": None, "text": None, "html": None, "attachments": None},
        {"headers": {"": "x", "x y": "1", "a:b": "2", "ü": "3", "x" * 100: "4", "ok": ["1", "2", 3]}, "text": 7},
        {"headers": {"subject": "s\r\nBcc: x@y.example", "x": "\ud800"}, "text": "\ud800\r\n.\r\n", "html": "\0"},
        {"headers": [["a", "b"]], "to": "ann@acme.example", "from": 7, "attachments": [7, {}, {"filename": 1}]},
    ],
)
def test_whatever_the_api_states_becomes_a_message(inbound: Inbound, stated: dict[str, Any]) -> None:
    inbound.api = lambda: answer(stated)
    message = message_from_bytes(_received().raw, policy=policy.compat32)
    assert message["MIME-Version"] == "1.0"
    assert message["Bcc"] is None
    assert len(message.get_all("Subject") or []) <= 1
