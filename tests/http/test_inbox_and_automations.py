"""What comes back stops, postpones and threads what automations would send next."""

from datetime import timedelta

from infra.local.cloud import LocalCloud
from shared.kit import clock
from tests.automations.played import notify, reach
from tests.fixtures.api import Api
from tests.fixtures.correspondence import Correspondence
from tests.fixtures.times_of_day import go_to
from tests.fixtures.waiting import eventually
from tests.providers.fake import Reply, answer

SEND = {"id": "send", "action": "send_outreach"}


def test_an_automatic_answer_is_none_and_postpones(api: Api, mail: Correspondence, cloud: LocalCloud) -> None:
    message = mail.sent()
    planned = mail.planned(message, days=1)
    back = clock.now() + timedelta(days=9)
    text = f"I am out of the office until {back:%Y-%m-%d}."
    mail.hand_in(mail.answer(text, Auto_Submitted="auto-replied", Subject="Automatic reply: Hello"))
    assert mail.message(message["id"])["status"] == "sent"
    prospect = mail.prospect(message)
    assert prospect["status"] == "contacted"
    assert prospect["away_until"] > f"{back:%Y-%m-%d}"
    assert mail.calendar_event(planned)["scheduled_date"] > f"{back:%Y-%m-%d}"
    assert api.get("/api/notifications")["notifications"] == []
    body = {"prospect_id": message["prospect_id"], "subject": "More", "body": "Hello Ann, one more thing."}
    more = api.post("/api/outreach", body)["outreach"]["id"]
    id = api.automation("manual", SEND)
    run = api.post(f"/api/automations/{id}/run", {"input": {"outreach_id": more}})["execution"]["id"]
    assert "away" in reach(api, id, run, "waiting")["results"]["send"]["message"]
    api.post(f"/api/outreach/{more}/send")  # a person does not wait
    eventually(lambda: mail.message(more)["status"] == "sent")


def test_a_sequence_stops_as_soon_as_an_answer_comes(api: Api, mail: Correspondence) -> None:
    steps = [{"action": "delay", "config": {"seconds": 86_400}}, notify("too late")]
    id = api.automation("new_prospect_added", *steps, stop_when=["replied"])
    message = mail.sent()
    [run] = eventually(lambda: api.executions(id))
    reach(api, id, run["id"], "waiting")
    mail.hand_in(mail.answer("I have read it."))
    ended = reach(api, id, run["id"], "cancelled")
    assert "replied" in ended["error"]
    lineage = api.get(f"/api/outreach/{message['id']}/lineage")
    assert [event["kind"] for event in lineage["responses"]] == ["reply"]
    assert [stopped["execution_id"] for stopped in lineage["stopped"]] == [run["id"]]
    assert any("That ended a run of “Test”" in sentence for sentence in lineage["why"])


def test_a_run_that_began_before_the_answer_does_not_write_again(api: Api, mail: Correspondence) -> None:
    wait = {"id": "wait", "action": "delay", "config": {"seconds": 2}}
    id = api.automation("manual", wait, SEND, notify("after"))
    message = mail.sent()
    body = {"prospect_id": message["prospect_id"], "subject": "More", "body": "Hello Ann, one more thing."}
    more = api.post("/api/outreach", body)["outreach"]["id"]
    run = api.post(f"/api/automations/{id}/run", {"input": {"outreach_id": more}})["execution"]["id"]
    mail.hand_in(mail.answer("I have read it."))
    ended = reach(api, id, run, "success", "failed")
    assert ended["results"]["send"]["output"]["sent"] is False
    assert len(mail.provider.requests) == 1


def test_a_follow_up_continues_the_thread(api: Api, mail: Correspondence) -> None:
    first = mail.sent()
    mail.sent_to(first["prospect_id"], "follow_up")
    ids = [mail.left(n)["headers"]["Message-ID"] for n in range(2)]
    assert mail.left()["headers"]["In-Reply-To"] == ids[0]
    assert mail.left()["headers"]["References"] == ids[0]
    assert ids[0] != ids[1]
    answer = mail.answer("Tell me more.")
    mail.hand_in(answer)
    mail.sent_to(first["prospect_id"])
    assert mail.left()["headers"]["In-Reply-To"] == answer["Message-ID"]
    assert mail.left()["headers"]["References"].split() == [*ids, answer["Message-ID"]]


def test_many_bounces_pause_sending_and_a_person_lifts_that(api: Api, mail: Correspondence) -> None:
    for number in range(5):
        mail.sent(f"ann{number}@acme{number}.io")
        mail.hand_in(mail.bounce())
    pause = api.get("/api/contacts/pause")["pause"]
    assert "bounced" in pause["reason"]
    assert any(each["title"] == "Sending is paused" for each in api.get("/api/notifications")["notifications"])
    prospect = api.post("/api/prospects", {"name": "Bo", "email": "bo@else.io"})["prospect"]["id"]
    body = {"prospect_id": prospect, "subject": "Hello", "body": "Hello Bo, shall we talk?"}
    held = api.post("/api/outreach", body)["outreach"]["id"]
    api.post(f"/api/outreach/{held}/send")
    eventually(lambda: mail.message(held)["status"] == "approved")
    assert len(mail.provider.requests) == 5
    api.ok(api.http.delete("/api/contacts/pause"))
    assert api.get("/api/contacts/pause")["pause"]["until"] is None
    mail.sent("cy@third.io")


def test_what_comes_back_while_a_message_is_on_its_way_is_not_overwritten(api: Api, mail: Correspondence) -> None:
    """The provider has delivered, and the recipient answered, before the runner could record that it left."""

    def answered_at_once(number: int) -> Reply:
        mail.hand_in(mail.answer("That was quick."))
        return answer({"id": "mail"})

    mail.provider.reply = answered_at_once
    started = api.automation("outreach_replied", notify("told"))
    prospect = api.post("/api/prospects", {"name": "Ann Lee", "email": "ann@acme.io"})["prospect"]
    body = {"prospect_id": prospect["id"], "subject": "Hello", "body": "Hello Ann, shall we talk?"}
    id = api.post("/api/outreach", body)["outreach"]["id"]
    api.post(f"/api/outreach/{id}/send")
    eventually(lambda: mail.message(id)["status"] == "replied")
    assert mail.message(id)["sent_at"]
    assert mail.message(id)["reply"] == "That was quick."
    eventually(lambda: mail.prospect({"prospect_id": prospect["id"]})["status"] == "replied")
    eventually(lambda: len(api.executions(started)) == 1)


def test_automations_keep_to_the_working_hours_and_people_need_not(
    api: Api, mail: Correspondence, cloud: LocalCloud
) -> None:
    go_to(cloud.clock, 3)
    policy = api.get("/api/contacts/policy")["policy"]
    hours = {"start": "09:00", "end": "17:00", "weekends": True}
    api.put("/api/contacts/policy", {**policy, "pacing": hours})
    message = mail.sent()
    body = {"prospect_id": message["prospect_id"], "subject": "More", "body": "Hello Ann, one more thing."}
    more = api.post("/api/outreach", body)["outreach"]["id"]
    id = api.automation("manual", SEND)
    run = api.post(f"/api/automations/{id}/run", {"input": {"outreach_id": more}})["execution"]["id"]
    assert "spread" in reach(api, id, run, "waiting")["results"]["send"]["message"]
    assert len(mail.provider.requests) == 1
    go_to(cloud.clock, 16)
    cloud.clock.advance(timedelta(minutes=58))
    eventually(lambda: mail.message(more)["status"] == "sent")


def test_an_answer_that_a_person_notes_stops_what_would_be_sent(
    api: Api, mail: Correspondence, cloud: LocalCloud
) -> None:
    wait = {"id": "wait", "action": "delay", "config": {"seconds": 3_600}}
    writing = api.automation("manual", wait, SEND)
    sequence = api.automation("new_prospect_added", wait, notify("too late"), stop_when=["replied"])
    message = mail.sent()
    [stopping] = eventually(lambda: api.executions(sequence))
    body = {"prospect_id": message["prospect_id"], "subject": "More", "body": "Hello Ann, one more thing."}
    more = api.post("/api/outreach", body)["outreach"]["id"]
    run = api.post(f"/api/automations/{writing}/run", {"input": {"outreach_id": more}})["execution"]["id"]
    reach(api, writing, run, "waiting")
    reach(api, sequence, stopping["id"], "waiting")
    api.post(f"/api/outreach/{message['id']}/reply", {"message": "By telephone: yes."})
    reach(api, sequence, stopping["id"], "cancelled")  # at once, an hour before it would wake
    cloud.clock.advance(timedelta(hours=1, minutes=1))
    assert reach(api, writing, run, "success")["results"]["send"]["output"]["sent"] is False
    assert len(mail.provider.requests) == 1


def test_two_programs_that_answer_each_other_end_soon(api: Api, mail: Correspondence, cloud: LocalCloud) -> None:
    """The other one says nothing in its headers, and numbers its tickets, so that no two of its texts are the same."""
    api.put("/api/contacts/policy", {"max_per_contact": 50, "daily_quota": 1_000})
    draft = {"id": "draft", "action": "generate_outreach", "config": {"use_knowledge": False}}
    automation = api.automation("outreach_replied", draft, SEND)
    mail.sent()
    for number in range(6):
        left = len(mail.provider.requests)
        mail.hand_in(mail.answer(f"Thank you for your message. Your ticket is #{4711 + 13 * number}."))
        runs = eventually(lambda: api.executions(automation))
        for run in runs:
            reach(api, automation, run["id"], "success", "failed", "waiting")
        if len(mail.provider.requests) == left and number > 2:
            break
    assert len(mail.provider.requests) <= 4
    assert sorted({each["kind"] for each in mail.events()}) == ["auto_reply", "reply"]
    assert len(mail.events(kind="reply")) == 2
    cloud.clock.advance(timedelta(days=30))
    assert len(mail.provider.requests) <= 4


def test_bounces_of_last_week_s_messages_say_nothing_about_today_s(
    api: Api, mail: Correspondence, cloud: LocalCloud
) -> None:
    for number in range(6):
        mail.sent(f"ann{number}@acme{number}.io")
    cloud.clock.advance(timedelta(days=5))
    for number in range(6):
        mail.hand_in(mail.bounce(number=number))
    assert len(mail.suppressed()) == 6
    assert api.get("/api/contacts/pause")["pause"]["until"] is None
