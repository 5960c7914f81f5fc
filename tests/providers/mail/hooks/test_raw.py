"""Whole messages from a forwarder: as they are, in JSON, repeated, broken and too large."""

import json
from base64 import b64encode
from typing import Any

import pytest

from shared.errors import Invalid, PayloadTooLarge, UnsupportedMediaType
from shared.providers.mail.hooks import InboundMail
from shared.providers.mail.hooks.base import MAX_BODY, MAX_MESSAGE
from tests.providers.mail.hooks.conftest import RAW, receive

MAIL = b"Message-ID: <1@x.example>\r\nFrom: ann@acme.example\r\nSubject: caf\xe9\r\n\r\nHello\r\n"

pytestmark = pytest.mark.usefixtures("config", "time")


def _post(body: bytes, type: str = "message/rfc822") -> InboundMail:
    [mail] = receive("raw", body, {"content-type": type, "authorization": f"Bearer {RAW}"})
    assert isinstance(mail, InboundMail)
    return mail


def _json(**body: Any) -> InboundMail:
    return _post(json.dumps(body).encode(), "application/json; charset=utf-8")


def test_a_message_arrives_byte_by_byte() -> None:
    for type in ("message/rfc822", "Message/RFC822; x=y", "application/octet-stream", "text/plain"):
        assert (_post(MAIL, type).raw, _post(MAIL, type).recipients) == (MAIL, ())
    odd = bytes(range(256)) * 10
    assert _post(odd).raw == odd
    mail = _json(raw=b64encode(MAIL).decode(), recipients=[" reply+x@us.example", "reply+x@us.example", ""])
    assert (mail.raw, mail.recipients) == (MAIL, ("reply+x@us.example",))
    assert _json(raw="Subject: Grüße\n\nHallo").raw == "Subject: Grüße\n\nHallo".encode()
    assert _json(raw="From ann@acme.example Mon Jun  1\nSubject: s\n\nt").raw.startswith(b"From ann")


def test_a_repetition_is_the_same_message() -> None:
    first = _post(MAIL).id
    again = [
        MAIL,
        b"Received: from b.example by c.example;\r\n\tMon, 1 Jun 2026\r\n" + MAIL,
        MAIL.replace(b"\r\n", b"\n"),
        MAIL + b"\r\n",
        MAIL.replace(b"Message-ID: ", b"message-id:\r\n  "),
    ]
    assert {_post(mail).id for mail in again} == {first}
    assert _json(raw=b64encode(MAIL).decode(), recipients=["x@us.example"]).id == first


def test_another_message_is_another() -> None:
    others = [
        MAIL,
        MAIL.replace(b"<1@", b"<2@"),
        MAIL.replace(b"Hello", b"Goodbye"),
        MAIL.replace(b"Message-ID", b"X-ID"),
        MAIL.replace(b"Message-ID", b"X-ID").replace(b"caf", b"cav"),
        MAIL.replace(b"Message-ID", b"Resent-Message-ID"),
    ]
    assert len({_post(mail).id for mail in others}) == len(others)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"),
        (b'{"raw": "U3Via', "body"),
        (b"[1]", "body"),
        (b"[" * 100_000, "body"),
        (b"\xff", "body"),
        (b"{}", "raw"),
        (b'{"raw": ""}', "raw"),
        (b'{"raw": 7}', "raw"),
        (b'{"raw": "no message and no base64!"}', "raw"),
        (b'{"raw": "U3ViamVjdA="}', "raw"),
        (b'{"raw": "====", "recipients": []}', "raw"),
        (b'{"raw": "a: b", "recipients": "x@y.example"}', "recipients"),
        (b'{"raw": "a: b", "recipients": [7]}', "recipients"),
        (b'{"raw": "a: b", "recipients": null}', "recipients"),
        (json.dumps({"raw": "a: b", "recipients": ["x@y.example"] * 101}).encode(), "recipients"),
        (json.dumps({"raw": "a: b", "recipients": ["x" * 1_001]}).encode(), "recipients"),
        (b'{"raw": "a: b", "to": "x@y.example"}', "to"),
    ],
)
def test_what_is_no_message_is_refused_by_name(body: bytes, field: str) -> None:
    with pytest.raises(Invalid) as raised:
        _post(body, "application/json")
    assert [error.field for error in raised.value.errors] == [field]


@pytest.mark.parametrize("body", [b"", b" \r\n\t"])
def test_an_empty_message_is_refused(body: bytes) -> None:
    with pytest.raises(Invalid, match="empty"):
        _post(body)


@pytest.mark.parametrize(
    "type", ["", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/html"]
)
def test_another_form_is_refused(type: str) -> None:
    with pytest.raises(UnsupportedMediaType, match="message/rfc822"):
        _post(MAIL, type)


def test_a_large_message_passes_and_one_too_large_does_not() -> None:
    whole = MAIL + b"x" * (MAX_MESSAGE - len(MAIL))
    assert _post(whole).raw == whole
    assert _json(raw=b64encode(whole).decode()).raw == whole
    with pytest.raises(PayloadTooLarge, match="26,214,400 bytes"):
        _post(whole + b"x")
    with pytest.raises(PayloadTooLarge, match="26,214,400 bytes"):
        _json(raw=b64encode(whole + b"x").decode())
    with pytest.raises(PayloadTooLarge, match="The body must not exceed"):
        _post(b"x" * (MAX_BODY + 1))
