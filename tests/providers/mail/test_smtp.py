"""The SMTP adapter against a real mail server, and against ones that break off at every point."""

import ssl
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from infra.local.process import free_port
from shared.errors import Ambiguous, AppError, ProviderError, Unavailable, Undeliverable
from shared.providers.mail.base import Mail, Sent, Traceable
from shared.providers.mail.smtp import Smtp
from tests.providers.mail.breaking import Breaking
from tests.providers.web.certificates import authority

MAIL = Mail("key-1", "ann@acme.example", "Ann Lee", "Hello", "Hi Ann,\n.\n..a word for Zoë.\n" + "x" * 2_000)


class Inbox:
    """What a server took."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.tls: list[bool] = []

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, to: str, options: Any) -> str:  # noqa: N802
        if to.startswith("unknown"):
            return "550 5.1.1 no such user"
        if to.startswith("later"):
            return "450 4.2.1 try later"
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if b"Subject: spam" in (envelope.original_content or b""):
            return "554 5.7.1 no spam"
        self.taken.append(message_from_bytes(envelope.original_content or b"", policy=policy.SMTP))
        self.tls.append(session.ssl is not None)
        return "250 taken"


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def port(inbox: Inbox) -> Iterator[int]:
    server = Controller(inbox, hostname="127.0.0.1", port=free_port())
    server.start()
    yield server.port
    server.stop()


def _smtp(port: int, scheme: str = "smtp", user: str = "", tls: ssl.SSLContext | None = None) -> Smtp:
    return Smtp(f"{scheme}://{user}localhost:{port}", "jo@us.example", "Jö of us", timeout=2, tls=tls)


def test_a_message_leaves(inbox: Inbox, port: int) -> None:
    sent = _smtp(port).send(Mail(**{**vars(MAIL), "unsubscribe_url": "https://us.example/u/1"}))
    assert sent == Sent("smtp", "<key-1@us.example>")
    [message] = inbox.taken
    assert str(message["From"]) == "Jö of us <jo@us.example>"
    assert str(message["To"]) == "Ann Lee <ann@acme.example>"
    assert (message["Subject"], message["Message-ID"]) == ("Hello", "<key-1@us.example>")
    assert message["List-Unsubscribe"] == "<https://us.example/u/1>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Date"].datetime
    assert message.get_content().split("\r\n")[:-1] == MAIL.body.split("\n")


@pytest.mark.parametrize(
    ("to", "subject", "error", "words"),
    [
        ("unknown@acme.example", "s", Undeliverable, "refused the recipient: 550 5.1.1 no such user"),
        ("later@acme.example", "s", Unavailable, "does not take the recipient now: 450"),
        ("ann@acme.example", "spam", ProviderError, "refused the message: 554"),
        ("no address", "s", ProviderError, "is no mail address"),
    ],
)
def test_refusals(inbox: Inbox, port: int, to: str, subject: str, error: type[AppError], words: str) -> None:
    with pytest.raises(error, match=words) as raised:
        _smtp(port).send(Mail("k", to, "", subject, "b"))
    assert type(raised.value) is error
    assert inbox.taken == []


def test_tls_and_a_password(inbox: Inbox, tmp_path: Path) -> None:
    theirs, ours = authority(tmp_path, "localhost")

    def check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"jo", b"p@ss"), handled=False)

    more: dict[str, Any] = {
        "tls_context": theirs,
        "authenticator": check,
        "auth_required": True,
        "require_starttls": True,
    }
    server = Controller(inbox, hostname="127.0.0.1", port=free_port(), **more)
    server.start()
    try:
        _smtp(server.port, user="jo:p%40ss@", tls=ours).send(MAIL)
        with pytest.raises(ProviderError, match="user or password of SMTP_URL"):
            _smtp(server.port, user="jo:wrong@", tls=ours).send(MAIL)
        with pytest.raises(ProviderError, match="no valid certificate"):
            _smtp(server.port, user="jo:p%40ss@").send(MAIL)
    finally:
        server.stop()
    assert inbox.tls == [True]


def test_tls_from_the_start(inbox: Inbox, tmp_path: Path) -> None:
    theirs, ours = authority(tmp_path, "localhost")
    server = Controller(inbox, hostname="127.0.0.1", port=free_port(), ssl_context=theirs)
    server.start()
    try:
        _smtp(server.port, "smtps", tls=ours).send(MAIL)
        with pytest.raises(ProviderError, match="no valid certificate"):
            _smtp(server.port, "smtps").send(MAIL)
    finally:
        server.stop()
    assert [str(message["Subject"]) for message in inbox.taken] == ["Hello"]


def _break(at: str, last: str = "", *, silent: bool = False, error: type[AppError]) -> AppError:
    with Breaking(at, last, silent=silent) as server, pytest.raises(error) as raised:
        Smtp(f"smtp://127.0.0.1:{server.server_address[1]}", "jo@us.example", "", timeout=1.5).send(MAIL)
    assert type(raised.value) is error
    assert (server.reached, server.messages) == (True, at == ".")
    return raised.value


@pytest.mark.parametrize("silent", [False, True])
@pytest.mark.parametrize("at", ["220", "EHLO", "MAIL", "RCPT", "DATA"])
def test_before_the_message_is_handed_over_it_has_not_left(at: str, silent: bool) -> None:
    assert _break(at, silent=silent, error=Unavailable).retriable


@pytest.mark.parametrize(
    ("at", "last"), [("220", "421 busy"), ("MAIL", "451 later"), ("DATA", "452 full"), (".", "451 x")]
)
def test_not_now(at: str, last: str) -> None:
    _break(at, last, error=Unavailable)


@pytest.mark.parametrize(("at", "last"), [("220", "554 no"), ("MAIL", "550 no"), ("DATA", "554 no"), (".", "554 no")])
def test_never(at: str, last: str) -> None:
    _break(at, last, error=ProviderError)


def test_an_address_may_be_refused_once_the_message_is_there() -> None:
    error = _break(".", "550 5.1.1 <ann@acme.example> User unknown", error=Undeliverable)
    assert isinstance(error, Undeliverable)
    assert (error.recipient, error.answer) == ("ann@acme.example", "550 5.1.1")
    assert error.reason == "5.1.1 <ann@acme.example> User unknown"


@pytest.mark.parametrize("at", ["220", "MAIL", "DATA"])
def test_nothing_before_it_says_that_the_address_is_dead(at: str) -> None:
    _break(at, "550 5.1.1 User unknown", error=ProviderError)


@pytest.mark.parametrize(
    ("last", "silent"), [("", False), ("", True), ("what?", False), ("250-half", False), ("x" * 9_000, False)]
)
def test_once_it_is_handed_over_nobody_knows(last: str, silent: bool) -> None:
    assert "had the whole message" in _break(".", last, silent=silent, error=Ambiguous).detail


def test_no_password_in_the_clear(inbox: Inbox, port: int) -> None:
    """`127.1` is the same server by a name that is not taken for this machine."""
    with pytest.raises(ProviderError, match="not sent in the clear"):
        Smtp(f"smtp://jo:secret@127.1:{port}", "jo@us.example", "", timeout=30).send(MAIL)
    Smtp(f"smtp://127.1:{port}", "jo@us.example", "", timeout=30).send(MAIL)
    assert len(inbox.taken) == 1


@pytest.mark.parametrize("url", ["", "mail.example", "http://mail.example", "smtp://", "smtp://h:port"])
def test_a_wrong_url(url: str) -> None:
    with pytest.raises(ProviderError, match="SMTP_URL"):
        Smtp(url, "jo@us.example", "", timeout=1)


def test_it_cannot_be_asked() -> None:
    """It says so by its type: a person is asked what became of a message."""
    assert not isinstance(_smtp(25), Traceable)
