"""What comes back changes the suppression list and the prospect no further than it says; a person's word stays."""

from datetime import timedelta
from email.message import EmailMessage

import pytest

from infra.local.cloud import LocalCloud
from shared.domains.suppression import service as suppression
from tests.fixtures.api import Api
from tests.fixtures.correspondence import Correspondence
from tests.fixtures.waiting import eventually
from tests.providers.fake import Reply, answer

REMOVE = "Please remove me from your list."


def _suppressions(api: Api) -> dict[str, str]:
    return {entry["address"]: entry["reason"] for entry in api.get("/api/contacts/suppressions")["suppressions"]}


def _suppress(api: Api, email: str = "ann@acme.io") -> None:
    api.post("/api/contacts/suppressions", {"email": email, "reason": "Our lawyer asks for it."})


def _dismissed(api: Api, mail: Correspondence) -> None:
    [event] = [each for each in mail.events() if each["kind"] == "removal_request"]
    api.post(f"/api/inbox/{event['id']}/dismiss")


def _titles(api: Api) -> list[str]:
    return [each["title"] for each in api.get("/api/notifications")["notifications"]]


def test_a_request_that_is_dismissed_lifts_no_suppression_by_hand(api: Api, mail: Correspondence) -> None:
    mail.sent()
    _suppress(api)
    mail.hand_in(mail.answer(REMOVE))
    assert _suppressions(api) == {"ann@acme.io": "Our lawyer asks for it."}
    _dismissed(api, mail)
    assert _suppressions(api) == {"ann@acme.io": "Our lawyer asks for it."}


def test_nor_one_by_hand_that_came_after_the_request(api: Api, mail: Correspondence) -> None:
    mail.sent()
    mail.hand_in(mail.answer(REMOVE))
    _suppress(api)
    _dismissed(api, mail)
    assert _suppressions(api) == {"ann@acme.io": "Our lawyer asks for it."}


@pytest.mark.parametrize("first", ["request", "report"])
def test_nor_what_a_bounce_or_a_complaint_says(api: Api, mail: Correspondence, first: str) -> None:
    mail.sent()
    mails: list[EmailMessage | bytes] = [mail.answer(REMOVE), mail.complaint()]
    for each in mails if first == "request" else mails[::-1]:
        mail.hand_in(each)
    _dismissed(api, mail)
    assert list(_suppressions(api).values()) == ["The recipient reported a message as spam."]


def test_a_dismissal_after_the_entry_was_lifted_by_hand_leaves_the_address_usable(
    api: Api, mail: Correspondence
) -> None:
    message = mail.sent("ann+news@acme.io")
    mail.hand_in(mail.answer(REMOVE))
    [entry] = api.get("/api/contacts/suppressions")["suppressions"]
    api.ok(api.http.delete(f"/api/contacts/suppressions/{entry['id']}"))
    _dismissed(api, mail)
    assert suppression.repository.find(api.uid, suppression.contact_id("ann@acme.io")) is None
    assert mail.prospect(message)["status"] == "replied"
    mail.sent_to(message["prospect_id"])


@pytest.mark.parametrize("status", ["meeting_booked", "converted", "not_interested"])
def test_a_dismissal_leaves_the_prospect_as_it_was(api: Api, mail: Correspondence, status: str) -> None:
    message = mail.sent()
    api.put(f"/api/prospects/{message['prospect_id']}", {"status": status})
    entries = _suppressions(api)
    mail.hand_in(mail.answer(REMOVE))
    assert mail.prospect(message)["status"] == "unsubscribed"
    _dismissed(api, mail)
    assert mail.prospect(message)["status"] == status
    assert _suppressions(api) == entries


def test_an_unmatched_request_is_dismissed_with_its_suppression(
    api: Api, mail: Correspondence, cloud: LocalCloud
) -> None:
    mail.sent()
    cloud.clock.advance(timedelta(days=40))
    mail.hand_in(mail.answer(REMOVE, To="nora@sender.example", In_Reply_To=None))
    _dismissed(api, mail)
    assert _suppressions(api) == {}


def test_a_bounce_of_the_former_address_leaves_the_new_one_alone(api: Api, mail: Correspondence) -> None:
    message = mail.sent("old@acme.io")
    api.put(f"/api/prospects/{message['prospect_id']}", {"email": "new@acme.io"})
    mail.hand_in(mail.bounce())
    assert list(_suppressions(api)) == ["old@acme.io"]
    assert mail.prospect(message)["status"] == "contacted"
    mail.sent_to(message["prospect_id"])


def test_a_request_to_the_former_address_holds_for_both_and_so_does_its_dismissal(
    api: Api, mail: Correspondence
) -> None:
    message = mail.sent("old@acme.io")
    api.put(f"/api/prospects/{message['prospect_id']}", {"email": "new@acme.io"})
    mail.hand_in(mail.answer(REMOVE, From="Ann Lee <old@acme.io>"))
    assert set(_suppressions(api)) == {"old@acme.io", "new@acme.io"}
    _dismissed(api, mail)
    assert _suppressions(api) == {}
    mail.sent_to(message["prospect_id"])


def test_a_colleague_who_asks_to_be_left_alone_is_too(api: Api, mail: Correspondence) -> None:
    """The message was passed on, and the colleague is somebody to write to as well."""
    mail.sent()
    mail.hand_in(mail.answer(REMOVE, From="Kim Hall <kim@acme.io>"))
    assert set(_suppressions(api)) == {"ann@acme.io", "kim@acme.io"}
    _dismissed(api, mail)
    assert _suppressions(api) == {}


def test_a_colleague_who_answers_is_not_followed_up_either(api: Api, mail: Correspondence) -> None:
    kim = api.post("/api/prospects", {"name": "Kim Hall", "email": "kim@acme.io"})["prospect"]["id"]
    message = mail.sent()
    mail.hand_in(mail.answer("Ann has passed this on to me; let us talk.", From="Kim Hall <Kim@acme.io>"))
    assert mail.message(message["id"])["status"] == "replied"
    assert mail.prospect({"prospect_id": kim})["status"] == "replied"
    assert mail.prospect({"prospect_id": kim})["replied_at"]
    assert _suppressions(api) == {}


@pytest.mark.parametrize("kind", ["bounce", "complaint"])
def test_what_is_reported_twice_about_a_message_is_told_and_counted_once(
    api: Api, mail: Correspondence, kind: str
) -> None:
    for number in range(2):
        mail.sent(f"ann{number}@acme.io")
        for _ in range(3):  # each a mail of its own
            mail.hand_in(getattr(mail, kind)())
    assert len(mail.events()) == 6
    title = "A message bounced" if kind == "bounce" else "A complaint"
    told = [each for each in _titles(api) if each != "Sending is paused"]
    assert told == [title, title]
    assert (api.get("/api/contacts/pause")["pause"]["until"] is None) == (kind == "bounce")


def test_a_bounce_does_not_undo_a_conversion(api: Api, mail: Correspondence) -> None:
    message = mail.sent()
    api.put(f"/api/prospects/{message['prospect_id']}", {"status": "converted"})
    mail.hand_in(mail.bounce())
    assert mail.prospect(message)["status"] == "converted"
    assert list(_suppressions(api)) == ["ann@acme.io"]


def test_an_event_names_the_prospect(api: Api, mail: Correspondence) -> None:
    mail.sent()
    mail.hand_in(mail.answer("Yes."))
    mail.hand_in(mail.bounce("4.4.1", action="delayed"))
    assert [event["prospect_name"] for event in mail.events()] == ["Ann Lee", "Ann Lee"]


def test_only_a_request_is_confirmed(api: Api, mail: Correspondence, cloud: LocalCloud) -> None:
    mail.sent()
    cloud.clock.advance(timedelta(days=40))
    mail.hand_in(mail.answer("Yes.", To="nora@sender.example", In_Reply_To=None))
    [event] = mail.events(needs="match")
    refused = api.http.post(f"/api/inbox/{event['id']}/confirm")
    assert refused.status_code == 409
    assert "match" in refused.json()["detail"]
    assert len(mail.events(needs="match")) == 1


def test_who_asks_to_be_left_alone_while_the_message_is_on_its_way_has_said_so(api: Api, mail: Correspondence) -> None:
    def refused_at_once(number: int) -> Reply:
        mail.hand_in(mail.answer(REMOVE))
        return answer({"id": "mail"})

    mail.provider.reply = refused_at_once
    message = api.post("/api/prospects", {"name": "Ann Lee", "email": "ann@acme.io"})["prospect"]
    body = {"prospect_id": message["id"], "subject": "Hello", "body": "Hello Ann, shall we talk?"}
    id = api.post("/api/outreach", body)["outreach"]["id"]
    api.post(f"/api/outreach/{id}/send")
    eventually(lambda: mail.message(id)["status"] == "replied")
    eventually(lambda: mail.prospect(mail.message(id))["status"] == "unsubscribed")
    assert list(_suppressions(api)) == ["ann@acme.io"]


def test_what_bounces_for_now_while_it_is_on_its_way_suppresses_nobody(api: Api, mail: Correspondence) -> None:
    def full_at_once(number: int) -> Reply:
        mail.hand_in(mail.bounce("4.2.2"))
        return answer({"id": "mail"})

    mail.provider.reply = full_at_once
    message = mail.sent()
    eventually(lambda: mail.message(message["id"])["delivery"] == "bounced")
    eventually(lambda: mail.message(message["id"])["status"] == "sent")
    mail.provider.reply = lambda number: answer({"id": f"mail-{number}"})
    mail.sent_to(message["prospect_id"])
    assert mail.prospect(message)["status"] == "contacted"
    assert _suppressions(api) == {}
