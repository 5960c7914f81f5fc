"""/api/files: documents read once, found as passages, deleted with all that is theirs."""

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from shared.gcp import firestore
from shared.gcp.queries import Query
from tests.fixtures.api import Api
from tests.fixtures.documents import docx_bomb, docx_of, encrypted_pdf, pdf_of
from tests.fixtures.waiting import eventually

MINUTES = (
    "# Minutes\n\nForty pupils wait for a tutor. Nobody has applied.\n\n## Decisions\n\nThree offers are asked for.\n"
)


def upload(api: Api, content: bytes | str, content_type: str = "text/plain", **query: str) -> httpx.Response:
    raw = content.encode() if isinstance(content, str) else content
    return api.http.post("/api/files", content=raw, headers={"Content-Type": content_type}, params=query)


def ingested(api: Api, content: bytes | str, content_type: str = "text/plain", **query: str) -> dict[str, Any]:
    file: dict[str, Any] = api.ok(upload(api, content, content_type, **query))["file"]
    return file


def stored(api: Api, collection: str) -> list[str]:
    return [row.path for row in firestore.client().query(Query(collection, parent=f"users/{api.uid}", group=True))]


def word_document() -> bytes:
    def fill(document: Any) -> None:
        document.add_heading("Plan", 1)
        document.add_paragraph("Hire tutors before the summer.")

    return docx_of(fill)


def test_what_was_ingested_is_what_is_read(api: Api) -> None:
    answer = upload(api, MINUTES, "text/markdown", name="minutes of may.md")
    file = api.ok(answer)["file"]
    assert answer.status_code == 201
    assert answer.headers["x-firestore-cost"] == "rpcs=2 reads=1 writes=4 commits=1"
    assert {name: file[name] for name in ("name", "kind", "status", "title", "size", "chunk_count", "notes")} == {
        "name": "minutes of may.md",
        "kind": "markdown",
        "status": "ingested",
        "title": "Minutes",
        "size": len(MINUTES),
        "chunk_count": 1,
        "notes": [],
    }
    assert api.get(f"/api/files/{file['id']}")["file"] == file
    assert api.get("/api/files")["files"] == [file]
    passages = api.get(f"/api/files/{file['id']}/chunks")
    assert passages["chunks"] == [
        "Minutes\nForty pupils wait for a tutor. Nobody has applied.\n\nDecisions\nThree offers are asked for."
    ]


def test_each_kind_raw_and_in_a_form(api: Api) -> None:
    page = "<html><head><title>Shortage</title></head><body><p>Forty pupils wait for a tutor.</p></body></html>"
    for name, content, kind in (
        ("a.pdf", pdf_of("Forty pupils wait for a tutor."), "pdf"),
        ("b.docx", word_document(), "docx"),
        ("c.html", page.encode(), "html"),
        ("d.md", MINUTES.encode(), "markdown"),
        ("e.txt", "Grüße aus Köln.".encode("utf-16"), "text"),
    ):
        raw = ingested(api, content, "application/octet-stream", name=name)
        assert (raw["name"], raw["kind"]) == (name, kind)
        form = api.ok(api.http.post("/api/files", files={"file": ("other name", content)}))["file"]
        assert form == raw
    assert api.get("/api/files")["total"] == 5
    assert [file["name"] for file in api.get("/api/files", kind="pdf")["files"]] == ["a.pdf"]
    assert [file["name"] for file in api.get("/api/files", search="plan")["files"]] == ["b.docx"]
    assert api.get("/api/files", search="plan", kind="pdf")["files"] == []


def test_a_forms_file_brings_its_name_but_not_its_path(api: Api) -> None:
    sent = {"file": ("C:\\secret\\..\\été\u200b.txt", b"Words of summer.", "text/plain")}
    assert api.ok(api.http.post("/api/files", files=sent))["file"]["name"] == "été.txt"
    assert api.http.post("/api/files", files={"name": (None, "no file")}).status_code == 422


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "empty.pdf", "empty"),
        (b"This is text.", "a.pdf", "no PDF"),
        (encrypted_pdf("secret"), "a.pdf", "password"),
        (pdf_of("#rect()"), "scan.pdf", "OCR"),
        (None, "bomb.docx", "unpacks to more"),
        (random.Random(1).randbytes(9_000), "a.txt", "DOCX"),
    ],
    ids=["empty", "wrong suffix", "encrypted", "scan", "bomb", "rubbish"],
)
def test_what_cannot_be_read_is_refused_and_leaves_nothing(
    api: Api, content: bytes | None, name: str, said: str
) -> None:
    answer = upload(api, docx_bomb() if content is None else content, "application/octet-stream", name=name)
    assert (answer.status_code, said in answer.json()["detail"]) == (422, True), answer.text
    assert (stored(api, "files"), stored(api, "chunks"), stored(api, "vault")) == ([], [], [])


def test_a_file_beyond_the_limit_is_refused(api: Api) -> None:
    big = b"x" * (21 * 2**20)
    for answer in (upload(api, big), api.http.post("/api/files", files={"file": ("a.txt", big)})):
        assert (answer.status_code, "20 MiB" in answer.json()["detail"]) == (413, True)


def test_the_same_content_is_one_file_also_many_times_at_once(api: Api) -> None:
    with ThreadPoolExecutor(8) as pool:
        files = list(pool.map(lambda n: ingested(api, MINUTES, name=f"{n}.md"), range(8)))
    assert {file["id"] for file in files} == {files[0]["id"]}
    assert len({str(file) for file in files}) == 1
    again = upload(api, MINUTES, name="again.md")
    assert again.headers["x-firestore-cost"] == "rpcs=1 reads=1 writes=0 commits=0"
    assert (len(stored(api, "files")), len(stored(api, "chunks")), len(stored(api, "vault"))) == (1, 1, 1)
    with api.another_user() as other:
        assert ingested(other, MINUTES)["id"] != files[0]["id"]


def test_a_long_file_is_kept_whole_in_few_documents(api: Api) -> None:
    words = " ".join(f"Sentence {n} about the schools of the district." for n in range(12_000))
    file = ingested(api, f"The beginning.\n\n{words}")
    assert file["notes"] == ["Only the first 400,000 characters were kept."]
    assert len(stored(api, "chunks")) == file["pack_count"] <= 3
    passages = api.get(f"/api/files/{file['id']}/chunks")["chunks"]
    assert (len(passages), max(map(len, passages)) <= 1_200) == (file["chunk_count"], True)
    assert passages[0].startswith("The beginning. Sentence 0 about")
    ends = {passage[-1] for passage in passages[:-1]}
    assert ends == {"."}


def test_a_file_is_in_the_vault_and_answers_questions(api: Api) -> None:
    file = ingested(api, MINUTES, name="minutes.md")
    item = api.get(f"/api/vault/{file['vault_id']}")["item"]
    assert (item["title"], item["category"], item["metadata"]) == (
        "Minutes",
        "files",
        {"file_id": file["id"], "file_name": "minutes.md"},
    )
    assert "Forty pupils wait for a tutor." in item["summary"]
    assert item["highlights"]
    found = api.post("/api/chat", {"query": "How many pupils wait?"})["results"][0]
    assert (found["source_id"], found["metadata"]["file_name"]) == (item["id"], "minutes.md")


def test_every_passage_of_a_file_is_searched(api: Api) -> None:
    """Also what its gist leaves out."""
    filler = "\n\n".join(f"Paragraph {n} is about school budgets and the board." for n in range(300))
    file = ingested(api, f"# Report\n\n{filler}\n\nIn March 17 zebras crossed the schoolyard.", name="report.md")
    [found] = api.post("/api/chat", {"query": "zebras crossed"})["results"]
    assert "17 zebras crossed" in found["chunk"]
    assert (found["source_id"], found["metadata"]["file_name"]) == (file["vault_id"], "report.md")
    assert "17 zebras crossed" in api.get(f"/api/files/{file['id']}/chunks")["chunks"][found["chunk_index"]]
    asked = api.post("/api/knowledge/query", {"query": "how many zebras?"})
    assert asked["answer"] == "In March 17 zebras crossed the schoolyard. [1]"
    named = {"kind": "linkedin_post", "topic": "zebras crossed", "vault_ids": [file["vault_id"]]}
    assert "17 zebras" in api.post("/api/content/generate", named)["pieces"][0]["text"]


def test_a_gist_that_was_rewritten_is_searched_beside_the_file(api: Api) -> None:
    file = ingested(api, MINUTES)
    api.put(f"/api/vault/{file['vault_id']}", {"summary": "Giraffes were not discussed.", "metadata": {}})
    for query, said in (("giraffes", "Giraffes were not discussed."), ("pupils wait", "Forty pupils wait")):
        assert said in api.post("/api/chat", {"query": query})["results"][0]["chunk"]
    api.ok(api.http.delete(f"/api/vault/{file['vault_id']}"))
    assert api.post("/api/chat", {"query": "pupils wait"})["results"] == []


def test_a_file_goes_with_all_that_is_its_own(api: Api) -> None:
    file = ingested(api, MINUTES)
    stale = {"If-Match": '"1"'}
    assert api.http.delete(f"/api/files/{file['id']}", headers=stale).status_code in (400, 412)
    assert api.ok(api.http.delete(f"/api/files/{file['id']}"))["message"]
    assert (stored(api, "files"), stored(api, "chunks"), stored(api, "vault")) == ([], [], [])
    for method, path in (("GET", ""), ("GET", "/chunks"), ("DELETE", "")):
        assert api.http.request(method, f"/api/files/{file['id']}{path}").status_code == 404
    again = ingested(api, MINUTES)
    assert again["id"] == file["id"]
    assert api.get(f"/api/files/{again['id']}/chunks")["chunks"]


def test_a_file_whose_vault_item_is_gone_is_deleted_all_the_same(api: Api) -> None:
    file = ingested(api, MINUTES)
    api.ok(api.http.delete(f"/api/vault/{file['vault_id']}"))
    api.ok(api.http.delete(f"/api/files/{file['id']}"))
    assert (stored(api, "files"), stored(api, "chunks")) == ([], [])


def test_files_of_another_user_are_not_found(api: Api) -> None:
    file = ingested(api, MINUTES)
    with api.another_user() as other:
        for method, path in (("GET", ""), ("GET", "/chunks"), ("DELETE", "")):
            assert other.http.request(method, f"/api/files/{file['id']}{path}").status_code == 404
    assert api.get("/api/files")["total"] == 1


def test_ingesting_and_deleting_are_told_once_each(api: Api) -> None:
    file = ingested(api, MINUTES, name="minutes.md")
    api.ok(api.http.delete(f"/api/files/{file['id']}"))

    def told() -> bool:
        rows = api.get("/api/activity")["activities"]
        assert all(row["metadata"]["file_id"] == file["id"] for row in rows)
        return [(row["title"], row["message"]) for row in rows] == [
            ("File deleted", "“minutes.md” was deleted from the knowledge vault."),
            ("File ingested", "“minutes.md” is in the knowledge vault: 1 passage."),
        ]

    eventually(told)


def test_an_automation_runs_once_for_a_file_that_comes_twice(api: Api) -> None:
    told = {"title": "{{ file.name }}", "message": "It has {{ file.chunk_count }} passage."}
    id = api.automation("new_file_ingested", {"action": "send_notification", "config": told})
    files = [ingested(api, MINUTES, name=name) for name in ("minutes.md", "again.md")]
    assert files[0]["id"] == files[1]["id"]
    other = ingested(api, "Another text.", name="other.txt")
    eventually(lambda: [run["status"] for run in api.executions(id)] == ["success", "success"])
    assert {run["event"]["document_id"] for run in api.executions(id)} == {files[0]["id"], other["id"]}
    titles = [notification["title"] for notification in api.get("/api/notifications")["notifications"]]
    assert sorted(titles) == ["minutes.md", "other.txt"]
