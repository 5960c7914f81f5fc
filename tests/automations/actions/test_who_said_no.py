"""Nobody who said no is written to: however the no was said, the address is spelled and the message is sent."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from infra.local.cloud import LocalCloud
from infra.local.process import free_port
from shared import settings
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import Prospect
from shared.gcp import firestore, writes
from shared.kit import clock
from shared.kit.ids import derived_id, new_id
from tests.automations.played import find, reach, start
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually
from tests.providers.fake import Provider, answer

SEND = {"id": "send", "action": "send_outreach"}
SPELLINGS = [
    *("stop@x.io", "STOP@X.io", "stop(c)@x.io", "(c)stop@x.io", "stop@(c)x.io", '"stop"@x.io', '"st\\op"@x.io'),
    *("stop@x.io.", "mailto:stop@x.io", "Stop <stop@x.io>", "\uff53top@x.io", "st\u200bop@x.io", "stop+news@x.io"),
]
IDN = ["ann@münchen.de", "ann@MÜNCHEN.de", "ann@xn--mnchen-3ya.de", "ann@mu\u0308nchen.de", "ann@münchen.de."]
STATUSES = ["bounced", "complained", "do_not_contact", "not_interested", "unsubscribed"]


class Inbox:
    """What a mail server took, and for whom."""

    def __init__(self) -> None:
        self.recipients: list[str] = []
        self.messages: list[EmailMessage] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.recipients += envelope.rcpt_tos
        self.messages.append(message_from_bytes(envelope.original_content or b"", policy=policy.SMTP))
        return "250 taken"


@pytest.fixture
def inbox(api: Api) -> Iterator[Inbox]:
    inbox, port = Inbox(), free_port()
    server = Controller(inbox, hostname="127.0.0.1", port=port)
    server.start()
    mail = {"smtp_url": f"smtp://localhost:{port}", "mail_from": "nora@sender.example"}
    settings.use(settings.current().model_copy(update={**mail, "public_url": "https://api.sender.example"}))
    yield inbox
    server.stop()


def _stored(api: Api, email: str, **fields: Any) -> str:
    """A prospect as it may have been stored long ago, before addresses were read by one rule."""
    now = clock.now()
    fields = {"name": "Ann Lee", "email": email, **fields}
    prospect = Prospect(id=new_id(), user_id=api.uid, created_at=now, updated_at=now, **fields)
    firestore.client().commit([prospects.repository.to_create(prospect)])
    return prospect.id


def _message(api: Api, prospect: str) -> str:
    return str(
        api.post("/api/outreach", {"prospect_id": prospect, "subject": "Hello", "body": "Hello Ann"})["outreach"]["id"]
    )


def _in_a_run(api: Api, prospect: str) -> str:
    """How the attempt at a message to the prospect ended: why it failed, or nothing."""
    return str(reach(api, *start(api, SEND, outreach_id=_message(api, prospect)), "success", "failed")["error"] or "")


def _by_hand(api: Api, prospect: str) -> str:
    message = _message(api, prospect)
    api.post(f"/api/outreach/{message}/send")
    ended = eventually(lambda: [m for m in [_outreach(api, message)] if m["status"] in ("sent", "failed")])[0]
    return str(ended["error"] or "")


def _by_approval(api: Api, prospect: str) -> str:
    careful = {**SEND, "config": {"require_approval": True}}
    run = start(api, {"id": "write", "action": "generate_outreach"}, careful, prospect_id=prospect)
    draft = reach(api, *run, "waiting")["results"]["write"]["output"]["outreach_id"]
    api.ok(api.http.put(f"/api/outreach/{draft}", json={"status": "approved"}))
    return str(reach(api, *run, "success", "failed")["error"] or "")


def _outreach(api: Api, id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"/api/outreach/{id}")["outreach"]
    return found


WAYS = [_in_a_run, _by_hand, _by_approval]
Way = Callable[[Api, str], str]


def _all(way: Way, api: Api, prospects: list[str]) -> list[str]:
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda prospect: way(api, prospect), prospects))


@pytest.mark.parametrize("way", WAYS)
def test_a_suppressed_mailbox_gets_nothing_in_any_spelling(api: Api, inbox: Inbox, way: Way) -> None:
    api.post("/api/contacts/suppressions", {"email": "stop@x.io"})
    api.post("/api/contacts/suppressions", {"email": "ann@münchen.de"})
    errors = _all(way, api, [_stored(api, spelling) for spelling in [*SPELLINGS, *IDN]])
    assert way(api, _stored(api, '"other"@X.io')) == ""
    assert inbox.recipients == ["other@x.io"]
    for spelling, error in zip([*SPELLINGS, *IDN], errors, strict=True):
        assert "suppression list" in error or "invisible" in error, spelling


@pytest.mark.parametrize("spelling", [*SPELLINGS, *IDN])
def test_an_entry_that_was_stored_before_holds(api: Api, inbox: Inbox, spelling: str) -> None:
    """By the id that its spelling gave it then."""
    now = clock.now()
    entry = {"address": spelling.lower(), "suppressed": True, "reason": "", "sent_at": [], "schema_version": 1}
    path = f"users/{api.uid}/contacts/{derived_id('contact', spelling.lower())}"
    firestore.client().commit([writes.create(path, {**entry, "created_at": now, "updated_at": now})])
    plain = "ann@münchen.de" if spelling in IDN else "stop@x.io"
    assert "suppression list" in _by_hand(api, _stored(api, plain))
    assert _by_hand(api, _stored(api, "other@y.io")) == ""
    assert inbox.recipients == ["other@y.io"]
    [listed] = api.get("/api/contacts/suppressions")["suppressions"]
    assert listed["address"] in (plain, spelling)
    api.ok(api.http.delete(f"/api/contacts/suppressions/{listed['id']}"))
    assert _by_hand(api, _stored(api, plain)) == ""


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_that_says_no_holds_for_every_way_out(api: Api, inbox: Inbox, status: str) -> None:
    for number, way in enumerate(WAYS):
        id = api.post("/api/prospects", {"name": "Ann", "email": f"a{number}@x.io"})["prospect"]["id"]
        api.ok(api.http.patch(f"/api/prospects/{id}", json={"status": status}))
        assert f"is {status.replace('_', ' ')}" in way(api, id)
    assert inbox.recipients == []


@pytest.mark.parametrize("status", ["not_interested", "unsubscribed"])
def test_a_status_that_was_stored_before_holds_for_the_address(api: Api, inbox: Inbox, status: str) -> None:
    """Also for another prospect with the address, once the first is gone."""
    first = _stored(api, "ann@x.io", status=status)
    assert "suppression list" in _by_hand(api, first)
    api.ok(api.http.delete(f"/api/prospects/{first}"))
    assert "suppression list" in _by_hand(api, _stored(api, "ann@x.io"))
    assert inbox.recipients == []


def test_a_status_says_no_where_the_suppression_was_lifted(api: Api, inbox: Inbox) -> None:
    id = api.post("/api/prospects", {"name": "Ann", "email": "ann@x.io", "status": "complained"})["prospect"]["id"]
    [entry] = api.get("/api/contacts/suppressions")["suppressions"]
    _by_hand(api, _stored(api, "somebody@x.io"))
    api.ok(api.http.delete(f"/api/contacts/suppressions/{entry['id']}"))
    assert "Ann is complained; nothing is sent there" in _by_hand(api, id)
    api.ok(api.http.patch(f"/api/prospects/{id}", json={"status": "contacted"}))
    assert _by_hand(api, id) == ""
    assert inbox.recipients == ["somebody@x.io", "ann@x.io"]


@pytest.mark.parametrize(
    ("entry", "refused", "written"),
    [
        ({"email": "ann@x.io"}, ["ann@x.io", "ann+a@x.io"], ["ann-a@x.io", "ann@mail.x.io"]),
        ({"email": "ann+a@x.io"}, ["ann@x.io", "ann+a@x.io", "ann+b@x.io"], ["bob+a@x.io"]),
        ({"email": "ann@x.io", "include_subaddresses": False}, ["ann@x.io"], ["ann+a@x.io"]),
        ({"email": "ann+a@x.io", "include_subaddresses": False}, ["ann+a@x.io"], ["ann@x.io", "ann+b@x.io"]),
        ({"domain": "x.io"}, ["ann@x.io", "ann@mail.x.io", "ann@a.b.c.x.io"], ["ann@notx.io", "ann@x.io.example"]),
        ({"domain": "x.io", "include_subdomains": False}, ["ann+a@x.io"], ["ann@mail.x.io"]),
        ({"domain": "mail.x.io"}, ["ann@eu.mail.x.io"], ["ann@x.io"]),
    ],
)
def test_an_entry_reaches_as_far_as_it_says(
    api: Api, inbox: Inbox, entry: dict[str, Any], refused: list[str], written: list[str]
) -> None:
    api.post("/api/contacts/suppressions", entry)
    errors = _all(_by_hand, api, [_stored(api, email) for email in [*refused, *written]])
    assert ["suppression list" in error for error in errors] == [True] * len(refused) + [False] * len(written)
    assert sorted(inbox.recipients) == sorted(written)


def test_a_no_between_two_attempts_holds(api: Api, cloud: LocalCloud) -> None:
    """The first attempt was claimed and did not leave: the second is asked about anew."""
    with Provider(lambda n: answer({"name": "rate_limit_exceeded"}, 429)) as resend:
        mail = {"resend_api_key": "re_1", "resend_base_url": resend.url, "mail_from": "nora@sender.example"}
        settings.use(settings.current().model_copy(update=mail))
        for number, say in enumerate((_say_by_status, _say_by_address, _say_by_domain)):
            prospect = api.post("/api/prospects", {"name": "Ann", "email": f"ann@x{number}.io"})["prospect"]["id"]
            patient = {"max_attempts": 5, "initial_seconds": 60, "multiplier": 1, "jitter": 0}
            run = start(api, {**SEND, "retry": patient}, outreach_id=_message(api, prospect))
            eventually(lambda: find(api, *run)["attempts"])  # noqa: B023
            say(api, prospect, f"x{number}.io")
            cloud.clock.advance(timedelta(seconds=90))
            assert "nothing is sent there" in reach(api, *run, "success", "failed")["error"]
            assert len(resend.requests) == number + 1


def _say_by_status(api: Api, prospect: str, domain: str) -> None:
    api.ok(api.http.patch(f"/api/prospects/{prospect}", json={"status": "not_interested"}))


def _say_by_address(api: Api, prospect: str, domain: str) -> None:
    api.post("/api/contacts/suppressions", {"email": f"ANN@{domain}"})


def _say_by_domain(api: Api, prospect: str, domain: str) -> None:
    api.post("/api/contacts/suppressions", {"domain": domain})


def test_the_mail_carries_the_link_and_goes_to_the_bare_address(api: Api, inbox: Inbox) -> None:
    assert _by_hand(api, _stored(api, '"Ann"(work)@MÜNCHEN.de')) == ""
    [message] = inbox.messages
    link = message["List-Unsubscribe"].strip("<>")
    assert inbox.recipients == ["ann@xn--mnchen-3ya.de"]
    assert link.startswith("https://api.sender.example/api/unsubscribe/")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    lines = message.get_content().splitlines()
    assert (lines[0], lines[-1]) == ("Hello Ann", link)
