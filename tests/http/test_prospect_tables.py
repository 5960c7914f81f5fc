"""POST /api/prospects/import takes the tables that other programs export, and refuses by name what is none."""

import gzip
import io
import json
import math
import time
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from openpyxl import Workbook

from shared.domains.prospects.imports import run as imports
from shared.domains.prospects.imports.report import ImportQuery
from shared.errors import AppError
from tests.fixtures.api import Api

PATH = "/api/prospects/import"
TABLES = Path(__file__).parent.parent / "fixtures/tables"
READ = ("name", "email", "company", "job_title", "phone", "website", "linkedin", "summary")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send(api: Api, content: str | bytes, **query: Any) -> httpx.Response:
    raw = content.encode() if isinstance(content, str) else content
    return api.http.post(PATH, content=raw, params=query, headers={"Content-Type": "text/csv"})


def report_of(api: Api, content: str | bytes, **query: Any) -> dict[str, Any]:
    return api.ok(send(api, content, **query))


def people(api: Api) -> dict[str, dict[str, str]]:
    """What is stored, by name, without what is empty."""
    rows = api.get("/api/prospects", limit=500)["prospects"]
    return {row["name"]: {field: row[field] for field in READ[1:] if row[field]} for row in rows}


def statuses(report: dict[str, Any]) -> list[str]:
    return [row["status"] for row in report["rows"]]


EXPECTED: dict[str, dict[str, dict[str, str]]] = {
    "N-A-placeholders": {"A": {}, "B": {}, "C": {}},
    "double-BOM": {"A": {"email": "a@x.io"}},
    "email-only-list": {"a@x.io": {"email": "a@x.io"}, "b@x.io": {"email": "b@x.io"}},
    "email-with-display-name": {letter: {"email": f"{letter.lower()}@x.io"} for letter in "ABCD"},
    "empty-names": {"a@x.io": {"email": "a@x.io"}, "B": {"email": "b@x.io"}},
    "excel-windows-1252-header-with-accent": {
        "Zoé Léger": {"email": "z@x.fr", "company": "Crédit"},
        "Marc Petit": {"email": "m@x.fr", "company": "SARL"},
    },
    "excel-windows-1252-semicolon": {
        "Jürgen Müller": {"email": "j@x.de", "company": "Café Zürich"},
        "Ann Smith": {"email": "a@x.de", "company": "ACME"},
    },
    "google-contacts": {
        "Ada Verne": {
            "email": "ada@lumen.example",
            "company": "Lumen Labs",
            "job_title": "Head of Sales",
            "phone": "+44 20 7946 0001",
            "website": "https://lumen.example",
        }
    },
    "linkedin-connections-preamble": {
        "Anna Müller": {
            "email": "anna@acme.io",
            "company": "ACME",
            "job_title": "Head of Sales",
            "linkedin": "https://www.linkedin.com/in/annamuller",
        },
        "Bob Li": {"company": "Initech", "job_title": "CTO", "linkedin": "https://www.linkedin.com/in/bobli"},
    },
    "mac-roman": {"Jürgen": {"company": "Café"}, "Ann": {"company": "ACME"}},
    "outlook-contacts": {
        "Ben Ruiz": {
            "email": "ben@orchid.example",
            "company": "Orchid GmbH",
            "job_title": "Buyer",
            "phone": "+49 30 123456",
            "website": "https://orchid.example",
        }
    },
    "pipe-separated": {"A": {"email": "a@x.io", "company": "ACME"}},
    "sales-navigator-camelCase-headers": {
        "Jane Doe": {"company": "Initech", "job_title": "VP", "linkedin": "https://www.linkedin.com/in/x"}
    },
    "several-emails-in-one-cell": {letter: {"email": f"{letter.lower()}@x.io"} for letter in "ABCD"},
    "space-after-comma-before-quote": {
        "A": {"email": "a@x.io", "summary": "b, c"},
        "B": {"email": "b@x.io", "summary": "x"},
    },
    "thunderbird-contacts": {"Cleo Marsh": {"email": "cleo@marsh.example", "company": "Marsh & Sons", "phone": "0123"}},
    "trailing-commas-in-rows-only": {"A": {"email": "a@x.io"}, "B": {"email": "b@x.io"}},
    "unclosed-quote-midfile": {"A": {"email": "a@x.io"}},
}


@pytest.mark.parametrize("name", sorted(path.stem for path in TABLES.glob("*.csv")))
def test_every_person_of_an_export_is_stored_with_what_the_file_has(api: Api, name: str) -> None:
    report = report_of(api, (TABLES / f"{name}.csv").read_bytes())
    assert people(api) == EXPECTED[name]
    assert report["created_count"] == len(EXPECTED[name])
    refused = [row for row in report["rows"] if row["status"] != "created"]
    if name == "unclosed-quote-midfile":
        assert [(row["line"], "lines 3 to 5" in row["message"]) for row in refused] == [(3, True)]
    else:
        assert refused == []


def test_exports_of_sales_programs(api: Api) -> None:
    for content in (
        # Apollo
        "First Name,Last Name,Title,Company,Email,Email Status,Work Direct Phone,Stage,Person Linkedin Url,Website\n"
        "Ann,Apollo,CTO,Acme,a1@x.io,Verified,'+1 555,Cold,http://www.linkedin.com/in/ann,acme.example\n",
        # HubSpot
        '"Record ID","First Name","Last Name",Email,"Phone Number","Lead Status","Company Name","Job Title"\n'
        "101,Hal,Hub,a2@x.io,,In Progress,Acme,CEO\n",
        # Salesforce
        '"Salutation","First Name","Last Name","Title","Account Name","Email","Email Opt Out","Description"\n'
        '"Ms.","Sal","Force","CFO","Acme","a3@x.io","0","from the fair"\n',
        # Apple Contacts and the older Outlook: "Title" is no job beside "Job Title"
        "Title,First Name,Middle Name,Last Name,Company,Job Title,E-mail Address,E-mail 2 Address,Mobile Phone\n"
        "Dr.,Olga,M.,Look,Acme,Buyer,a4@x.io,a5@x.io,0123\n",
        # German, Spanish, Italian
        "Vorname;Name;Firma;Funktion;E-Mail-Adresse;Telefonnummer\nJörg;Groß;Acme;Einkäufer;a6@x.io;030\n",
        "Nombre;Apellidos;Empresa;Puesto;Correo electrónico\nInés;Núñez;Acme;Jefa;a7@x.io\n",
        "Nome;Cognome;Azienda;Ruolo;Indirizzo e-mail\nAldo;Verdi;Acme;Capo;a8@x.io\n",
        # a list without a header, and one with tabs
        "Lee Ray <a9@x.io>\n<a10@x.io>\n",
        "Eva Klein\ta11@x.io\nTom Gross\ta12@x.io\n",
    ):
        report = report_of(api, content)
        assert set(statuses(report)) == {"created"}, report
    got = people(api)
    assert got["Ann Apollo"]["linkedin"] == "http://www.linkedin.com/in/ann"
    assert got["Ann Apollo"]["website"] == "https://acme.example"
    assert got["Sal Force"] == {"email": "a3@x.io", "company": "Acme", "job_title": "CFO", "summary": "from the fair"}
    assert got["Olga M. Look"] == {"email": "a4@x.io", "company": "Acme", "job_title": "Buyer", "phone": "0123"}
    assert got["Jörg Groß"] == {"email": "a6@x.io", "company": "Acme", "job_title": "Einkäufer", "phone": "030"}
    assert got["Inés Núñez"] == {"email": "a7@x.io", "company": "Acme", "job_title": "Jefa"}
    assert got["Aldo Verdi"] == {"email": "a8@x.io", "company": "Acme", "job_title": "Capo"}
    assert {"Lee Ray", "a10@x.io", "Eva Klein", "Tom Gross", "Hal Hub"} < got.keys()


OPT_OUTS = (
    (
        "status",
        ["Unsubscribed", "opted out", "Do not contact", "Abgemeldet", "désinscrit", "Unsubscribed on 2024-05-01"],
    ),
    ("Email opt in", ["no", "false", "0", "nein"]),
    ("Email Opt Out", ["yes", "TRUE", "1", "x", "2026-01-31"]),
    ("Unsubscribed from all email", ["true"]),
    ("UNSUB_TIME", ["2026-01-31 10:00:00"]),
    ("Subscription Status", ["unsubscribed"]),
    ("Baja", ["sí"]),
)


def test_who_has_said_no_elsewhere_is_never_a_new_prospect(api: Api) -> None:
    for column, values in OPT_OUTS:
        rows = "".join(f"P,{api.uid}{abs(hash((column, value)))}@x.io,{value}\n" for value in values)
        report_of(api, f"name,email,{column}\n{rows}")
    stored = api.get("/api/prospects", limit=500)["prospects"]
    assert len(stored) == sum(len(values) for _, values in OPT_OUTS)
    assert {row["status"] for row in stored} <= {"unsubscribed", "do_not_contact"}


def test_who_has_said_yes_is_new_and_other_statuses_are_kept(api: Api) -> None:
    rows = {
        "a": ("Open", "yes", "no"),
        "b": ("Customer", "1", "0"),
        "c": ("Not interested", "", ""),
        "d": ("Odd", "", ""),
    }
    table = "".join(f"{name},{name}@x.io,{','.join(cells)}\n" for name, cells in rows.items())
    report = report_of(api, f"name,email,Lead Status,opt-in,unsubscribed\n{table}")
    got = {row["name"]: row["status"] for row in api.get("/api/prospects")["prospects"]}
    assert got == {"a": "new", "b": "converted", "c": "not_interested", "d": "new"}
    assert "'Odd' is no status" in report["rows"][3]["message"]


def test_an_answer_to_a_question_of_consent_is_never_guessed(api: Api) -> None:
    report = report_of(api, "name,email,consent\nA,a@x.io,perhaps\nB,b@x.io,\n")
    assert statuses(report) == ["invalid", "created"]
    assert "'perhaps' is neither yes nor no" in report["rows"][0]["message"]


def test_an_opt_out_list_stops_those_who_are_prospects_already(api: Api) -> None:
    """Also where the list has an address twice, and where hundreds are there."""
    report_of(api, "name,email\n" + "".join(f"P{n},p{n}@x.io\n" for n in range(200)))
    table = "email,unsubscribed\n" + "".join(f"p{n}@x.io,yes\n" for n in range(180)) + "new@x.io,no\nNEW@x.io,yes\n"
    report = report_of(api, table)
    assert (report["updated_count"], report["created_count"], report["duplicate_count"]) == (180, 1, 1)
    got = api.get("/api/prospects", status="unsubscribed", limit=500)["prospects"]
    assert {row["email"] for row in got} == {f"p{n}@x.io" for n in range(180)} | {"new@x.io"}
    again = report_of(api, table)
    assert (again["updated_count"], again["duplicate_count"]) == (0, 182)


def test_what_is_no_table_is_refused_by_its_name(api: Api) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("prospects.csv", "name\nAnn\n")
    for content, name in (
        (gzip.compress(b"name\nAnn\n"), "gzip"),
        (archive.getvalue(), "ZIP"),
        (b'{"prospects": [{"name": "Ann"}]}', "JSON"),
        (b'[{"name": "Ann"}]', "JSON"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "picture"),
        (b"\xff\xd8\xff\xe0 name,email", "picture"),
        (b"%PDF-1.7\n%name,email\n", "PDF"),
        (b"<!DOCTYPE html><table><tr><td>name</td></tr></table>", "HTML"),
        (b"BEGIN:VCARD\r\nFN:Ann\r\nEND:VCARD\r\n", "vCard"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Excel"),
        (bytes(range(32)) * 9, "no text"),
    ):
        answer = send(api, content)
        assert (answer.status_code, name in answer.json()["detail"]) == (415, True), answer.text
    for content in (b"", b"PK\x03\x04 and no more", b"once upon a time\nthere was a text\n"):
        assert send(api, content).status_code == 422
    assert api.get("/api/prospects")["total"] == 0


def test_a_preview_says_how_the_file_is_read_and_writes_nothing(api: Api) -> None:
    table = "Notes:\n\nName,Mail privat,Shoe size\nAnn,a@x.io,39\nBea,,40\n,,41\nAnn,a@x.io,\n"
    answer = send(api, table, dry_run="true")
    report = api.ok(answer)
    assert "writes=0" in answer.headers["x-firestore-cost"]
    assert (report["dry_run"], report["header_line"], report["separator"], report["encoding"]) == (
        True,
        3,
        ",",
        "utf-8",
    )
    assert report["columns"] == [
        {"column": "Name", "field": "name", "samples": ["Ann", "Bea", "Ann"]},
        {"column": "Mail privat", "field": None, "samples": ["a@x.io", "a@x.io"]},
        {"column": "Shoe size", "field": None, "samples": ["39", "40", "41"]},
    ]
    assert report["ignored_columns"] == ["Mail privat", "Shoe size"]
    assert [(row["row"], row["line"], row["status"]) for row in report["rows"]] == [
        (1, 4, "ready"),
        (2, 5, "ready"),
        (3, 6, "invalid"),
        (4, 7, "duplicate"),
    ]
    assert any("before the header" in problem for problem in report["problems"])
    assert any("mail addresses" in problem for problem in report["problems"])
    assert api.get("/api/prospects")["total"] == 0


def test_a_mapping_overrides_what_columns_are_called(api: Api) -> None:
    table = "Name,Mail privat,Email,Shoe size\nAnn,a@x.io,work@x.io,39\n"
    mapping = json.dumps({"mail PRIVAT": "email", "4": "summary"})
    report_of(api, table, mapping=mapping)
    assert people(api) == {"Ann": {"email": "a@x.io", "summary": "39"}}
    form = {"mapping": json.dumps({"a": "email", "b": "name"}), "dry_run": "false"}
    answer = api.http.post(PATH, files={"file": ("p.csv", "a,b\nb@x.io,Bob\n", "text/csv")}, data=form)
    assert statuses(api.ok(answer)) == ["created"]
    assert people(api)["Bob"] == {"email": "b@x.io"}
    for wrong in ('{"Name": "shoe"}', '{"Nobody": "name"}', "[1]", "{", '"x"'):
        answer = send(api, table, mapping=wrong)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "mapping"), wrong


def test_another_mapping_under_one_idempotency_key_is_another_request(api: Api) -> None:
    def post(field: str) -> httpx.Response:
        files = {"file": ("p.csv", "a,b\nX,Bob\n", "text/csv")}
        form = {"mapping": json.dumps({"b": "name", "a": field})}
        return api.http.post(PATH, files=files, data=form, headers={"Idempotency-Key": "k1"})

    assert [post("company").status_code, post("company").status_code, post("phone").status_code] == [200, 200, 422]


def test_a_form_says_one_thing(api: Api) -> None:
    """A misspelt option, an option twice, a second file: none is passed over, for each is meant."""
    table = ("p.csv", "name,email\nAnn,a@x.io\n", "text/csv")
    empty = ("", b"", "application/octet-stream")  # what a page sends for a field without a file

    def refusal(files: Any, data: dict[str, Any]) -> tuple[int, str]:
        answer = api.http.post(PATH, files=files, data=data)
        return answer.status_code, answer.json().get("detail", "")

    for files, data, reason in (
        ([("file", table)], {"dryrun": "true"}, "dryrun: unknown field"),
        ([("file", table)], {"dry_run": ["false", "true"]}, "dry_run: is sent twice"),
        ([("file", table), ("file", ("q.csv", "name\nBob\n", "text/csv"))], {}, "2 files"),
        ([("file", table), ("more", ("q.csv", "name\nBob\n", "text/csv"))], {}, "2 files"),
    ):
        status, detail = refusal(files, data)
        assert (status, reason in detail) == (422, True), detail
    assert api.get("/api/prospects")["total"] == 0
    twice = send(api, "name\nAnn\n", dry_run=["false", "true"])
    assert (twice.status_code, twice.json()["errors"][0]["field"]) == (422, "dry_run")
    assert refusal([("other", empty), ("file", table)], {"dry_run": "", "user_id": api.uid}) == (200, "")
    assert list(people(api)) == ["Ann"]


def test_an_encoding_may_be_named(api: Api) -> None:
    table = "name\nJiří Žižka\n"
    assert report_of(api, table.encode("cp1250"), encoding="windows-1250")["encoding"] == "windows-1250"
    assert list(people(api)) == ["Jiří Žižka"]
    for unknown in ("klingon", "base64", "idna", "undefined_x"):
        assert send(api, table, encoding=unknown).json()["errors"][0]["field"] == "encoding"


def workbook(*sheets: Iterable[Iterable[Any]]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_workbook_is_a_table(api: Api) -> None:
    rows: list[list[Any]] = [
        ["Contacts of", date(2026, 1, 31)],
        [],
        ["First name", "Last name", "Mail", "Phone", "Score", "Opt in", "Since"],
        ["Ann", "Lee", "a@x.io", 493012345.0, 0.8, True, datetime(2026, 1, 31, 9, 30)],
        ["Bob", "Ray", "b@x.io", "030", None, False, None],
        [None, None, None, "12", None, None, None],
    ]
    answer = api.http.post(PATH, content=workbook([], rows, [["name"], ["Zoe"]]), headers={"Content-Type": XLSX})
    report = api.ok(answer)
    assert [(row["line"], row["status"]) for row in report["rows"]] == [(4, "created"), (5, "created"), (6, "invalid")]
    assert (report["format"], report["sheet"], report["header_line"]) == ("xlsx", "Sheet1", 3)
    assert report["columns"][6] == {"column": "Since", "field": None, "samples": ["2026-01-31T09:30:00"]}
    assert any("Sheet2" in problem for problem in report["problems"])
    got = {row["name"]: row for row in api.get("/api/prospects")["prospects"]}
    assert (got["Ann Lee"]["phone"], got["Ann Lee"]["fit_score"], got["Ann Lee"]["status"]) == ("493012345", 0.8, "new")
    assert got["Bob Ray"]["status"] == "unsubscribed"


def test_the_sheet_with_the_table_is_read_and_a_hidden_one_is_not(api: Api) -> None:
    book = Workbook()
    cover = book.worksheets[0]
    cover.append(["Report of January"])
    for title, name, state in (("Hidden", "Hal", "hidden"), ("People", "Ann", "visible"), ("More", "Bob", "visible")):
        sheet = book.create_sheet(title)
        sheet.append(["name", "email"])
        sheet.append([name, f"{name}@x.io"])
        sheet.sheet_state = state
    file = io.BytesIO()
    book.save(file)
    report = report_of(api, file.getvalue())
    assert (report["sheet"], list(people(api))) == ("People", ["Ann"])
    assert all(name in report["problems"][0] for name in ("Hidden", "More"))


def test_results_of_formulas_are_values(api: Api) -> None:
    plain = workbook([["name", "email"], ["Ann", "a@x.io"]])
    cell = b'<c r="A2" t="str"><f>CONCATENATE("An","na")</f><v>Anna</v></c>'
    report_of(api, _replaced(plain, "xl/worksheets/sheet1.xml", lambda xml: _with_cell(xml, cell)))
    assert people(api) == {"Anna": {"email": "a@x.io"}}


def _with_cell(xml: bytes, cell: bytes) -> bytes:
    start = xml.index(b'<c r="A2"')
    return xml[:start] + cell + xml[xml.index(b"</c>", start) + 4 :]


def _replaced(content: bytes, name: str, change: Any) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, change(old.read(part)) if part == name else old.read(part))
    return file.getvalue()


def test_a_hostile_workbook_costs_little_and_says_why(api: Api) -> None:
    plain = workbook([["name", "email"], ["Ann", "a@x.io"]])
    sheet = "xl/worksheets/sheet1.xml"
    bomb = _replaced(plain, "xl/styles.xml", lambda xml: xml + b" " * 2**25)
    rows = _replaced(plain, sheet, lambda xml: xml.replace(b"</sheetData>", b"<row/>" * 2**20 + b"</sheetData>"))
    cell = b'<c r="XFD2" t="str"><v>x</v></c></row></sheetData>'
    far = _replaced(plain, sheet, lambda xml: xml.replace(b"</row></sheetData>", cell))
    deep = _replaced(plain, sheet, lambda xml: xml.replace(b'<row r="2"', b'<row r="1048576"'))
    broken = _replaced(plain, sheet, lambda xml: xml[:-40])
    entity = _replaced(plain, sheet, lambda xml: b'<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;">]>' + xml)
    assert send(api, bomb).status_code == 413
    assert send(api, rows).status_code == 413
    assert send(api, deep).status_code == 413
    assert send(api, broken).status_code == 422
    assert "more than the header" in report_of(api, far)["rows"][0]["message"]
    assert send(api, entity).status_code in (200, 422)


def test_too_many_rows_and_columns_are_refused_whole(api: Api) -> None:
    for content in ("name\n" + "P\n" * 10_001, workbook([["name"], *([f"P{n}"] for n in range(10_001))])):
        answer = send(api, content)
        assert (answer.status_code, "10,000" in answer.json()["detail"]) == (413, True)
    answer = send(api, ",".join(["name", *(f"c{n}" for n in range(600))]) + "\nAnn\n")
    assert (answer.status_code, "601 columns" in answer.json()["detail"]) == (422, True)
    assert api.get("/api/prospects")["total"] == 0


def test_what_is_written_small_and_read_slowly_is_refused(api: Api) -> None:
    """Millions of blank lines, and cells full of addresses: of each a minute's work fits into an upload."""
    started = time.process_time()
    answer = send(api, b"\n" * 2**23)
    assert (answer.status_code, "200,000 lines" in answer.json()["detail"]) == (413, True)
    [row] = report_of(api, "name,email\nA," + "a@x.io;" * 250 + "\n")["rows"]
    assert (row["status"], "at most 20" in row["message"]) == ("invalid", True)
    assert time.process_time() - started < 3


def test_errors_of_a_spreadsheet_are_no_values(api: Api) -> None:
    report_of(api, "name,email,company,title\nAnn,a@x.io,#REF!,#VALUE!\n")
    assert people(api) == {"Ann": {"email": "a@x.io"}}


def test_values_that_are_left_out_are_noted(api: Api) -> None:
    table = "name,email,phone,mobile,score,tags\nAnn,a@x.io; b@x.io,1,2,Hot,one;" + "x" * 61 + "\n"
    [row] = report_of(api, table)["rows"]
    assert row["status"] == "created"
    for note in ("b@x.io", "a further phone was left out: 2", "fit_score was left out", "tags left out: 1"):
        assert note in row["message"], note


@pytest.mark.parametrize(
    "unit",
    ['"a', "a@", "@x.io,", "<", "<!----><", ";,|\t", "\r", '""', "é", "\xff", "name,", "a@b.c;", "((", "1e5,", "x\n"],
)
def test_reading_takes_time_in_proportion_to_the_size(unit: str) -> None:
    """Of whatever is repeated: four times as much takes no sixteen times as long."""

    def seconds(size: int, times: int) -> float:
        content = b"name,email\n" + (unit * (size // len(unit))).encode("latin-1")
        best = math.inf
        for _ in range(times):
            started = time.process_time()
            with suppress(AppError):
                imports.run("nobody", content, ImportQuery(dry_run=True))
            best = min(best, time.process_time() - started)
        return best

    is_soon = seconds(200_000, 1) < 0.25
    assert is_soon or seconds(200_000, 2) < 9 * seconds(50_000, 2)
