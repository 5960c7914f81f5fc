"""POST /api/prospects/import: who has said no to another program is a refusal here, by whatever column that says it."""

from typing import Any

import pytest

from tests.fixtures.api import Api

PATH = "/api/prospects/import"


def statuses(api: Api, table: str, **query: Any) -> dict[str, str]:
    answer = api.http.post(PATH, content=table.encode(), params=query, headers={"Content-Type": "text/csv"})
    assert {row["status"] for row in api.ok(answer)["rows"]} == {"created"}, answer.text
    rows = api.get("/api/prospects", limit=500)["prospects"]
    return {row["email"].partition("@")[0]: row["status"] for row in rows}


def suppressed(api: Api) -> set[str]:
    return {entry["address"] for entry in api.get("/api/contacts/suppressions")["suppressions"]}


EXPORTS = {
    "mailchimp, unsubscribed": (
        "Email Address,First Name,MEMBER_RATING,OPTIN_TIME,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_REASON,TAGS\n"
        'no@x.io,Ann,2,2026-01-01 10:00:00,2026-02-01 10:00:00,May news,NORMAL,"""vip"""\n',
        {"no": "unsubscribed"},
    ),
    "mailchimp, cleaned": (
        "Email Address,First Name,MEMBER_RATING,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE\nno@x.io,Ann,2,2026-02-01 10:00,May\n",
        {"no": "bounced"},
    ),
    "pipedrive": (
        "Person - ID,Person - Name,Person - Organization,Person - Email - Work,Person - Marketing status\n"
        "1,Ann,Acme,no@x.io,Unsubscribed\n2,Bo,Acme,yes@x.io,Subscribed\n3,Cy,Acme,non@x.io,No consent\n",
        {"no": "unsubscribed", "yes": "new", "non": "unsubscribed"},
    ),
    "salesforce": (
        '"Contact: First Name","Contact: Last Name","Contact: Email","Has Opted Out of Email","Email Bounced Date",'
        '"Email Bounced Reason"\n"A","N","no@x.io","0","1/2/2026","mailbox full"\n"B","O","yes@x.io","0","",""\n',
        {"no": "bounced", "yes": "new"},
    ),
    "zoho": (
        "Record Id,First Name,Last Name,Email,Email Opt Out,Unsubscribed Mode,Unsubscribed Time\n"
        "1,A,N,no@x.io,false,Consent form,\n2,B,O,yes@x.io,false,,\n",
        {"no": "unsubscribed", "yes": "new"},
    ),
    "hubspot": (
        "Email,First Name,Opted out of email: Product news,Mailing State/Province,Unsubscribe link\n"
        "no@x.io,A,Yes,CA,https://x.io/u\nyes@x.io,B,,CA,https://x.io/u\n",
        {"no": "unsubscribed", "yes": "new"},
    ),
    "lemlist": (
        "email,firstName,status,lastState\nno@x.io,A,done,emailsUnsubscribed\nbo@x.io,B,done,emailsBounced\n"
        "yes@x.io,C,done,emailsOpened\nni@x.io,D,done,emailsNotInterested\n",
        {"no": "unsubscribed", "bo": "bounced", "yes": "new", "ni": "not_interested"},
    ),
    "instantly": (
        "Email,First Name,Lead Status,Interest Status\nno@x.io,A,Active,Not interested\n"
        "wr@x.io,B,Active,Wrong Person\nyes@x.io,C,Active,Out of Office\n",
        {"no": "not_interested", "wr": "not_interested", "yes": "new"},
    ),
    "tags": (
        'Name,Email,Tags\nA,no@x.io,"vip, Do not contact"\nB,yes@x.io,"vip, not unsubscribed"\n',
        {"no": "do_not_contact", "yes": "new"},
    ),
    "without a header": (
        "Ann Lee,no@x.io,unsubscribed\nBo Ray,yes@x.io,subscribed\n",
        {"no": "unsubscribed", "yes": "new"},
    ),
    "an opt-out that says there is none": (
        "name,email,opt-out status\nA,yes@x.io,Opted in\nB,none@x.io,no\nC,no@x.io,by phone\n",
        {"yes": "new", "none": "new", "no": "unsubscribed"},
    ),
}


@pytest.mark.parametrize("name", EXPORTS)
def test_a_no_is_heard_in_whatever_column_a_program_writes_it(api: Api, name: str) -> None:
    table, expected = EXPORTS[name]
    assert statuses(api, table) == expected
    assert suppressed(api) == {f"{who}@x.io" for who, status in expected.items() if status != "new"}


def test_a_column_that_the_client_leaves_out_is_not_read(api: Api) -> None:
    table = "name,email,last state\nA,a@x.io,unsubscribed\n"
    assert statuses(api, table, mapping='{"last state": null}') == {"a": "new"}


def test_the_row_says_which_column_was_read_as_a_no(api: Api) -> None:
    [row] = api.import_csv("name,email,lastState\nA,a@x.io,emailsUnsubscribed\n")["rows"]
    assert row["message"] == "lastState 'emailsUnsubscribed' was read as unsubscribed"


def test_who_says_no_says_it_for_every_address_of_the_row(api: Api) -> None:
    rows = ("A,a@x.io,a2@x.io,yes", "B,b@x.io; b2@x.io,,", "C,c@x.io,,", "C,c@x.io,c2@x.io,1")
    api.import_csv("\n".join(["name,email,secondary email,unsubscribed", *rows]))
    assert suppressed(api) == {"a@x.io", "a2@x.io", "c@x.io", "c2@x.io"}


def test_a_no_is_not_lost_with_the_rest_of_its_row(api: Api) -> None:
    api.post("/api/prospects", {"name": "Ann", "email": "a@x.io"})
    long = "Acme " * 60
    api.import_csv(f"name,email,company,unsubscribed\nAnn,a@x.io,{long},yes\n{long},b@x.io,,yes\nC,c@x.io,{long},no\n")
    rows = {row["email"]: (row["name"], row["status"]) for row in api.get("/api/prospects")["prospects"]}
    assert rows == {"a@x.io": ("Ann", "unsubscribed"), "b@x.io": ("b@x.io", "unsubscribed")}
    assert suppressed(api) == {"a@x.io", "b@x.io"}


def test_a_no_in_any_row_of_a_batch_is_one(api: Api) -> None:
    rows = [{"name": "A", "email": "a@x.io"}, {"name": "A", "email": "A@X.io", "status": "unsubscribed"}]
    assert [row["status"] for row in api.post("/api/prospects", {"prospects": rows})["prospects"]] == ["unsubscribed"]
    assert suppressed(api) == {"a@x.io"}
