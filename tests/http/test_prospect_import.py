"""POST /api/prospects/import: every row gets its answer, good rows are stored once."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from shared.settings import Settings
from tests.fixtures.api import Api
from tests.fixtures.served import Served

HEADER = "name,company,email\n"


def _statuses(report: dict[str, Any]) -> list[str]:
    return [row["status"] for row in report["rows"]]


def test_good_rows_are_created_once_however_often_the_file_comes(api: Api) -> None:
    content = HEADER + "Ann,Acme,ann@acme.io\nBob,Bolt,\n"
    assert _statuses(api.import_csv(content)) == ["created", "created"]
    assert _statuses(api.import_csv(content)) == ["duplicate", "duplicate"]
    assert api.get("/api/prospects")["total"] == 2


def test_a_duplicate_address_is_named_with_its_first_row(api: Api) -> None:
    report = api.import_csv(HEADER + "Ann,Acme,ann@acme.io\nAnnie,Acme,ANN@acme.io\nBob,,bob@b.io\n")
    assert _statuses(report) == ["created", "duplicate", "created"]
    assert "row 1" in report["rows"][1]["message"]


def test_an_address_known_from_before_is_left_as_it_is(api: Api) -> None:
    id = api.post("/api/prospects", {"name": "Ann", "email": "ann@acme.io", "company": "First"})["prospect"]["id"]
    assert _statuses(api.import_csv(HEADER + "Ann,Second,ann@acme.io\n")) == ["duplicate"]
    assert api.get(f"/api/prospects/{id}")["prospect"]["company"] == "First"


def test_a_missing_column_is_reported_row_by_row(api: Api) -> None:
    report = api.import_csv("company,phone\nAcme,1\nBolt,2\n")
    assert _statuses(report) == ["invalid", "invalid"]
    assert "name: missing" in report["rows"][0]["message"]


def test_bad_rows_do_not_stop_good_ones(api: Api) -> None:
    rows = [
        "Ann,Acme,ann@acme.io",
        ",NoName,",
        "Bad,Mail,nope",
        "Too,Many,a@b.io,cells",
        '"Quoted, Bob",B,b@b.io',
    ]
    report = api.import_csv(HEADER + "\n".join(rows))
    assert _statuses(report) == ["created", "invalid", "invalid", "invalid", "created"]
    assert "email" in report["rows"][2]["message"]
    assert {p["name"] for p in api.get("/api/prospects")["prospects"]} == {"Ann", "Quoted, Bob"}


def test_a_wrong_encoding_spoils_only_its_rows(api: Api) -> None:
    content = (HEADER + "Änn,Acmé,ann@acme.io\n").encode() + "Jürgen,G,j@g.de\n".encode("latin-1")
    report = api.import_csv(content)
    assert _statuses(report) == ["created", "invalid"]
    assert "UTF-8" in report["rows"][1]["message"]


def test_marks_of_order_semicolons_and_utf16_are_understood(api: Api) -> None:
    assert _statuses(api.import_csv("\ufeffName;Company;Email Address\nÅsa;Ö;asa@o.se\n".encode())) == ["created"]
    assert _statuses(api.import_csv("name\tcompany\nØle\tÆ\n".encode("utf-16"))) == ["created"]
    assert {p["name"] for p in api.get("/api/prospects")["prospects"]} == {"Åsa", "Øle"}


def test_other_ways_in_which_tables_are_written(api: Api) -> None:
    for content in (
        "First Name,Last Name,E-mail\nAnn,Lee,a1@x.io\n",
        "name;Full Name;email\n;Ann Lee;a2@x.io\n",
        "Full Name,name,email\nAnn Lee,,a3@x.io\n",
        "sep=;\r\nname;email\r\nAnn Lee;a4@x.io\r\n",
        'name,email\r"Ann Lee",a5@x.io\r',
        "name,email\nAnn Lee,a6@x.io\n".encode("utf-16-le"),
        "name,email\nAnn Lee,a7@x.io\n".encode("utf-16-be"),
    ):
        report = api.import_csv(content)
        assert (_statuses(report), report["ignored_columns"]) == (["created"], []), content
    people = api.get("/api/prospects")["prospects"]
    assert {p["name"] for p in people} == {"Ann Lee"}
    assert {p["email"] for p in people} == {f"a{n}@x.io" for n in range(1, 8)}


def test_quotes_and_line_breaks_within_values(api: Api) -> None:
    report = api.import_csv('name,notes,email\n"Lee, ""Ann""","one\ntwo; three",ann@x.io\nBob,5" pipes,bob@x.io\n')
    assert _statuses(report) == ["created", "created"]
    people = {p["name"]: p["summary"] for p in api.get("/api/prospects")["prospects"]}
    assert people == {'Lee, "Ann"': "one\ntwo; three", "Bob": '5" pipes'}


def test_a_quote_that_is_not_closed_makes_nobody_up(api: Api) -> None:
    report = api.import_csv('name,email\nAnn,a@x.io\n"Bob" Ray,b@x.io\nCid,c@x.io\n"Dan,d@x.io\nEve,e@x.io\n')
    assert _statuses(report) == ["created", "invalid", "created", "invalid"]
    assert "quote" in report["rows"][3]["message"]
    assert {p["name"] for p in api.get("/api/prospects")["prospects"]} == {"Ann", "Cid"}


@pytest.fixture
def eventless(cloud: LocalCloud, local_settings: Settings) -> Iterator[Api]:
    """Without document events: ten thousand would keep the emulator busy for the tests that follow."""
    with Served(cloud, local_settings, events=False) as served, Api(served.url, served.project) as api:
        yield api


def test_ten_thousand_rows_are_forty_one_commits(eventless: Api) -> None:
    api = eventless
    content = HEADER + "".join(f"P{n},C,p{n}@c.io\n" for n in range(10_000))
    answer = api.http.post("/api/prospects/import", content=content, headers={"Content-Type": "text/csv"})
    report = api.ok(answer)
    assert (report["created_count"], report["total_rows"]) == (10_000, 10_000)
    assert answer.headers["x-firestore-cost"] == "rpcs=41 reads=0 writes=20122 commits=41"
    assert api.get("/api/prospects", limit=1)["total"] == 10_000


def test_a_picture_is_no_reason_to_fail(api: Api) -> None:
    """Whatever the bytes, there is a report or a refusal."""
    for content in (b"\x89PNG\r\n\x1a\n\0\0\0", b"GIF87a\x01\0\xff\xfe", b"\xff\xfe\0\xd8", b'"' * 99, b"name\n\0\0"):
        answer = api.http.post("/api/prospects/import", content=content, headers={"Content-Type": "text/csv"})
        assert answer.status_code in (200, 415, 422), answer.text


def test_scores_may_be_percentages(api: Api) -> None:
    api.import_csv("name,fit_score\nA,80%\nB,0.5\nC,12\n")
    assert {p["name"]: p["fit_score"] for p in api.get("/api/prospects")["prospects"]} == {
        "A": 0.8,
        "B": 0.5,
        "C": 0.12,
    }


def test_an_empty_file_is_refused(api: Api) -> None:
    answer = api.http.post("/api/prospects/import", content=b"\n\n", headers={"Content-Type": "text/csv"})
    assert (answer.status_code, "empty" in answer.json()["detail"]) == (422, True)


def test_a_form_upload_is_the_same(api: Api) -> None:
    answer = api.http.post("/api/prospects/import", files={"file": ("p.csv", HEADER + "Ann,,a@b.io\n", "text/csv")})
    assert _statuses(api.ok(answer)) == ["created"]


def test_unknown_columns_are_named(api: Api) -> None:
    report = api.import_csv("name,shoe size\nAnn,39\n")
    assert (report["ignored_columns"], _statuses(report)) == (["shoe size"], ["created"])


@pytest.mark.parametrize("name", ["\u00b2", "\u0969", "9" * 4_999, "0", "-1", "1.0"])
def test_a_mapping_names_columns_by_plain_numbers(api: Api, name: str) -> None:
    headers = {"Content-Type": "text/csv"}
    for mapping in ({name: "name"}, {name: "name", "b": "email"}):
        params = {"mapping": json.dumps(mapping)}
        answer = api.http.post("/api/prospects/import", content=b"a,b\nAnn,a@b.io\n", headers=headers, params=params)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "mapping")
