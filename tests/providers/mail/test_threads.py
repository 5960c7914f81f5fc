"""Message-ID, thread and reply address: the same on every attempt, and what others wrote stays in its line."""

from collections.abc import Iterator
from email import message_from_bytes
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from infra.local.process import free_port
from shared import settings
from shared.kit.ids import derived_id
from shared.providers import mail
from shared.providers.mail.base import Mail, Sent
from shared.providers.mail.message import thread_headers
from shared.providers.mail.resend import Resend
from shared.providers.mail.smtp import Smtp
from shared.settings import Settings
from tests.providers.fake import Provider, Reply
from tests.providers.mail.hostile import TEXTS

TOKEN = derived_id("message")
MAIL = Mail(
    "key-1",
    "ann@acme.example",
    "Ann Lee",
    "Hello",
    "Hi Ann\n",
    token=TOKEN,
    in_reply_to="<2@acme.example>",
    references=("<1@us.example>", "<2@acme.example>"),
)


class Wire:
    """The envelopes that a mail server took."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.taken.append(envelope)
        return "250 taken"


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def port(wire: Wire) -> Iterator[int]:
    server = Controller(wire, hostname="127.0.0.1", port=free_port())
    server.start()
    yield server.port
    server.stop()
    settings.use(None)


def _by_smtp(port: int, sent: Mail, reply_domain: str | None = "re.us.example") -> Sent:
    server = Smtp(f"smtp://localhost:{port}", "jo@us.example", "Jo Poe", timeout=5, reply_domain=reply_domain)
    return server.send(sent)


def _by_resend(sent: Mail, reply_domain: str | None = "re.us.example") -> dict[str, Any]:
    with Provider(lambda n: Reply(body=b'{"id": "1"}')) as provider:
        Resend(provider.url, "re_1", "jo@us.example", "Jo Poe", timeout=5, reply_domain=reply_domain).send(sent)
    body: dict[str, Any] = provider.requests[0]["body"]
    return body


def test_every_attempt_by_smtp_names_the_message_alike(wire: Wire, port: int) -> None:
    sent = {_by_smtp(port, Mail(**{**vars(MAIL), "key": key})) for key in ("key-1", "key-2")}
    assert sent == {Sent("smtp", f"<m.{TOKEN}@us.example>")}
    for envelope in wire.taken:
        assert (envelope.mail_from, envelope.rcpt_tos) == (f"reply+{TOKEN}@re.us.example", ["ann@acme.example"])
        message = message_from_bytes(envelope.original_content or b"")
        assert message["From"] == "Jo Poe <jo@us.example>"
        assert message["Message-ID"] == f"<m.{TOKEN}@us.example>"
        assert message["Reply-To"] == f"Jo Poe <reply+{TOKEN}@re.us.example>"
        assert message["In-Reply-To"] == "<2@acme.example>"
        assert message["References"].split() == ["<1@us.example>", "<2@acme.example>"]


def test_resend_gets_the_same_and_a_tag() -> None:
    body = _by_resend(MAIL)
    assert body["headers"] == {
        "Message-ID": f"<m.{TOKEN}@us.example>",
        "In-Reply-To": "<2@acme.example>",
        "References": "<1@us.example> <2@acme.example>",
    }
    assert body["reply_to"] == [f"Jo Poe <reply+{TOKEN}@re.us.example>"]
    assert body["tags"] == [{"name": "message", "value": TOKEN}]
    assert body == _by_resend(MAIL)


def test_without_a_reply_domain_answers_come_to_the_sender(wire: Wire, port: int) -> None:
    _by_smtp(port, MAIL, None)
    [envelope] = wire.taken
    assert envelope.mail_from == "jo@us.example"
    assert message_from_bytes(envelope.original_content or b"")["Reply-To"] is None
    assert "reply_to" not in _by_resend(MAIL, None)


def test_without_a_token_it_is_as_any_mail(wire: Wire, port: int) -> None:
    plain = Mail("key-1", "ann@acme.example", "Ann Lee", "Hello", "Hi Ann\n")
    assert _by_smtp(port, plain) == Sent("smtp", "<key-1@us.example>")
    [envelope] = wire.taken
    message = message_from_bytes(envelope.original_content or b"")
    assert envelope.mail_from == "jo@us.example"
    assert {"Reply-To", "In-Reply-To", "References"} & set(message.keys()) == set()
    assert set(_by_resend(plain)) == {"from", "to", "subject", "text"}


def test_the_settings_say_where_answers_go(wire: Wire, port: int) -> None:
    given: dict[str, Any] = {"mail_from": "jo@münchen.example", "mail_reply_domain": "re.münchen.example"}
    settings.use(Settings(smtp_url=f"smtp://localhost:{port}", **given))
    provider = mail.configured()
    assert provider is not None
    provider.send(MAIL)
    [envelope] = wire.taken
    assert envelope.mail_from == f"reply+{TOKEN}@re.xn--mnchen-3ya.example"
    assert message_from_bytes(envelope.original_content or b"")["From"] == "jo@xn--mnchen-3ya.example"
    assert settings.current().mail_reply_domain == "re.münchen.example"


@pytest.mark.parametrize("text", [*TEXTS, "<a@b.example>\r\nBcc: x@y.example", "<=?utf-8?q?=0D=0ABcc:_x?=@y.example>"])
def test_what_others_call_their_messages_stays_in_its_line(wire: Wire, port: int, text: str) -> None:
    hostile = Mail(**{**vars(MAIL), "in_reply_to": text, "references": (text, "<1@us.example>", text)})
    _by_smtp(port, hostile)
    [envelope] = wire.taken
    head, _, body = (envelope.original_content or b"").partition(b"\r\n\r\n")
    fields = [line.partition(b":")[0] for line in head.split(b"\r\n") if line[:1] not in b" \t"]
    names = [b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Reply-To"]
    assert [field for field in fields if field not in (b"In-Reply-To", b"References")][:6] == names
    assert body == b"Hi Ann\r\n"
    assert b"=?" not in head
    for value in _by_resend(hostile)["headers"].values():
        assert value.isascii()
        assert value.isprintable()
        assert all(id.startswith("<") and id.endswith(">") for id in value.split())


def _references(**more: Any) -> str:
    return thread_headers(Mail(**{**vars(MAIL), **more})).get("References", "")


def test_the_message_that_is_answered_comes_last() -> None:
    assert _references(references=("<2@acme.example>", "<1@us.example>")) == "<1@us.example> <2@acme.example>"
    assert _references(references=()) == "<2@acme.example>"
    assert _references(in_reply_to=None, references=("<1@us.example>",)) == "<1@us.example>"
    assert _references(in_reply_to="2@acme.example", references=()) == "<2@acme.example>"
    assert thread_headers(Mail("k", "a@b.example", "", "s", "b")) == {}


def test_a_long_thread_keeps_its_first_and_its_last_messages(wire: Wire, port: int) -> None:
    thread = tuple(f"<{n}@acme.example>" for n in range(100))
    ids = _references(references=thread).split()
    assert ids == [thread[0], *thread[-18:], "<2@acme.example>"]
    long = tuple(f"<{n}{'x' * 390}@a>" for n in range(9))
    assert _references(references=long) == f"{long[0]} {long[-1]} <2@acme.example>"
    _by_smtp(port, Mail(**{**vars(MAIL), "references": long}))
    message = message_from_bytes(wire.taken[0].original_content or b"")
    assert message["References"].split() == [long[0], long[-1], "<2@acme.example>"]
    assert _references(references=(f"<{'x' * 401}>",)) == "<2@acme.example>"
