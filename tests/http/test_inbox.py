"""What comes back for a message is stored once, with all that follows from it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from infra.local.cloud import LocalCloud
from tests.automations.played import notify, reach
from tests.fixtures.api import Api
from tests.fixtures.correspondence import Correspondence
from tests.fixtures.operators import letters, operator
from tests.fixtures.waiting import eventually

SEND = {"id": "send", "action": "send_outreach"}


def test_an_answer_is_the_message_s(api: Api, mail: Correspondence) -> None:
    message = mail.sent()
    planned = mail.planned(message)
    assert mail.hand_in(mail.answer("Thursday at ten works."))["stored"] == 1
    answered = mail.message(message["id"])
    assert (answered["status"], answered["reply"]) == ("replied", "Thursday at ten works.")
    assert mail.prospect(message)["status"] == "replied"
    [event] = mail.events()
    assert (event["kind"], event["matched_by"], event["text"]) == ("reply", "reference", "Thursday at ten works.")
    assert event["outreach_id"] == message["id"]
    closed = mail.calendar_event(planned)
    assert (closed["status"], closed["closed_because"]) == ("completed", "The recipient has answered.")
    [notice] = api.get("/api/notifications")["notifications"]
    assert (notice["title"], notice["priority"]) == ("An answer", "high")
    assert message["id"] in notice["link"]
    eventually(lambda: [a for a in api.get("/api/activity")["activities"] if a["title"] == "Outreach replied"])
    assert mail.suppressed() == []


def test_it_starts_what_waits_for_an_answer(api: Api, mail: Correspondence) -> None:
    id = api.automation("outreach_replied", notify("n", config={"title": "{{ event.reply }}"}))
    mail.sent()
    mail.hand_in(mail.answer("Call me."))
    [run] = eventually(lambda: api.executions(id))
    reach(api, id, run["id"], "success")
    assert any(each["title"] == "Call me." for each in api.get("/api/notifications")["notifications"])


def test_the_same_mail_twice_at_once_counts_once(api: Api, mail: Correspondence) -> None:
    mail.sent()
    answer = mail.answer("Yes.")
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: mail.hand_in(answer), range(8)))
    assert sorted(each["stored"] for each in taken) == [0] * 7 + [1]
    assert sum(each["repeated"] for each in taken) == 7
    assert len(mail.events()) == 1
    assert len(api.get("/api/notifications")["notifications"]) == 1


def test_a_dead_address_is_never_written_to_again(api: Api, mail: Correspondence) -> None:
    message = mail.sent()
    planned = mail.planned(message)
    assert mail.hand_in(mail.bounce())["stored"] == 1
    bounced = mail.message(message["id"])
    assert (bounced["status"], bounced["delivery"]) == ("sent", "bounced")
    assert "5.1.1" in bounced["delivery_reason"]
    assert mail.prospect(message)["status"] == "bounced"
    assert mail.suppressed() == ["ann@acme.io"]
    assert mail.calendar_event(planned)["status"] == "completed"
    eventually(lambda: [a for a in api.get("/api/activity")["activities"] if a["title"] == "Outreach bounced"])
    body = {"prospect_id": message["prospect_id"], "subject": "Again", "body": "Hello Ann, once more."}
    again = api.post("/api/outreach", body)["outreach"]["id"]
    api.post(f"/api/outreach/{again}/send")
    eventually(lambda: mail.message(again)["status"] == "failed")
    assert len(mail.provider.requests) == 1


def test_what_bounces_for_now_is_given_up_after_three_messages(api: Api, mail: Correspondence) -> None:
    first = mail.sent()
    for number in range(3):
        message = first if number == 0 else mail.sent_to(first["prospect_id"])
        assert mail.prospect(message)["status"] == "contacted"
        assert mail.suppressed() == []
        for _ in range(2):  # two reports about one message are one bounce
            mail.hand_in(mail.bounce("4.2.2"))
    assert mail.suppressed() == ["ann@acme.io"]
    assert mail.prospect(first)["status"] == "bounced"


def test_what_arrives_again_is_not_given_up(api: Api, mail: Correspondence) -> None:
    first = mail.sent()
    for number in range(3):
        if number:
            mail.sent_to(first["prospect_id"])
        mail.hand_in(mail.bounce("4.2.2"))
        mail.hand_in(mail.bounce("2.1.5", action="delivered"))
    assert mail.suppressed() == []


def test_a_complaint_ends_it(api: Api, mail: Correspondence) -> None:
    message = mail.sent()
    mail.hand_in(mail.bounce("2.1.5", action="delivered"))
    assert mail.message(message["id"])["delivery"] == "delivered"
    mail.hand_in(mail.complaint())
    mail.hand_in(mail.bounce("2.1.5", action="delivered"))  # late
    assert mail.message(message["id"])["delivery"] == "complained"
    assert mail.prospect(message)["status"] == "complained"
    assert mail.suppressed() == ["ann@acme.io"]


def test_who_asks_to_be_left_alone_is_and_a_person_confirms(api: Api, mail: Correspondence) -> None:
    message = mail.sent()
    mail.hand_in(mail.answer("Please remove me from your list."))
    assert mail.suppressed() == ["ann@acme.io"]
    assert mail.prospect(message)["status"] == "unsubscribed"
    [event] = mail.events(needs="confirm")
    assert event["kind"] == "removal_request"
    confirmed = api.post(f"/api/inbox/{event['id']}/confirm")["event"]
    assert confirmed["needs"] is None
    assert mail.api.http.post(f"/api/inbox/{event['id']}/dismiss").status_code == 409
    assert mail.suppressed() == ["ann@acme.io"]


def test_a_request_that_was_none_is_dismissed(api: Api, mail: Correspondence) -> None:
    message = mail.sent()
    mail.hand_in(mail.answer("Please remove me from your list."))
    [event] = mail.events()
    api.post(f"/api/inbox/{event['id']}/dismiss")
    assert mail.suppressed() == []
    assert mail.prospect(message)["status"] == "replied"


def test_an_answer_from_elsewhere_is_matched_by_the_sender(api: Api, mail: Correspondence, cloud: LocalCloud) -> None:
    message = mail.sent()
    mail.hand_in(mail.answer("A new mail of mine.", To="nora@sender.example", In_Reply_To=None))
    [event] = mail.events()
    assert (event["matched_by"], event["outreach_id"]) == ("sender", message["id"])
    cloud.clock.advance(timedelta(days=40))
    mail.hand_in(mail.answer("Much later.", To="nora@sender.example", In_Reply_To=None))
    [late, _] = mail.events()
    assert (late["needs"], late["outreach_id"]) == ("match", None)
    api.post(f"/api/inbox/{late['id']}/match", {"outreach_id": message["id"]})
    assert mail.message(message["id"])["reply"] == "Much later."
    assert mail.api.http.post(f"/api/inbox/{late['id']}/match", json={"outreach_id": message["id"]}).status_code == 409


def test_a_stranger_s_mail_is_kept_for_operators(api: Api, mail: Correspondence) -> None:
    mail.sent()
    stranger = mail.answer("Hello?", From="x@stranger.example", To="nora@sender.example", In_Reply_To=None)
    assert mail.hand_in(stranger)["unmatched"] == 1
    assert mail.events() == []
    with operator(api) as operators:
        assert [letter["target"] for letter in letters(operators, source="mail")] == ["raw"]


def test_two_users_who_write_to_one_person_do_not_see_each_other(api: Api, mail: Correspondence) -> None:
    mail.sent()
    with api.another_user() as other:
        there = Correspondence(other, mail.provider)
        theirs = there.sent()
        mail.hand_in(mail.answer("To the second of you."))
        assert [event["outreach_id"] for event in there.events()] == [theirs["id"]]
        assert mail.events() == []
        lost = mail.answer("To whom?", To="nora@sender.example", In_Reply_To=None)
        assert mail.hand_in(lost)["unmatched"] == 1
        assert len(there.events()) == 1


def test_a_forged_call_changes_nothing(api: Api, mail: Correspondence) -> None:
    message = mail.sent()
    assert mail.hand_in(mail.bounce(), secret="whsec_wrong")["status"] == 401
    assert mail.events() == []
    assert mail.message(message["id"])["delivery"] is None
    assert api.get("/api/notifications")["notifications"] == []


def test_a_deleted_message_s_bounce_still_suppresses(api: Api, mail: Correspondence) -> None:
    message = mail.sent()
    api.ok(api.http.delete(f"/api/outreach/{message['id']}"))
    assert mail.hand_in(mail.bounce())["stored"] == 1
    assert mail.suppressed() == ["ann@acme.io"]


def test_attachments_become_files_and_what_cannot_be_read_is_named(api: Api, mail: Correspondence) -> None:
    mail.sent()
    answer = mail.answer("See the attached.")
    answer.add_attachment(b"# Budget\n\nWe have 40,000 for tutors.\n", "text", "markdown", filename="../../budget.md")
    answer.add_attachment(b"\x00\x01", "application", "x-strange", filename="strange.bin")
    mail.hand_in(answer)
    [event] = mail.events()
    [file] = [api.get(f"/api/files/{id}")["file"] for id in event["file_ids"]]
    assert (file["name"], file["kind"]) == ("budget.md", "markdown")
    assert [(each["name"], bool(each["reason"])) for each in event["unread_attachments"]] == [("strange.bin", True)]


def test_parts_that_are_too_many_are_named(api: Api, mail: Correspondence) -> None:
    mail.sent()
    answer = mail.answer("See the attached.")
    for _ in range(1_004):
        answer.add_attachment(b"", "application", "x-strange", filename="a.bin")
    mail.hand_in(answer)
    [event] = mail.events()
    assert event["unread_attachments"][-1] == {
        "name": "5 further parts",
        "reason": "Of a mail only the first 1,000 parts are read.",
    }


def test_a_person_who_sends_pictures_alone_is_no_program(api: Api, mail: Correspondence) -> None:
    mail.sent()
    for number in range(4):
        answer = mail.answer("")
        answer.set_content("")
        answer.add_attachment(b"# Plan", "text", "markdown", filename=f"plan{number}.md")
        mail.hand_in(answer)
    assert [event["kind"] for event in mail.events()] == ["reply"] * 4
