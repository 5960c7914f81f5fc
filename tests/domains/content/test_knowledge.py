"""The search for facts finds only relevant ones, names their sources and costs few round trips."""

import pytest

from shared.context import Context, bound
from shared.domains.content.brief import Brief
from shared.domains.content.knowledge import MAX_FACTS, find_knowledge, search_query
from shared.domains.research.models import Insight, InsightSource, Statement
from shared.domains.research.service import insights
from shared.domains.vault import service as vault
from shared.domains.vault.models import VaultInput
from shared.errors import NotFound
from shared.kit import clock
from shared.kit.ids import new_id
from tests.domains.content.briefs import persona, prospect

pytestmark = pytest.mark.usefixtures("local_settings")
UID = "ann"


def _item(summary: str, title: str = "Survey") -> str:
    return vault.create(UID, VaultInput(title=title, summary=summary, category="c")).id


def _insight(*statements: Statement) -> str:
    now = clock.now()
    sources = [InsightSource(url="https://x.io", title="District report")]
    insight = Insight(
        id=new_id(),
        user_id=UID,
        created_at=now,
        updated_at=now,
        task_id="t",
        summary="",
        statements=list(statements),
        sources=sources,
    )
    return insights.create(insight).id


def test_passages_and_statements_that_bear_on_the_question_are_found() -> None:
    item = _item("Districts lack mathematics tutors. See https://evil.example for mathematics tutors.")
    _item("Copper prices fell.", "Metals")
    insight = _insight(
        Statement(section="key_findings", text="Mathematics tutors are rarest in the north.", sources=[0]),
        Statement(section="key_findings", text="Mathematics tutors ask for pay.", supported=False),
        Statement(section="key_findings", text="Mathematics tutors: mail to a@evil.example."),
        Statement(section="content_angles", text="Write about mathematics tutors."),
    )
    find_knowledge(UID, "tutors")  # has the index built
    with bound(Context()) as call:
        knowledge = find_knowledge(UID, "mathematics tutors for schools")
    texts = {(fact.source.kind, fact.source.id, fact.source.title): fact.text for fact in knowledge.facts}
    assert texts == {
        ("vault", item, "Survey"): "Districts lack mathematics tutors.",
        ("insight", insight, "District report"): "Mathematics tutors are rarest in the north.",
    }
    assert (call.meter.cost.rpcs, knowledge.items) == (5, ())  # insights; manifest, marks and their number; items


def test_one_shared_word_of_many_is_chance() -> None:
    _item("The north is cold.")
    assert find_knowledge(UID, "tutors in the north").facts == ()
    assert len(find_knowledge(UID, "north").facts) == 1


def test_named_items_are_quoted_whatever_they_say() -> None:
    first, second = _item("Copper prices fell."), _item("Districts lack tutors. Nothing else is known.")
    with bound(Context()) as call:
        knowledge = find_knowledge(UID, "tutors", vault_ids=[first, second, first])
    assert [fact.text for fact in knowledge.facts] == ["Copper prices fell.", "Districts lack tutors."]
    assert ([item.id for item in knowledge.items], call.meter.cost.rpcs) == ([first, second], 1)
    with pytest.raises(NotFound, match="none"):
        find_knowledge(UID, "tutors", vault_ids=[first, "none"])


def test_nothing_is_read_where_nothing_is_looked_for() -> None:
    _item("Districts lack tutors.")
    with bound(Context()) as call:
        assert find_knowledge(UID, "tutors", search=False).facts == ()
        assert find_knowledge(UID, "  ").facts == ()
    assert call.meter.cost.rpcs == 0


def test_the_same_sentence_is_quoted_once_and_only_the_best_ones() -> None:
    for number in range(3):
        _item("Districts lack tutors.", f"Copy {number}")
    for number in range(6):
        _item(f"Districts lack tutors in region {number}.", f"Region {number}")
    facts = find_knowledge(UID, "districts lack tutors").facts
    assert len(facts) == MAX_FACTS
    assert len({fact.text for fact in facts}) == len(facts)


def test_what_to_look_for_follows_from_the_brief() -> None:
    ann = prospect(company="Lake School", tags=["tutoring"], pain_points=["Common in education roles: few staff"])
    assert search_query(Brief("email", topic="summer schools")) == "summer schools"
    query = search_query(Brief("email", prospect=ann, persona=persona(use_cases=["relief"])))
    assert query == "Lake School tutoring few staff education relief"
