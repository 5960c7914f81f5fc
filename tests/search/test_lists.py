"""The search above a list: every word begins some word of a row; filters, orders and pages as without one."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domains.prospects.models import Prospect, ProspectStatus
from shared.domains.prospects.repository import repository
from shared.gcp.queries import Direction, Where
from shared.kit.paging import Page
from shared.kit.schema import stamp
from shared.search import lists
from shared.settings import Settings

UID = "u"
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def rows(local_settings: Settings) -> None:
    people: list[tuple[str, str, ProspectStatus, list[str], float]] = [
        ("Sales in Schools", "Bolt", "new", ["edu"], 0.1),
        ("Schooling", "Acme", "contacted", ["edu", "vip"], 0.9),
        ("Sailing", "Nord", "new", ["sport"], 0.5),
        ("School Sales", "Ärzte", "new", ["vip"], 0.7),
    ]
    for number, (name, company, status, tags, fit) in enumerate(people):
        made = stamp(UID, f"p{number}", at=START + timedelta(seconds=number))
        repository.create(Prospect(**made, name=name, company=company, status=status, tags=tags, fit_score=fit))


def _page(search: str | None, **more: Any) -> Page[Prospect]:
    return lists.page(repository, UID, search, **more)


def _ids(search: str | None, **more: Any) -> list[str]:
    return [row.id for row in _page(search, **more).items]


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("scho", ["p3", "p1", "p0"]),
        ("SALES sch", ["p3", "p0"]),
        ("edu sales", ["p0"]),
        ("arzte", ["p3"]),
        ("sales sailing", []),
        ("zzz", []),
        (" - ", ["p3", "p2", "p1", "p0"]),
        (None, ["p3", "p2", "p1", "p0"]),
        ("kind:nothing", []),
        ('"', ["p3", "p2", "p1", "p0"]),
        ("-sales", ["p3", "p0"]),
    ],
)
def test_every_word_begins_some_word(typed: str | None, ids: list[str]) -> None:
    assert _ids(typed) == ids


def test_a_change_and_a_deletion_are_seen_at_once() -> None:
    assert _ids("scho") == ["p3", "p1", "p0"]
    repository.edit(UID, "p2", lambda row: {"name": "Schooners"})
    repository.delete(UID, "p1")
    page = _page("scho")
    assert ([row.id for row in page.items], page.total) == (["p3", "p2", "p0"], 3)


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ([("status", "==", "new")], ["p3", "p0"]),
        ([("tags", "array-contains-any", ["sport", "vip"])], ["p3", "p1"]),
        ([("tags", "array-contains", "edu"), ("status", "==", "contacted")], ["p1"]),
        ([("created_at", ">=", START + timedelta(seconds=1))], ["p3", "p1"]),
        ([("company", "==", "Bolt")], ["p0"]),
        ([("company", "==", "Bolt"), ("status", "==", "contacted")], []),
        ([("fit_score", ">", 0.5)], ["p3", "p1"]),
        ([("fit_score", "<=", 0.7), ("fit_score", ">=", 0.7)], ["p3"]),
        ([("job_title", "==", None)], ["p3", "p1", "p0"]),
        ([("job_title", "<", "z")], []),
        ([("company", "in", ["Acme", "Nord"])], ["p1"]),
        ([("company", "!=", "Acme")], ["p3", "p0"]),
    ],
)
def test_filters_go_together_with_a_search(where: list[Where], ids: list[str]) -> None:
    assert _ids("scho", where=where) == ids


@pytest.mark.parametrize(
    ("order", "ids"),
    [
        ([("fit_score", "desc")], ["p1", "p3", "p0"]),
        ([("company", "asc")], ["p1", "p0", "p3"]),
        ([("job_title", "desc"), ("created_at", "asc")], ["p0", "p1", "p3"]),
        ([("created_at", "asc")], ["p0", "p1", "p3"]),
    ],
)
def test_any_order(order: Sequence[tuple[str, Direction]], ids: list[str]) -> None:
    assert _ids("scho", order=order) == ids
    pages, cursor = [], None
    for _ in ids:
        page = _page("scho", order=order, limit=1, cursor=cursor)
        pages += [row.id for row in page.items]
        assert page.total == 3
        cursor = page.next_cursor
    assert (pages, cursor) == (ids, None)


def test_a_page_goes_on_where_its_last_row_was() -> None:
    first = _page("scho", limit=1)
    assert ([row.id for row in first.items], first.total) == (["p3"], 3)
    repository.delete(UID, "p3")
    second = _page("scho", limit=1, cursor=first.next_cursor)
    assert [row.id for row in second.items] == ["p1"]
    third = _page("scho", limit=1, cursor=second.next_cursor)
    assert ([row.id for row in third.items], third.next_cursor) == (["p0"], None)
