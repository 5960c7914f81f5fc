"""What users of other mail readers reported about threads, copies and order, on ours."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.message import EmailMessage

from infra.local.cloud import LocalCloud
from tests.automations.played import reach
from tests.fixtures.api import Api
from tests.fixtures.correspondence import Correspondence


def test_one_mail_to_two_users_is_each_one_s_answer(api: Api, mail: Correspondence) -> None:
    """It was taken for a copy of itself, and the second user never had it (zammad 1578)."""
    mine = mail.sent()
    to_me = mail.reply_address()
    with api.another_user() as bob:
        there = Correspondence(bob, mail.provider)
        theirs = there.sent()
        both = mail.answer("To both of you: yes.", Cc=to_me)
        assert mail.hand_in(both)["stored"] == 2
        assert mail.hand_in(both)["repeated"] == 2
        assert [event["outreach_id"] for event in mail.events()] == [mine["id"]]
        assert [event["outreach_id"] for event in there.events()] == [theirs["id"]]


def test_an_answer_to_a_later_mail_of_the_thread_is_found_by_what_it_refers_to(api: Api, mail: Correspondence) -> None:
    """A colleague has answered outside, so that In-Reply-To names no message of ours (chatwoot 10028)."""
    message = mail.sent()
    ours = mail.left()["headers"]["Message-ID"]
    theirs, latest = "<b1@outlook.example> <b2@outlook.example>", "<b2@outlook.example>"
    answer = mail.answer("Thursday.", To="nora@sender.example", In_Reply_To=latest, References=f"{ours} {theirs}")
    mail.hand_in(answer)
    assert mail.message(message["id"])["reply"] == "Thursday."


def test_a_mail_without_an_id_is_one_however_often_it_is_brought(api: Api, mail: Correspondence) -> None:
    """Each time it was brought it was another (iterate 1711, zammad 2063)."""
    mail.sent()
    answer = mail.answer("Yes.", Message_ID=None)
    assert [mail.hand_in(answer)["stored"] for _ in range(3)] == [1, 0, 0]


def test_a_complaint_of_weeks_later_still_counts(api: Api, mail: Correspondence, cloud: LocalCloud) -> None:
    """It was looked for among the messages of four days (hexclave 1341)."""
    message = mail.sent()
    cloud.clock.advance(timedelta(days=45))
    mail.hand_in(mail.complaint())
    assert mail.prospect(message)["status"] == "complained"
    assert mail.suppressed() == ["ann@acme.io"]


def test_eight_things_at_once_about_one_message_are_all_there(api: Api, mail: Correspondence) -> None:
    """The last writer won, so that a late delivery took a complaint back (twenty 24473)."""
    message = mail.sent()
    came: list[EmailMessage | bytes] = [
        mail.answer("Yes."),
        mail.answer("No."),
        mail.answer("Please remove me from your list."),
        mail.answer("I am away.", Auto_Submitted="auto-replied"),
        mail.bounce(),
        mail.bounce("4.2.2"),
        mail.bounce("2.1.5", action="delivered"),
        mail.complaint(),
    ]
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(mail.hand_in, came))
    assert [each["stored"] for each in taken] == [1] * 8
    after = mail.message(message["id"])
    assert (after["status"], after["delivery"]) == ("replied", "complained")
    assert after["bounced_at"]
    assert after["delivered_at"]
    assert mail.prospect(message)["status"] == "complained"
    assert mail.suppressed() == ["ann@acme.io"]
    assert len(mail.events()) == 8


def test_what_comes_back_for_what_is_deleted_is_taken(api: Api, mail: Correspondence) -> None:
    draft = {"id": "draft", "action": "generate_outreach", "config": {"use_knowledge": False}}
    id = api.automation("manual", draft, {"id": "send", "action": "send_outreach"})
    prospect = api.post("/api/prospects", {"name": "Bo", "email": "bo@else.io"})["prospect"]["id"]
    run = api.post(f"/api/automations/{id}/run", {"input": {"prospect_id": prospect}})["execution"]["id"]
    message = reach(api, id, run, "success")["results"]["draft"]["output"]["outreach_id"]
    api.ok(api.http.delete(f"/api/automations/{id}"))
    mail.hand_in(mail.answer("Yes.", From="bo@else.io"))
    assert mail.message(message)["reply"] == "Yes."
    lineage = api.get(f"/api/outreach/{message}/lineage")
    assert [event["kind"] for event in lineage["responses"]] == ["reply"]
    api.ok(api.http.delete(f"/api/prospects/{prospect}"))
    assert mail.hand_in(mail.answer("And again.", From="bo@else.io"))["stored"] == 1
    assert mail.hand_in(mail.answer("Please remove me from your list.", From="bo@else.io"))["stored"] == 1
    assert mail.suppressed() == ["bo@else.io"]
    assert api.http.get(f"/api/prospects/{prospect}").status_code == 404
