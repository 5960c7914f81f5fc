"""Nothing is indexed but what a query asks for: an entry costs storage and time with each write, and a document has
room for 40,000."""

from typing import Any

import pytest

from shared.automations.runs.create import build_execution
from shared.automations.runs.models import TriggerEvent
from shared.domains.prospects.models import Prospect
from shared.domains.vault.models import VaultItem
from shared.kit.schema import stamp
from tests.fixtures.indexes import Declared, Need, declared


def test_documents_have_few_entries() -> None:
    text = "A producer of pumps for chemical works, with plants in Leeds, Graz and Porto. " * 16
    person: dict[str, Any] = {
        "name": "Maximilian Oppenheimer",
        "company": "Acme Pumps International",
        "job_title": "Head of Purchasing",
    }
    details: dict[str, Any] = {"tags": ["pumps", "chemicals"], "summary": text, "analysis": {"fit": {"size": 3}}}
    prospect = Prospect(**stamp("ann"), **person, email="max@acme.io", pain_points=[text[:80]] * 3, **details)
    item = VaultItem(**stamp("ann"), title="Pumps", category="market", summary=text, tags=["pumps", "leeds"])
    run = build_execution("ann", "a", "Greet", 1, TriggerEvent(id="e", trigger="manual", data={"text": text}))
    most = {"prospects": (prospect, 600), "vault": (item, 300), "executions": (run, 30)}
    entries = {name: declared().entries(name, entity.stored()) for name, (entity, _) in most.items()}
    assert {name: n for name, n in entries.items() if n > most[name][1]} == {}, entries


_BY_STATUS, _BY_TAG = (("status", "ASCENDING"), ("at", "DESCENDING")), (("tags", "CONTAINS"), ("at", "DESCENDING"))
_ORDER = (("at", "DESCENDING"),)
_STATUS, _TAG = ("status", "EQUAL"), ("tags", "CONTAINS")


@pytest.mark.parametrize(
    ("composites", "equal", "order", "served"),
    [
        ([_BY_STATUS], (_STATUS,), _ORDER, True),
        ([_BY_STATUS, _BY_TAG], (_STATUS, _TAG), _ORDER, True),  # merged
        ([_BY_STATUS], (_STATUS, _TAG), _ORDER, False),
        ([_BY_STATUS], (_STATUS,), (("at", "ASCENDING"),), False),
        ([(_TAG, *_BY_STATUS)], (_STATUS,), _ORDER, False),
        ([], (_STATUS,), (), False),
        ([], (), (("name", "ASCENDING"),), True),
        ([], (), (("name", "DESCENDING"),), False),
        ([], (), (), True),
    ],
)
def test_a_query_needs_its_order_in_every_index_and_its_clauses_in_some(
    composites: list[Any], equal: Any, order: Any, served: bool
) -> None:
    singles = {("books", "COLLECTION", "name", "ASCENDING")}
    indexes = Declared({("books", "COLLECTION"): composites}, {("books", "*"), ("books", "name")}, singles)
    assert indexes.serves(Need("books", "COLLECTION", equal, order)) is served
