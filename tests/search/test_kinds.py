"""Every kind's fields are stored fields, every change of them is said to the index, and no collection is forgotten."""

import pkgutil
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest

import shared.automations
import shared.domains
from shared.domains.files.models import File
from shared.domains.prospects.models import Prospect
from shared.gcp.announcements import INDEXED
from shared.kit import ranking
from shared.kit.links import page_of
from shared.kit.schema import Entity, stamp
from shared.search import kinds
from shared.search.entries import Key
from shared.search.kinds import KINDS, STORED, entries_of
from shared.store.repository import Repository

# Collections of entities that no search looks through, and why.
NOT_SEARCHED = {
    "contacts": "addresses that nothing is sent to: looked up by address",
    "executions": "runs, which are listed below their automation; what they say is in the activity",
    "exports": "copies of everything else",
    "mail_events": "an answer's text is its message's, which is found by it",
    "notifications": "what is said there is in the activity",
    "playbooks": "marks and counts; the playbooks themselves are the library's",
    "saved_searches": "searches themselves; few, and listed",
    "search_matches": "what saved searches came to match: the documents themselves are found",
    "vault_topics": "made of the vault's items",
    "webhook_deliveries": "what was sent of other documents",
    "webhooks": "addresses of other systems, with their secrets",
}


def _repositories() -> Iterator[Repository[Any]]:
    for package in (shared.domains, shared.automations):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for value in vars(import_module(found.name)).values():
                if isinstance(value, Repository):
                    yield value


MODELS: dict[str, type[Entity]] = {each.collection: each.model for each in _repositories()}


def test_every_collection_is_searched_or_says_why_not() -> None:
    stored = {kind.name for kind in STORED}
    assert MODELS.keys() == stored | NOT_SEARCHED.keys()
    assert stored & NOT_SEARCHED.keys() == set()


def test_the_index_is_told_of_every_change_of_its_fields() -> None:
    assert {name: set(fields) for name, fields in INDEXED.items()} == {kind.name: {*kind.fields} for kind in STORED}


@pytest.mark.parametrize("kind", STORED, ids=lambda kind: str(kind.name))
def test_a_kinds_fields_are_stored(kind: kinds.Kind) -> None:
    assert kind.fields - {"texts"} <= MODELS[kind.name].model_fields.keys()


def test_a_prospect_is_one_entry() -> None:
    person = Prospect(**stamp("ann"), name="Nuñez", company="Acme", tags=["a", "b"], pain_points=["x", "y"], phone="1")
    [entry] = entries_of(KINDS["prospects"], person.id, {**person.stored(), "email": "n@acme.io"})
    assert (entry.key, entry.part) == (Key("prospects", person.id), 0)
    assert (entry.tags, entry.status, entry.at) == (("a", "b"), "new", person.created_at)
    said = {"name": "Nuñez", "company": "Acme", "email": "n@acme.io\n1", "tags": "a\nb", "body": "x\ny"}
    assert dict(entry.texts) == said


def test_no_other_field_is_taken() -> None:
    """What a query reads beside a kind's own fields depends on the query."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    data = {"summary": "s", "status": "new", "tags": ["t"], "title": "t", "at": at, "created_at": at}
    [entry] = entries_of(KINDS["insights"], "i", data)
    assert (entry.texts, entry.status, entry.tags, entry.at) == ((("body", "s"),), "", (), at)


def test_a_long_text_is_divided_and_each_part_has_the_title() -> None:
    text = " ".join(f"Sentence number {n} is about pumps." for n in range(200))
    data = {"title": "Pumps", "summary": text, "category": "market", "tags": ["t"], "created_at": datetime.now(UTC)}
    parts = entries_of(KINDS["vault"], "v", data)
    assert len(parts) == len(ranking.chunks(text, kinds.PASSAGE))
    assert [entry.part for entry in parts] == [*range(len(parts))]
    assert {dict(entry.texts)["title"] for entry in parts} == {"Pumps"}
    assert [entry.part for entry in parts if "market" in dict(entry.texts).values()] == [0]
    assert all(len(dict(entry.texts)["body"]) <= kinds.PASSAGE for entry in parts)
    assert {entry.tags for entry in parts} == {("t",)}


def test_passages_of_a_file_are_its_parts() -> None:
    file: Any = {"title": "Report", "name": "report.pdf", "kind": "pdf", "pack_count": 2, "vault_id": "v"}
    kind = KINDS["files"]
    assert kind.companions("users/ann/files/f", file) == ["users/ann/files/f/chunks/0", "users/ann/files/f/chunks/1"]
    parts = entries_of(kind, "f", file, [{"texts": ["one", "two"]}, None, {"texts": ["three"]}])
    assert [dict(entry.texts)["body"] for entry in parts] == ["one", "two", "three"]
    assert kind.link("f", file) == page_of("vault", "v")
    assert File.model_fields.keys() >= file.keys()


@pytest.mark.parametrize("kind", STORED, ids=lambda kind: str(kind.name))
@pytest.mark.parametrize("value", [None, 7, b"x", "", [1, None], {"a": {"b": 1}}, datetime(2026, 1, 1, tzinfo=UTC)])
def test_stored_values_of_any_shape_are_taken(kind: kinds.Kind, value: Any) -> None:
    data = dict.fromkeys(kind.fields, value)
    [entry] = entries_of(kind, "x", data, [data])
    assert entry.texts == ()
    assert entry.at.tzinfo is not None
    assert kind.companions("users/ann/files/f", data | {"pack_count": None}) == []
    assert isinstance(kind.title_of(data), str)
    assert kind.link("x", data) != ""


def test_links_are_pages() -> None:
    assert KINDS["outreach"].link("m", {"prospect_id": "p"}) == "/outreach/p?message=m"
    assert KINDS["calendar_events"].link("c", {}) == "/calendar?event=c"
    assert KINDS["insights"].link("i", {"task_id": "t"}) == "/research-tasks?id=t"
    assert KINDS["playbook_runs"].link("r", {"playbook_id": "p"}) == "/playbooks?id=p"
    assert KINDS["activity"].link("a", {"link": "/vault?id=v"}) == "/vault?id=v"


def test_a_calendar_event_is_of_its_day() -> None:
    data = {"prospect_name": "Ann", "scheduled_date": "2026-03-04", "completed": True}
    [entry] = entries_of(KINDS["calendar_events"], "c", data)
    assert (entry.at, entry.status) == (datetime(2026, 3, 4, tzinfo=UTC), "completed")
