"""Insights in the vault: an item each, made once, and none for what the vault knows already."""

from typing import Any

import pytest

from shared.domains.research import absorption
from shared.domains.research.models import Insight, InsightSource
from shared.domains.vault import service
from shared.domains.vault.models import VaultInput, VaultItem
from shared.gcp import firestore
from shared.kit import clock

pytestmark = pytest.mark.usefixtures("local_settings")
UID = "u"


def _insight(id: str = "i1", **more: Any) -> Insight:
    now = clock.now()
    fields: dict[str, Any] = {
        "summary": "Two of three districts cannot fill their tutoring places. Mathematics is hit hardest.",
        "key_findings": ["67% of districts have open tutoring places.", "Mathematics tutors are the rarest."],
        "sources": [InsightSource(url="https://survey.example", title="District survey")],
    }
    return Insight(id=id, user_id=UID, created_at=now, updated_at=now, task_id="t1", **{**fields, **more})


def _absorb(insight: Insight, title: str | None = "Tutor shortage in Minnesota") -> absorption.Absorbed:
    absorbed = absorption.to_absorb(UID, insight, title=title)
    if absorbed.writes:
        firestore.client().commit(absorbed.writes)
    return absorbed


def _items() -> list[VaultItem]:
    return service.repository.select(UID)


def test_an_insight_becomes_an_item() -> None:
    made = _absorb(_insight())
    [item] = _items()
    assert (item.id, made.extended, item.title) == (made.item_id, False, "Tutor shortage in Minnesota")
    assert item.highlights == _insight().key_findings
    assert item.sources == [{"title": "District survey", "url": "https://survey.example"}]
    assert item.metadata == {"insight_ids": ["i1"], "task_id": "t1", "origin": "research"}
    assert "tutoring places" in item.tags
    assert (item.category, len(item.vector or b"")) == ("research", 256)


def test_absorbed_again_there_is_nothing_to_write() -> None:
    first = _absorb(_insight())
    again = _absorb(_insight())
    assert (again.item_id, again.writes) == (first.item_id, [])
    assert len(_items()) == 1


def test_the_same_from_another_run_extends_the_item() -> None:
    first = _absorb(_insight())
    more = _insight(
        "i2",
        summary="Three of four districts report that they cannot fill tutoring places in mathematics.",
        key_findings=["67% of districts have open tutoring places!", "Wages of tutors rose by 9 percent."],
        sources=[*_insight().sources, InsightSource(url="https://wages.example")],
    )
    second = _absorb(more, "Tutor shortage, Minnesota")
    [item] = _items()
    assert (second.item_id, second.extended, item.title) == (first.item_id, True, "Tutor shortage in Minnesota")
    assert item.highlights == [*_insight().key_findings, "Wages of tutors rose by 9 percent."]
    assert [source["url"] for source in item.sources] == ["https://survey.example", "https://wages.example"]
    assert item.metadata["insight_ids"] == ["i1", "i2"]
    assert _absorb(more).writes == []


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        ("Tutor shortage in Wisconsin", "Two of three districts cannot fill their tutoring places."),
        ("Office plants", "Ferns need little light."),
    ],
)
def test_something_else_is_an_item_of_its_own(title: str, summary: str) -> None:
    _absorb(_insight())
    assert not _absorb(_insight("i2", summary=summary, key_findings=[]), title).extended
    assert len(_items()) == 2


def test_a_prospect_that_was_quoted_is_no_source_of_the_item() -> None:
    quoted = [InsightSource(url="prospect:abc", title="Ann Lee"), InsightSource(url="vault:def", title="Notes")]
    _absorb(_insight(sources=quoted))
    assert _items()[0].sources == [{"title": "Notes", "url": "vault:def"}]


def test_two_firms_under_one_title_are_two_items() -> None:
    for id, firm in (("i1", "Northwind"), ("i2", "Contoso")):
        said = f"{firm} raised its prices by 9 percent. Customers of {firm} complain about slow support."
        _absorb(_insight(id, summary=said, key_findings=[], sources=[]), "Competitor analysis")
    assert len(_items()) == 2


def test_another_reading_of_the_same_pages_extends_the_item() -> None:
    _absorb(_insight())
    said = "Places stay open in most districts, and mathematics is the hardest subject to fill."
    page = InsightSource(url="https://survey.example/#results")
    assert _absorb(_insight("i2", summary=said, key_findings=[], sources=[page]), "Open places in Minnesota").extended
    elsewhere = InsightSource(url="https://another.example/")
    made = _absorb(_insight("i3", summary=said, key_findings=[], sources=[elsewhere]), "Wages in Minnesota schools")
    assert not made.extended


def test_there_is_a_limit_to_what_an_item_takes_in() -> None:
    for run in range(4):
        _absorb(_insight(f"i{run}", key_findings=[f"Run {run} found {n} open places." for n in range(9)]))
    [item] = _items()
    assert len(item.highlights) == 20
    assert len(item.metadata["insight_ids"]) == 4


def test_the_largest_insight_fits_into_an_item() -> None:
    many = [InsightSource(url=f"https://{n}.example/" + "x" * 1_900, title="é" * 300) for n in range(200)]
    findings = ["", " ", *(f"Finding {n} " + "long " * 200 for n in range(50))]
    _absorb(_insight(summary="word " * 20_000, key_findings=findings, sources=many), "T" * 400)
    [item] = _items()
    assert (len(item.title), len(item.highlights), len(item.summary)) == (200, 20, 50_000)
    assert 5 < len(item.sources) < 100


def test_whatever_a_user_keeps_in_an_item_does_no_harm() -> None:
    odd = VaultInput(title="Odd", summary="s", category="c", metadata={"insight_ids": 5}, sources=[{"url": ["x"]}])
    service.create(UID, odd)
    assert not _absorb(_insight()).extended
    assert _absorb(_insight("i2", summary="s", key_findings=[]), "Odd").extended


def test_without_a_title_the_key_phrase_is_one() -> None:
    _absorb(_insight(), None)
    assert _items()[0].title == _items()[0].tags[0]


def test_a_category_is_that_of_a_neighbour_or_one_that_clearly_fits() -> None:
    rivals = _insight(
        "i1", summary="The rival vendor raised prices; customers compare competing products.", key_findings=[]
    )
    _absorb(rivals, "Competitors and their prices")
    assert _items()[0].category == "competitor_analysis"
    service.create(UID, VaultInput(title="Tutor pay in Ohio", summary="Wages of tutors rose.", category="my own"))
    _absorb(_insight("i2", summary="Wages of tutors rose in all counties."), "Tutor pay in Iowa")
    assert {item.category for item in _items() if item.title.startswith("Tutor pay")} == {"my own"}


def test_the_same_is_found_by_meaning() -> None:
    known = service.create(
        UID,
        VaultInput(title="Teacher burnout survey", summary="Four in ten teachers think about leaving.", category="c"),
    )
    alike = _insight(summary="Many teachers consider leaving.", key_findings=[])
    absorbed = _absorb(alike, "Survey on teacher burnout")
    assert (absorbed.extended, absorbed.item_id) == (True, known.id)
    other = _insight("i2", summary="Open rates fell.", key_findings=[])
    assert not _absorb(other, "Cold email benchmarks").extended
