"""Functions wait for the indexes that their queries need."""

import json
from typing import Any

from infra.deploy import indexes
from infra.deploy.indexes import Standing, Stop, Wait
from tests.infra.deploy import recorded

ACTIVITY = ("activity", "COLLECTION", ("type:ASCENDING", "timestamp:DESCENDING"))
TAGS = ("prospects", "COLLECTION_GROUP", ("tags:CONTAINS", "name:ASCENDING"))
WANTED = (ACTIVITY, TAGS)


def _listed(state: str) -> list[dict[str, Any]]:
    """The recorded list, with the second index in another state."""
    first, second, *rest = recorded.content("indexes")
    return [first, {**second, "state": state}, *rest]


def test_the_declared_indexes_are_read_from_the_file_that_is_deployed() -> None:
    content = json.loads(indexes.FILE.read_text())
    assert len(indexes.declared()) == len(content["indexes"])
    assert ACTIVITY in indexes.declared()


def test_an_index_is_known_by_its_fields_without_the_name_that_firestore_adds() -> None:
    assert indexes.standing(WANTED, recorded.content("indexes")) == Standing(ready=(ACTIVITY,), building=(TAGS,))


def test_creating_is_waited_for_then_ready_goes_on() -> None:
    waiting = indexes.decide(indexes.standing(WANTED, _listed("CREATING")), 0)
    assert isinstance(waiting, Wait)
    assert "1 of 2 indexes are ready; prospects (tags, name) is being built" in waiting.text
    assert indexes.decide(indexes.standing(WANTED, _listed("READY")), 30) is None


def test_patience_ends() -> None:
    late = indexes.decide(indexes.standing(WANTED, _listed("CREATING")), indexes.PATIENCE)
    assert isinstance(late, Stop)
    assert "No function was changed" in late.text


def test_an_index_that_cannot_serve_stops_at_once() -> None:
    for state in ("NEEDS_REPAIR", "STATE_UNSPECIFIED", "SOMETHING_NEW"):
        stopped = indexes.decide(indexes.standing(WANTED, _listed(state)), 0)
        assert isinstance(stopped, Stop)
        assert "prospects (tags, name)" in stopped.text


def test_an_index_that_was_not_made_stops() -> None:
    stopped = indexes.decide(indexes.standing(WANTED, recorded.content("indexes")[:1]), 0)
    assert isinstance(stopped, Stop)
    assert "was not created" in stopped.text
    assert indexes.standing(WANTED, None).missing == tuple(sorted(WANTED))


def test_many_are_not_all_named() -> None:
    wanted = [(f"c{number}", "COLLECTION", ("a:ASCENDING",)) for number in range(100)]
    stopped = indexes.decide(indexes.standing(wanted, []), 0)
    assert isinstance(stopped, Stop)
    assert "and 97 more" in stopped.text
