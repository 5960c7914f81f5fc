"""A workbook whose XML names a file of the server is refused, and the file is not read."""

import io
import zipfile
from pathlib import Path

import httpx
from openpyxl import Workbook

from tests.fixtures.api import Api

SHEET = "xl/worksheets/sheet1.xml"


def _planted(entity: str) -> bytes:
    """A workbook of one prospect, whose name ends with an entity."""
    book, file, planted = Workbook(), io.BytesIO(), io.BytesIO()
    assert book.active
    book.active.append(["name", "email"])
    book.active.append(["Ann", "a@x.io"])
    book.save(file)
    head = f"<!DOCTYPE a [<!ENTITY b {entity}>]>".encode()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(planted, "w") as new:
        for part in old.namelist():
            xml = old.read(part)
            if part == SHEET:
                start = xml.index(b'<c r="A2"')
                end = xml.index(b"</c>", start) + 4
                xml = head + xml[:start] + b'<c r="A2" t="str"><v>Ann &b;</v></c>' + xml[end:]
            new.writestr(part, xml)
    return planted.getvalue()


def _sent(api: Api, entity: str) -> httpx.Response:
    return api.http.post("/api/prospects/import", content=_planted(entity), headers={"Content-Type": "text/csv"})


def test_a_workbook_reads_no_file_of_ours(api: Api, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("confidential")
    answer = _sent(api, f'SYSTEM "{secret.as_uri()}"')
    assert (answer.status_code, "confidential" in answer.text) == (422, False)
    assert api.http.get("/api/prospects").json()["total"] == 0
    assert _sent(api, '"Lee"').status_code == 200  # what is refused is the file, not the form
    assert [each["name"] for each in api.http.get("/api/prospects").json()["prospects"]] == ["Ann Lee"]
