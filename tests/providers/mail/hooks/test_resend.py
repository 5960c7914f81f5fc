"""Resend's events, as its documentation has them, and as they may be some day."""

import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.errors import Invalid, PayloadTooLarge
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.providers.mail.hooks import DeliveryReport
from shared.providers.mail.hooks.base import MAX_BODY
from tests.providers.mail.hooks.conftest import RESEND, receive, signed

TOKEN = derived_id("message")
_AT = datetime(2026, 6, 1, 11, 58, tzinfo=UTC)
_SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari"
_GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"

pytestmark = pytest.mark.usefixtures("config", "time")


def _event(type: str, at: datetime = _AT, **data: Any) -> dict[str, Any]:
    base = {
        "created_at": "2026-06-01T11:50:00.894719+00:00",
        "email_id": "56761188-7520-42d8-8898-ff6fc54ce618",
        "message_id": "<111-222-333@email.example.com>",
        "from": "Jo <jo@us.example>",
        "to": ["Ann@acme.example"],
        "subject": "Hello",
        "tags": {"message": TOKEN},
    }
    return {"type": type, "created_at": at.isoformat().replace("+00:00", "Z"), "data": base | data}


def _one(event: dict[str, Any], id: str = "msg_1") -> DeliveryReport:
    body = json.dumps(event).encode()
    [report] = receive("resend", body, signed(body, id=id))
    assert isinstance(report, DeliveryReport)
    return report


@pytest.mark.parametrize(
    ("type", "more", "kind", "permanent", "reason"),
    [
        ("email.sent", {}, "sent", True, ""),
        ("email.delivered", {}, "delivered", True, ""),
        ("email.delivery_delayed", {}, "delayed", False, ""),
        ("email.complained", {}, "complained", True, ""),
        ("email.failed", {"failed": {"reason": "reached_daily_quota"}}, "failed", True, "reached_daily_quota"),
        (
            "email.bounced",
            {
                "bounce": {
                    "diagnosticCode": ["smtp; 550 5.5.0 Requested action not taken: mailbox unavailable"],
                    "message": "The address does not exist.",
                    "subType": "General",
                    "type": "Permanent",
                }
            },
            "bounced",
            True,
            "Permanent · General · The address does not exist. · "
            "smtp; 550 5.5.0 Requested action not taken: mailbox unavailable",
        ),
        (
            "email.bounced",
            {"bounce": {"message": "Full.", "subType": "MailboxFull", "type": "Transient"}},
            "bounced",
            False,
            "Transient · MailboxFull · Full.",
        ),
        ("email.bounced", {"bounce": {"type": "Undetermined"}}, "bounced", False, "Undetermined"),
        ("email.bounced", {}, "bounced", True, ""),
        (
            "email.suppressed",
            {"suppressed": {"message": "On the list.", "type": "OnAccountSuppressionList"}},
            "bounced",
            True,
            "OnAccountSuppressionList · On the list.",
        ),
    ],
)
def test_an_event_says_what_became_of_a_message(
    type: str, more: dict[str, Any], kind: str, permanent: bool, reason: str
) -> None:
    assert vars(_one(_event(type, **more), "msg_7")) == {
        "id": "msg_7",
        "kind": kind,
        "at": _AT,
        "token": TOKEN,
        "provider_id": "56761188-7520-42d8-8898-ff6fc54ce618",
        "recipient": "ann@acme.example",
        "permanent": permanent,
        "reason": reason,
        "machine": False,
        "link": None,
    }


@pytest.mark.parametrize(
    "type",
    [
        "email.scheduled",
        "email.recalled",
        "contact.created",
        "domain.updated",
        "suppression.added",
        "inbox.created",
        "",
    ],
)
def test_what_is_of_no_concern_is_taken_and_ignored(type: str) -> None:
    body = json.dumps({"type": type, "created_at": "x", "data": {"id": 1}}).encode()
    assert receive("resend", body, signed(body)) == []


@pytest.mark.parametrize(
    ("data", "token"),
    [
        ({"tags": [{"name": "message", "value": TOKEN}, 7, {"name": ["x"]}]}, TOKEN),
        ({"tags": None, "message_id": f"<m.{TOKEN}@us.example>"}, TOKEN),
        ({"tags": {"message": "<script>"}}, None),
        ({"tags": {"message": 7}}, None),
        ({"tags": "message"}, None),
        ({"tags": {}, "message_id": 7}, None),
        ({"tags": {"message": TOKEN.upper()}}, None),
    ],
)
def test_the_message_is_named_by_its_tag_else_by_its_id(data: dict[str, Any], token: str | None) -> None:
    assert _one(_event("email.delivered", **data)).token == token


@pytest.mark.parametrize(
    ("to", "recipient"),
    [
        (["Ann Lee <ann@acme.example>"], "ann@acme.example"),
        ("ann@acme.example", "ann@acme.example"),
        (["ann@acme.example", "bo@acme.example"], None),
        (["nobody"], None),
        ([], None),
        ([None], None),
        (None, None),
        ({"a": 1}, None),
        (["x" * 100_000], None),
    ],
)
def test_whom_it_was_sent_to(to: object, recipient: str | None) -> None:
    assert _one(_event("email.bounced", to=to)).recipient == recipient


@pytest.mark.parametrize(
    ("type", "interaction", "machine"),
    [
        ("email.opened", {"open": {"userAgent": "Mozilla/5.0"}}, True),
        ("email.opened", {"open": {"userAgent": _GMAIL}}, False),
        ("email.opened", {"open": {"userAgent": _SAFARI}}, False),
        ("email.opened", {"open": {"userAgent": ""}}, True),
        ("email.opened", {}, False),
        ("email.opened", {"open": {"userAgent": _SAFARI, "timestamp": "2026-06-01T11:50:03Z"}}, True),
        ("email.opened", {"open": {"userAgent": _SAFARI, "timestamp": "2026-06-01T11:49:00Z"}}, True),
        ("email.opened", {"open": {"userAgent": _SAFARI, "timestamp": "2026-06-01T11:50:09Z"}}, False),
        ("email.clicked", {"click": {"userAgent": _SAFARI, "link": "https://us.example/a"}}, False),
        ("email.clicked", {"click": {"userAgent": _SAFARI, "method": "HEAD", "link": "https://us.example/a"}}, True),
        ("email.clicked", {"click": {"userAgent": "BarracudaCentral", "link": "https://us.example/a"}}, True),
    ],
)
def test_programs_are_told_apart(type: str, interaction: dict[str, Any], machine: bool) -> None:
    report = _one(_event(type, **interaction))
    assert report.machine is machine
    assert report.link == ("https://us.example/a" if type == "email.clicked" else None)


def test_a_program_can_neither_deliver_nor_bounce() -> None:
    report = _one(_event("email.delivered", at=_AT - timedelta(minutes=8), open={"userAgent": "Mozilla/5.0"}))
    assert not report.machine


@pytest.mark.parametrize("at", ["", "yesterday", "0001-01-01T00:00:00+14:00", 7, None, "2030-01-01T00:00:00Z"])
def test_a_time_that_cannot_be_is_now(at: object) -> None:
    event = _event("email.delivered") | {"created_at": at}
    assert _one(event).at == clock.now()


def test_a_late_event_keeps_its_time() -> None:
    assert _one(_event("email.bounced", at=_AT - timedelta(days=9))).at == _AT - timedelta(days=9)
    assert _one(_event("email.bounced") | {"created_at": "2026-06-01 13:58:00+02"}).at == _AT
    assert _one(_event("email.bounced") | {"created_at": "2026-06-01T11:58:00"}).at == _AT


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"type": "email.bounced", "data": {"em', "body"),
        (b"", "body"),
        (b"\xff\xfe", "body"),
        (b"[" * 100_000, "body"),
        (b"[]", "type"),
        (b'{"type": 7, "data": {}}', "type"),
        (b'{"type": "email.bounced"}', "data"),
        (b'{"type": "email.bounced", "data": [1]}', "data"),
        (b'{"type": "email.received", "data": {}}', "data.email_id"),
        (b'{"type": "email.received", "data": {"email_id": "../domains"}}', "data.email_id"),
    ],
)
def test_what_is_no_event_is_refused_by_name(body: bytes, field: str) -> None:
    headers = {"svix-id": "msg_1", "svix-timestamp": str(int(clock.now().timestamp())), "svix-signature": _made(body)}
    with pytest.raises(Invalid) as raised:
        receive("resend", body, headers)
    assert [error.field for error in raised.value.errors] == [field]


def _made(body: bytes) -> str:
    prefixed = f"msg_1.{int(clock.now().timestamp())}.".encode() + body
    return "v1," + b64encode(hmac.digest(b64decode(RESEND.removeprefix("whsec_")), prefixed, hashlib.sha256)).decode()


def test_texts_are_one_short_line() -> None:
    bounce = {"type": "Permanent\r\nX: 1", "message": "\u202ea" * 100_000, "diagnosticCode": ["b" * 10_000, 7]}
    report = _one(_event("email.bounced", bounce=bounce, email_id="i" * 1_000))
    assert len(report.reason) <= 500
    assert report.reason.isprintable()
    assert len(report.provider_id or "") <= 100
    click = {"link": "https://us.example/" + "x" * 10_000}
    assert len(_one(_event("email.clicked", click=click)).link or "") == 2_000


def test_a_body_too_large_for_any_event_is_refused_before_it_is_hashed() -> None:
    with pytest.raises(PayloadTooLarge, match="must not exceed"):
        receive("resend", b" " * (MAX_BODY + 1), {})
