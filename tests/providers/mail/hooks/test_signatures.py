"""Who may tell us what became of mail: forged, old, replayed and rotated signatures."""

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import timedelta

import pytest

from shared.errors import NotFound, Unauthenticated
from shared.kit import clock
from shared.kit.clock import VirtualClock
from shared.providers.mail import hooks
from shared.providers.web.signing import signed as signed_by_us
from shared.settings import Settings
from tests.providers.mail.hooks.conftest import OTHER, RAW, RESEND, receive, signed

_EVENT = b'{"type": "contact.created", "data": {}}'
_MAIL = b"Message-ID: <1@x.example>\r\nSubject: caf\xe9\r\n\r\nHello\r\n"
_TYPE = {"Content-Type": "message/rfc822"}

pytestmark = pytest.mark.usefixtures("config", "time")


def test_there_is_no_other_hook() -> None:
    assert (sorted(hooks.PROVIDERS), hooks.find("gmail")) == (["raw", "resend"], None)


@pytest.mark.parametrize("family", ["svix", "webhook"])
def test_both_names_of_the_headers_are_read(family: str) -> None:
    headers = signed(_EVENT, family=family)
    assert receive("resend", _EVENT, headers) == []
    assert receive("resend", _EVENT, {name.title(): value for name, value in headers.items()}) == []


def test_without_a_secret_nobody_gets_in(config: Callable[..., Settings]) -> None:
    config(resend_webhook_secret=None, mail_hook_secret=None)
    with pytest.raises(NotFound, match="RESEND_WEBHOOK_SECRET"):
        receive("resend", _EVENT, signed(_EVENT))
    for headers in ({"Authorization": f"Bearer {RAW}"}, {"Authorization": "Bearer "}, {}):
        with pytest.raises(NotFound, match="MAIL_HOOK_SECRET"):
            receive("raw", _MAIL, {**_TYPE, **headers})


@pytest.mark.parametrize(
    "change",
    [
        {"svix-signature": ""},
        {"svix-signature": "v1,"},
        {"svix-signature": "v1"},
        {"svix-signature": "v2,{}"},
        {"svix-signature": "v1,AAAA"},
        {"svix-signature": "v1,ü\x00"},
        {"svix-signature": "v1a,{} v2,{}"},
        {"svix-signature": "v1, {}"},
        {"svix-id": "msg_2"},
        {"svix-id": "msg_1."},
        {"svix-id": ""},
        {"svix-id": "m" * 300},
        {"svix-id": "m\n1"},
        {"svix-timestamp": "nan"},
        {"svix-timestamp": "-1"},
        {"svix-timestamp": "1e9"},
        {"svix-timestamp": "9" * 400},
        {"svix-timestamp": "٣"},
    ],
)
def test_what_is_forged_changes_nothing(change: dict[str, str]) -> None:
    headers = signed(_EVENT)
    good = headers["svix-signature"].removeprefix("v1,")
    with pytest.raises(Unauthenticated, match="signature"):
        receive("resend", _EVENT, headers | {name: value.replace("{}", good) for name, value in change.items()})


def test_another_body_or_another_secret_is_refused() -> None:
    for body in (_EVENT + b" ", _EVENT.replace(b"created", b"deleted"), b""):
        with pytest.raises(Unauthenticated):
            receive("resend", body, signed(_EVENT))
    with pytest.raises(Unauthenticated):
        receive("resend", _EVENT, signed(_EVENT, secret=OTHER))
    with pytest.raises(Unauthenticated):
        receive("resend", _EVENT, {"Authorization": f"Bearer {RESEND}"})
    with pytest.raises(Unauthenticated):
        receive("resend", _EVENT, signed(_EVENT, secret=RAW))


def test_an_old_call_and_one_of_the_future_are_refused(time: VirtualClock) -> None:
    headers = signed(_EVENT)
    time.advance(timedelta(minutes=5))
    assert receive("resend", _EVENT, headers) == []
    time.advance(timedelta(seconds=1))
    with pytest.raises(Unauthenticated, match="too old"):
        receive("resend", _EVENT, headers)
    with pytest.raises(Unauthenticated, match="of the future"):
        receive("resend", _EVENT, signed(_EVENT, at=clock.now() + timedelta(seconds=301)))


def test_while_a_secret_is_replaced_both_are_taken(config: Callable[..., Settings]) -> None:
    config(resend_webhook_secret=f"{OTHER},{RESEND}")
    for secret in (RESEND, OTHER):
        assert receive("resend", _EVENT, signed(_EVENT, secret=secret)) == []
    last = signed(_EVENT, secret=RESEND)["svix-signature"] + " v1,AAAA v1a,x garbage"
    assert receive("resend", _EVENT, signed(_EVENT) | {"svix-signature": last}) == []
    first = "v1,AAAA v1a,x garbage " + signed(_EVENT, secret=OTHER)["svix-signature"]
    assert receive("resend", _EVENT, signed(_EVENT) | {"svix-signature": first}) == []
    config(resend_webhook_secret=OTHER)
    with pytest.raises(Unauthenticated):
        receive("resend", _EVENT, signed(_EVENT, secret=RESEND))


def test_a_secret_may_lack_its_padding(config: Callable[..., Settings]) -> None:
    padded = f"whsec_{b64encode(bytes(range(32))).decode()}"
    config(resend_webhook_secret=padded.rstrip("="))
    assert padded.endswith("=")
    assert receive("resend", _EVENT, signed(_EVENT, secret=padded)) == []


def test_a_forwarder_signs_or_sends_its_secret() -> None:
    text = _MAIL.replace(b"\xe9", "é".encode())
    for headers in (
        {"authorization": f"Bearer {RAW}"},
        {"Authorization": f"bearer  {RAW}"},
        signed(text, secret=RAW, family="webhook"),
        signed_by_us(RAW, "msg_1", text),
    ):
        assert len(receive("raw", text, {**_TYPE, **headers})) == 1


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer ", f"Basic {RAW}", f"Bearer {RAW}x", f"Bearer {RAW[:-1]}", RAW]
)
def test_a_wrong_token_is_refused(given: str) -> None:
    with pytest.raises(Unauthenticated):
        receive("raw", _MAIL, {**_TYPE, "Authorization": given})


def test_a_message_in_no_known_encoding_can_be_signed(config: Callable[..., Settings]) -> None:
    """The scheme's library signs text alone: these bytes are none."""
    config(mail_hook_secret=OTHER)
    at = str(int(clock.now().timestamp()))
    key = b64decode(OTHER.removeprefix("whsec_"))
    made = b64encode(hmac.digest(key, f"id-1.{at}.".encode() + _MAIL, hashlib.sha256)).decode()
    headers = {"webhook-id": "id-1", "webhook-timestamp": at, "webhook-signature": f"v1,{made}"}
    assert len(receive("raw", _MAIL, {**_TYPE, **headers})) == 1
    with pytest.raises(Unauthenticated):
        receive("raw", _MAIL.replace(b"\xe9", b"\xe8"), {**_TYPE, **headers})


@pytest.mark.parametrize("given", ["re_1", "whsec_", "whsec_AAAA", "whsec_!", f"{RESEND},", f"{RESEND}, {RESEND}"])
def test_what_is_no_signing_secret_stops_the_start(given: str) -> None:
    with pytest.raises(ValueError, match="RESEND_WEBHOOK_SECRET must be"):
        Settings(resend_webhook_secret=given)


@pytest.mark.parametrize(
    "given", ["open", "x" * 31, f"{RAW},", f"{RAW},open", "with blanks in it, that is, no token", "ü" * 40]
)
def test_a_secret_that_can_be_guessed_stops_the_start(given: str) -> None:
    with pytest.raises(ValueError, match="MAIL_HOOK_SECRET must be"):
        Settings(mail_hook_secret=given)
