"""A letter of which nobody can tell whether it left: who cannot be asked is not asked, but a person, at once."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from shared import settings
from shared.domains.inbox import receiving
from shared.domains.outreach import service as outreach
from shared.providers.mail import addresses
from tests.automations.played import find, notify, reach, start
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually
from tests.providers.fake import Provider, answer
from tests.providers.mail.breaking import Breaking

SECRET = "a-secret-of-the-forwarder"
_DELIVERED = (
    "From: MAILER-DAEMON@mx.acme.io\r\nTo: nora@sender.example\r\nSubject: Successful Mail Delivery Report\r\n"
    'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
    "--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.acme.io\r\n\r\n"
    "Final-Recipient: rfc822; ann@acme.io\r\nAction: delivered\r\nStatus: 2.1.5\r\n\r\n"
    "--B\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {}\r\n\r\n--B--\r\n"
)
_QUICK = {"retry": {"max_attempts": 5, "initial_seconds": 1, "multiplier": 1, "jitter": 0}}


@pytest.fixture
def breaking(api: Api) -> Iterator[Breaking]:
    """A mail server that takes the whole message and hangs up before it says so."""
    with Breaking(".", "") as server:
        url = f"smtp://127.0.0.1:{server.server_address[1]}"
        settings.use(settings.current().model_copy(update={"smtp_url": url, "mail_from": "nora@sender.example"}))
        yield server


def _send(api: Api, **more: Any) -> tuple[str, str]:
    made = api.post("/api/prospects", {"name": "Ann Lee", "email": "ann@acme.io"})["prospect"]["id"]
    body = {"prospect_id": made, "subject": "Hello", "body": "Hello Ann"}
    message = api.post("/api/outreach", body)["outreach"]["id"]
    return start(api, {"id": "send", "action": "send_outreach", **more}, notify("after"), outreach_id=message)


def test_a_mail_server_cannot_be_asked_so_a_person_is_at_once(api: Api, breaking: Breaking) -> None:
    run = _send(api)
    parked = reach(api, *run, "waiting", "failed")
    assert (parked["status"], (parked["waiting_for"] or {}).get("kind")) == ("waiting", "review")
    api.post(f"/api/automations/{run[0]}/executions/{run[1]}/resume", {"outcome": "sent"})
    reach(api, *run, "success")
    assert breaking.messages == 1


def test_what_has_arrived_is_not_sent_again_whatever_a_person_says(api: Api, breaking: Breaking) -> None:
    run = _send(api)
    reach(api, *run, "waiting")
    [message] = outreach.repository.select(api.uid)
    settings.use(settings.current().model_copy(update={"mail_hook_secret": SECRET}))
    headers = {"content-type": "message/rfc822", "authorization": f"Bearer {SECRET}"}
    receiving.receive("raw", _DELIVERED.format(addresses.message_id(str(message.mail_token))).encode(), headers)
    api.post(f"/api/automations/{run[0]}/executions/{run[1]}/resume", {"outcome": "not_sent"})
    reach(api, *run, "success")
    assert breaking.messages == 1
    stored = outreach.get(api.uid, message.id)
    assert (stored.status, stored.sent_at) == ("sent", stored.delivered_at)


def test_a_key_that_was_used_for_another_text_is_not_tried_again_and_again(api: Api, cloud: LocalCloud) -> None:
    """The first answer was an error, though the letter was taken; its text has changed since."""
    replies = {1: answer({}, 500)}
    refused = answer({"name": "invalid_idempotent_request"}, 409)
    with Provider(lambda n: replies.get(n, refused)) as resend:
        mail = {"resend_api_key": "re_1", "resend_base_url": resend.url, "mail_from": "nora@sender.example"}
        settings.use(settings.current().model_copy(update=mail))
        run = _send(api, **_QUICK)
        reach(api, *run, "waiting")
        cloud.clock.advance(timedelta(seconds=10))
        eventually(lambda: len(resend.requests) == 2)
        eventually(lambda: (find(api, *run)["waiting_for"] or {}).get("kind") == "review")
