"""No name, subject or address makes a line of its own in a message: asserted on the bytes that leave."""

import unicodedata
from collections.abc import Iterator
from email import message_from_bytes
from email.header import decode_header, make_header
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from infra.local.process import free_port
from shared.errors import ProviderError
from shared.providers.mail.base import Mail
from shared.providers.mail.message import check_head, header_text
from shared.providers.mail.resend import Resend
from shared.providers.mail.smtp import Smtp
from tests.providers.fake import Provider, Reply
from tests.providers.mail.hostile import TEXTS

_FIELDS = [
    b"From",
    b"To",
    b"Subject",
    b"Date",
    b"Message-ID",
    b"List-Unsubscribe",
    b"List-Unsubscribe-Post",
    b"Content-Type",
    b"Content-Transfer-Encoding",
    b"MIME-Version",
]
_URL = "https://us.example/u/1?next=" + "t" * 300
_BODY = "Hi,\na word.\n"


class Wire:
    """The bytes of the messages that a mail server took."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.taken.append(envelope.original_content or b"")
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


def _mail(text: str, *, url: str = _URL) -> Mail:
    return Mail("key-1", "ann@acme.example", text, text, _BODY, url)


def _odd(text: str) -> list[str]:
    """The characters that are no letter, sign or plain space: controls, line breaks, invisible ones."""
    return [c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs")]


@pytest.mark.parametrize("text", TEXTS)
def test_a_hostile_text_stays_in_its_header_line(wire: Wire, port: int, text: str) -> None:
    Smtp(f"smtp://localhost:{port}", "jo@us.example", text, timeout=30).send(_mail(text))
    [raw] = wire.taken
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert [line.partition(b":")[0] for line in lines if line[:1] not in b" \t"] == _FIELDS
    assert not any(b"\r" in line or b"\n" in line or len(line) > 998 for line in lines)
    assert body == b"Hi,\r\na word.\r\n"
    message = message_from_bytes(raw)
    for field in ("From", "To", "Subject"):
        shown = str(make_header(decode_header(message[field].replace("\r\n", ""))))
        assert _odd(shown) == []
        assert header_text(shown) == " ".join(shown.split())  # nothing in it is decoded a second time
    assert message["List-Unsubscribe"] == f"<{_URL}>"


@pytest.mark.parametrize("text", TEXTS)
def test_a_hostile_text_is_clean_in_what_resend_gets(text: str) -> None:
    with Provider(lambda n: Reply(body=b'{"id": "1"}')) as provider:
        Resend(provider.url, "re_1", "jo@us.example", text, timeout=30).send(_mail(text))
    [request] = provider.requests
    sent: dict[str, Any] = request["body"]
    for field in (sent["from"], *sent["to"], sent["subject"], *sent["headers"].values()):
        assert _odd(field) == []
        assert "=?" not in field
    assert len(sent["to"]) == 1
    assert sent["to"][0].endswith("ann@acme.example>" if header_text(text) else "ann@acme.example")
    assert sent["text"] == _BODY
    assert set(sent) == {"from", "to", "subject", "text", "headers"}


def test_an_encoded_name_is_read_as_its_author_meant_it() -> None:
    assert header_text("=?utf-8?q?J=C3=B6rg?= =?iso-8859-1?q?M=FCller?=") == "Jörg Müller"
    assert header_text("=?utf-8?q?Ann=0D=0AReply-To:_x=40y?=") == "Ann Reply-To: x@y"


@pytest.mark.parametrize(
    "address",
    [
        "ann@acme.example\r\nBcc: x@y.example",
        "ann@acme.example\nDATA",
        "=?utf-8?q?ann?=@acme.example",
        '"=?utf-8?q?=0D=0A?="@acme.example',
        "ann@acme.example\x00",
        "ann\u202e@acme.example",
        '"ann\r\n"@acme.example',
    ],
)
def test_an_address_that_hides_something_is_refused(wire: Wire, port: int, address: str) -> None:
    with pytest.raises(ProviderError, match="is no mail address"):
        Smtp(f"smtp://localhost:{port}", "jo@us.example", "", timeout=30).send(Mail("k", address, "", "s", "b"))
    assert wire.taken == []


@pytest.mark.parametrize(
    "url",
    [
        "https://us.example/u\r\nBcc: x@y.example",
        "https://us.example/?a=?utf-8?q?=0D=0ABcc:_x?=",
        "https://us.example/\u2028ü>, <https://evil.example/",
    ],
)
def test_an_address_to_unsubscribe_stays_one(wire: Wire, port: int, url: str) -> None:
    Smtp(f"smtp://localhost:{port}", "jo@us.example", "", timeout=30).send(_mail("s", url=url))
    [raw] = wire.taken
    value = message_from_bytes(raw)["List-Unsubscribe"]
    assert value.startswith("<https://us.example/")
    assert value.count("<") == value.count(">") == 1
    assert value.isascii()
    assert value.isprintable()
    assert "=?" not in value


def test_a_body_cannot_end_the_message(wire: Wire, port: int) -> None:
    for body in ("a\r\n.\r\nMAIL FROM:<x@y.example>", "a\n.\rb", "a\r.\rb", "a\r.\nb\x00"):
        Smtp(f"smtp://localhost:{port}", "jo@us.example", "", timeout=30).send(Mail("k", "a@b.example", "", "s", body))
    assert len(wire.taken) == 4
    assert b"\r" not in b"".join(wire.taken).replace(b"\r\n", b"")
    assert b"\0" not in b"".join(wire.taken)


def test_the_last_check_sees_a_line_too_many() -> None:
    good = b"To: a@b.example\r\nSubject: s\r\n folded\r\n\r\nbody"
    check_head(good, ["To", "Subject"])
    for bad in (
        good.replace(b"Subject", b"Bcc: x@y.example\r\nSubject"),
        good.replace(b"example\r\n", b"example\r\n\r\n"),
        good.replace(b"folded", b"fol\nded"),
        good.replace(b"folded", b"f" * 1_000),
    ):
        with pytest.raises(ProviderError, match="mail header"):
            check_head(bad, ["To", "Subject"])
