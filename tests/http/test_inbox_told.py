"""Who is told of what comes back: the user's webhooks, each event once, and nobody else's; opens where they are wanted;
nothing is kept for an account that is gone."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

from infra.local import plain
from infra.local.cloud import LocalCloud
from shared import settings
from shared.domains.inbox.repository import Sent, find_latest_to, new_token, to_keep_token
from shared.gcp import firestore
from shared.kit import clock
from shared.providers.web import signing
from tests.fixtures.accounts import everything
from tests.fixtures.api import Api
from tests.fixtures.correspondence import SECRET, Correspondence
from tests.fixtures.operators import letters, operator
from tests.fixtures.served import Served
from tests.fixtures.waiting import eventually
from tests.providers.fake import Reply, answer
from tests.providers.web.site import Site, response

_SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari"


def _reported(mail: Correspondence, kind: str, token: str, id: str | None = None, **data: Any) -> dict[str, Any]:
    """Posts an event of Resend about a message; answers what was made of it."""
    settings.use(settings.current().model_copy(update={"resend_webhook_secret": SECRET}))
    at = clock.now().isoformat()
    about = {"created_at": (clock.now() - timedelta(minutes=5)).isoformat(), "tags": {"message": token}, **data}
    body = json.dumps({"type": f"email.{kind}", "created_at": at, "data": about}).encode()
    headers = {"Content-Type": "application/json", **signing.signed(SECRET, id or uuid4().hex, body)}
    with plain.client(base_url=mail.api.url, headers=headers) as client:
        taken: dict[str, Any] = client.post("/api/hooks/mail/resend", content=body).json()
    return taken


def test_one_mail_by_two_hooks_at_once_is_one_answer(api: Api, mail: Correspondence) -> None:
    mail.sent()
    answer = mail.answer("Yes.", Cc="nora@sender.example")
    copy = answer.as_string().replace("Subject:", "X-Gateway: 1\nSubject:", 1)
    with ThreadPoolExecutor(2) as pool:
        direct = pool.submit(mail.hand_in, answer)
        by_resend = pool.submit(_reported, mail, "received", "", email_id=uuid4().hex, raw=copy)
        taken = [direct.result(), by_resend.result()]
    assert sorted(each["stored"] for each in taken) == [0, 1]
    assert len(mail.events()) == 1
    assert [each["title"] for each in api.get("/api/notifications")["notifications"]] == ["An answer"]


def _token(mail: Correspondence) -> str:
    return str(mail.left()["tags"][0]["value"])


def test_webhooks_are_told_once_and_only_their_own(api: Api, mail: Correspondence) -> None:
    events = ["outreach_replied", "outreach_bounced", "outreach_complained"]
    with Site(lambda asked: response()) as mine, Site(lambda asked: response()) as theirs, api.another_user() as bob:
        for user, site in ((api, mine), (bob, theirs)):
            user.post("/api/webhooks", {"url": f"{site.url}/in", "event_types": events})
        for number, came in enumerate((mail.answer, mail.bounce, mail.complaint)):
            mail.sent(f"ann{number}@acme.io")
            raw = came("Yes.") if number == 0 else came()  # type: ignore[operator]
            for _ in range(3):
                mail.hand_in(raw)
            mail.hand_in(came("Once more.") if number == 0 else came())  # type: ignore[operator]
        eventually(lambda: len(mine.asked) == 3)
        bodies = [json.loads(asked.body) for asked in mine.asked]
        assert sorted(body["type"] for body in bodies) == sorted(events)
        assert not any("token" in asked.body.decode() for asked in mine.asked)
        assert theirs.asked == []


def test_what_fails_while_it_is_on_its_way_has_failed(api: Api, mail: Correspondence) -> None:
    def failed_at_once(number: int) -> Reply:
        _reported(mail, "failed", _token(mail), failed={"reason": "reached_daily_quota"})
        return answer({"id": "mail"})

    mail.provider.reply = failed_at_once
    prospect = api.post("/api/prospects", {"name": "Ann Lee", "email": "ann@acme.io"})["prospect"]["id"]
    body = {"prospect_id": prospect, "subject": "Hello", "body": "Hello Ann, shall we talk?"}
    id = api.post("/api/outreach", body)["outreach"]["id"]
    api.post(f"/api/outreach/{id}/send")
    eventually(lambda: mail.message(id)["status"] == "failed")
    assert "reached_daily_quota" in mail.message(id)["error"]
    mail.provider.reply = lambda number: answer({"id": f"mail-{number}"})
    api.post(f"/api/outreach/{id}/send")
    eventually(lambda: mail.message(id)["status"] == "sent")
    assert mail.message(id)["error"] is None


def test_opens_count_where_they_are_wanted_once_each_and_machines_apart(api: Api, mail: Correspondence) -> None:
    message = mail.sent()
    token = _token(mail)
    assert _reported(mail, "opened", token)["ignored"] == 1
    policy = api.get("/api/contacts/policy")["policy"]
    assert policy["count_opens"] is False
    api.put("/api/contacts/policy", {**policy, "count_opens": True})
    for id in ("o1", "o1", "o2"):
        _reported(mail, "opened", token, id, open={"userAgent": _SAFARI})
    _reported(mail, "opened", token, "o3", open={"userAgent": "Mozilla/5.0"})
    for _ in range(2):
        _reported(mail, "clicked", token, "c1", click={"link": "https://a.example", "userAgent": _SAFARI})
    _reported(mail, "clicked", token, "c2", click={"link": "https://a.example", "userAgent": "Barracuda Sentinel"})
    counted = mail.message(message["id"])
    assert (counted["opens"], counted["machine_opens"], counted["clicks"]) == (2, 1, 1)
    assert counted["status"] == "sent"


def test_nothing_comes_back_to_an_account_that_is_gone(
    api: Api, mail: Correspondence, served: Served, cloud: LocalCloud
) -> None:
    mail.sent()
    answer, bounce, token = mail.answer("Yes."), mail.bounce(), _token(mail)
    with api.another_user() as bob:
        api.ok(api.http.request("DELETE", "/api/account", json={"confirm": "delete my account"}))
        eventually(lambda: served.cloud.courier.idle(served.internal))
        before = set(everything())
        for taken in (mail.hand_in(answer), mail.hand_in(bounce), _reported(mail, "bounced", token)):
            assert taken["ignored"] == 1
        assert {path for path in set(everything()) - before if not path.startswith("meters/")} == set()
        with operator(bob) as operators:
            assert letters(operators, source="mail") == []


def test_nobody_gets_the_answer_of_another_s_recipient(served: Served) -> None:
    address, now = f"{uuid4().hex}@acme.io", clock.now()
    ann = [Sent("ann", f"m{n}", "p", address, now - timedelta(days=n)) for n in range(60)]
    firestore.client().batch_write([to_keep_token(new_token(), sent) for sent in ann], announced=False)
    assert find_latest_to(address) == ann[0]
    bob = Sent("bob", "m", "p", address, now - timedelta(days=90))
    firestore.client().commit([to_keep_token(new_token(), bob)])
    assert find_latest_to(address) is None
