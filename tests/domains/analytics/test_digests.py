"""The weekly digest: once a user and week, on Monday morning there, whatever comes twice, dies or is refused."""

from base64 import b64decode
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shared import settings
from shared.domains import notifications
from shared.domains.analytics import contributions, folding, plans, rollups
from shared.domains.analytics.digests import content, sending, service
from shared.domains.analytics.digests.models import DigestSettings
from shared.domains.contacts import service as contacts
from shared.domains.system_logs import service as system_logs
from shared.gcp import firestore
from shared.kit import failpoint
from shared.kit.clock import VirtualClock
from shared.settings import Settings
from tests.domains.analytics.world import NOW
from tests.fixtures.identity import Toolkit
from tests.providers.fake import Provider, Reply, answer

BERLIN = "Europe/Berlin"
pytestmark = pytest.mark.usefixtures("time")


@pytest.fixture
def resend(uid: str, local_settings: Settings) -> Iterator[Provider]:
    """A mail service, and users with verified addresses."""
    with Provider(lambda n: answer({"id": f"mail-{n}"})) as provider, Toolkit(local_settings.project) as toolkit:
        toolkit.users[uid] = {"email": "nora@home.example", "emailVerified": True}
        mail = {"resend_api_key": "re_1", "resend_base_url": provider.url, "mail_from": "digest@sender.example"}
        settings.use(local_settings.model_copy(update={**mail, "identity_base_url": toolkit.url}))
        yield provider
        settings.use(local_settings)


def _week(uid: str, time: VirtualClock, messages: int = 3, zone: str = BERLIN) -> datetime:
    """Messages of a week, folded, and the digest planned; answers when it is due. NOW is a Friday."""
    contacts.set_policy(uid, contacts.get_policy(uid).value.model_copy(update={"time_zone": zone}), None)
    for number in range(messages):
        at = NOW - timedelta(hours=number)
        fields = {"created_at": at, "sent_at": at, "template_id": "t"} | ({"replied_at": at} if number == 0 else {})
        firestore.client().commit(rollups.to_count(uid, str(number), contributions.of("outreach", fields)))
    time.advance(timedelta(days=1, hours=2))
    folding.sweep()
    sending.sweep()
    return datetime.fromtimestamp(_state(uid)["digest_at"], UTC)


def _state(uid: str) -> dict[str, Any]:
    document = firestore.client().get(plans.path(uid))
    return dict(document.data) if document else {}


def _at(time: VirtualClock, moment: datetime) -> None:
    time.advance(moment - time.now())


def _notified(uid: str) -> list[notifications.Notification]:
    return [*notifications.repository.each(uid)]


def test_a_week_comes_once_on_monday_morning_there(uid: str, time: VirtualClock, resend: Provider) -> None:
    due = _week(uid, time)
    there = due.astimezone(ZoneInfo(BERLIN))
    assert (there.date(), there.hour) == (date(2026, 11, 23), 8)
    assert not _notified(uid)
    _at(time, due)
    assert sending.sweep()["mailed"] == 1
    for _ in range(3):
        sending.sweep()
        time.advance(timedelta(hours=20))
    [notification] = _notified(uid)
    assert notification.type == "weekly_insights"
    assert "Messages sent: 3 (0 the week before)" in notification.message
    assert "Reply rate: 33.3%" in notification.message
    assert notification.metadata["numbers"]["outreach_sent"] == 3
    assert notification.metadata["picture"].startswith("/api/analytics/summary?since=2026-10-26&until=2026-11-22&")
    [request] = resend.requests
    body = request["body"]
    assert body["to"] == ["nora@home.example"]
    assert notification.message in body["text"]
    assert b64decode(body["attachments"][0]["content"]).startswith(b"\x89PNG")


def test_two_sweeps_at_once_send_one(uid: str, time: VirtualClock, resend: Provider) -> None:
    due = _week(uid, time)
    _at(time, due)
    row = firestore.client().get(plans.path(uid))
    assert row is not None
    assert sending._deal(row)["digests"] == 1
    with pytest.raises(plans.TAKEN):
        sending._deal(row)
    assert (len(_notified(uid)), len(resend.requests)) == (1, 1)


@pytest.mark.parametrize("boundary", [1, 2, 3])
def test_whoever_dies_at_any_commit_sends_one(uid: str, time: VirtualClock, resend: Provider, boundary: int) -> None:
    _at(time, _week(uid, time))
    failpoint.arm(boundary)
    with suppress(failpoint.Crash):
        sending.sweep()
    failpoint.arm(None)
    for _ in range(4):
        time.advance(timedelta(minutes=20))
        sending.sweep()
    keys = {request["headers"]["idempotency-key"] for request in resend.requests}
    assert (len(_notified(uid)), len(keys)) == (1, 1)  # the service drops the second of a key
    assert "digest_mail" not in _state(uid)


def test_a_mail_that_did_not_leave_is_tried_again(uid: str, time: VirtualClock, resend: Provider) -> None:
    _at(time, _week(uid, time))
    resend.reply = lambda n: Reply(503)
    assert sending.sweep()["digests"] == 1
    resend.reply = lambda n: answer({"id": "m"})
    time.advance(timedelta(minutes=16))
    assert sending.sweep()["mailed"] == 1
    time.advance(timedelta(minutes=16))
    assert sending.sweep()["mailed"] == 0
    assert len(_notified(uid)) == 1


def test_a_mail_that_is_refused_for_good_is_in_the_log(uid: str, time: VirtualClock, resend: Provider) -> None:
    _at(time, _week(uid, time))
    resend.reply = lambda n: Reply(401)
    sending.sweep()
    [entry] = [*system_logs.repository.each(uid)]
    assert "The weekly digest was not mailed" in entry.message
    time.advance(timedelta(days=1))
    assert sending.sweep()["dealt"] == 0


@pytest.mark.parametrize(
    ("wanted", "both"),
    [
        (DigestSettings(mail=False), (1, 0)),
        (DigestSettings(notification=False), (0, 1)),
        (DigestSettings(mail=False, notification=False), (0, 0)),
    ],
)
def test_who_does_not_want_it_does_not_get_it(
    uid: str, time: VirtualClock, resend: Provider, wanted: DigestSettings, both: tuple[int, int]
) -> None:
    service.set_settings(uid, wanted)
    _at(time, _week(uid, time))
    sending.sweep()
    assert (len(_notified(uid)), len(resend.requests)) == both


def test_an_address_that_was_not_verified_gets_no_mail(uid: str, time: VirtualClock, resend: Provider) -> None:
    with Toolkit(settings.current().project) as toolkit:
        toolkit.users[uid] = {"email": "victim@home.example", "emailVerified": False}
        settings.use(settings.current().model_copy(update={"identity_base_url": toolkit.url}))
        _at(time, _week(uid, time))
        sending.sweep()
    assert (len(_notified(uid)), len(resend.requests)) == (1, 0)


def test_without_the_right_to_look_addresses_up_the_notification_comes(
    uid: str, time: VirtualClock, resend: Provider
) -> None:
    with Toolkit(settings.current().project) as toolkit:
        toolkit.status = 403
        settings.use(settings.current().model_copy(update={"identity_base_url": toolkit.url}))
        _at(time, _week(uid, time))
        assert sending.sweep()["digests"] == 1
    assert (len(_notified(uid)), len(resend.requests)) == (1, 0)


def test_a_week_without_anything_is_not_told_and_costs_nothing_more(uid: str, time: VirtualClock) -> None:
    _at(time, _week(uid, time))
    assert sending.sweep()["digests"] == 1
    for _ in range(3):
        time.advance(timedelta(days=7))
        sending.sweep()
    assert len(_notified(uid)) == 2  # of the second week, to say that it fell to nothing
    assert "digest_at" not in _state(uid)
    time.advance(timedelta(days=7))
    assert sending.sweep()["dealt"] == 0


@pytest.mark.parametrize(
    ("zone", "now", "expected"),
    [
        (BERLIN, datetime(2026, 3, 29, 12, tzinfo=UTC), datetime(2026, 3, 30, 6, tzinfo=UTC)),
        (BERLIN, datetime(2026, 10, 25, 12, tzinfo=UTC), datetime(2026, 10, 26, 7, tzinfo=UTC)),
        (BERLIN, datetime(2026, 3, 30, 5, 59, tzinfo=UTC), datetime(2026, 3, 30, 6, tzinfo=UTC)),
        ("Asia/Kathmandu", datetime(2026, 12, 31, tzinfo=UTC), datetime(2027, 1, 4, 2, 15, tzinfo=UTC)),
        ("Pacific/Apia", datetime(2026, 2, 28, 12, tzinfo=UTC), datetime(2026, 3, 1, 19, tzinfo=UTC)),
        ("America/Sao_Paulo", datetime(2028, 2, 28, 23, tzinfo=UTC), datetime(2028, 3, 6, 11, tzinfo=UTC)),
    ],
)
def test_eight_is_eight_there(zone: str, now: datetime, expected: datetime) -> None:
    due = datetime.fromtimestamp(sending.next_at("u", zone, now), UTC)
    assert expected <= due < expected + timedelta(hours=1)


def test_a_digest_says_in_words_what_it_draws(uid: str, time: VirtualClock) -> None:
    _week(uid, time)
    digest = content.of_week(uid, date(2026, 11, 23), BERLIN)
    assert digest is not None
    assert digest.title == "Your week from 2026-11-16: 3 messages sent, 1 reply"
    assert digest.png().startswith(b"\x89PNG")


def test_a_mail_has_its_picture(uid: str) -> None:
    from email.headerregistry import Address

    from shared.providers.mail.base import Attachment, Mail
    from shared.providers.mail.message import composed

    mail = Mail(
        "k", "nora@home.example", "Nora", "S", "Text.", attachments=(Attachment("w.png", "image/png", b"\x89P"),)
    )
    message = message_from_bytes(composed(Address(addr_spec="a@b.example"), mail, "<k@b.example>"))
    _, text, picture = message.walk()
    assert text.get_content_type() == "text/plain"
    assert (picture.get_filename(), picture.get_payload(decode=True)) == ("w.png", b"\x89P")
