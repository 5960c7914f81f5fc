"""What a language model gets to see of a prospect."""

from shared.domains.content.brief import Brief, visible_prospect
from shared.domains.content.knowledge import search_query
from tests.domains.content.briefs import prospect


def test_a_placeholder_is_no_value_for_a_model_nor_for_a_search() -> None:
    reader = prospect(company="N/A", job_title="none", tags=["tutoring"], summary="unknown")
    assert visible_prospect(reader) == {"name": "Ann Lee", "tags": ["tutoring"], "analysis": {}, "pain_points": []}
    assert search_query(Brief("email", prospect=reader)) == "tutoring"
