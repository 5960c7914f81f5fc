"""The lock keeps two deployments apart; the record says how to go back."""

from datetime import UTC, datetime
from typing import Literal

import pytest

from infra.deploy.commands import Answer
from infra.deploy.record import Lock, Reading, Record, generation, locked, md5_of
from infra.deploy.rollback import Way, way_back
from infra.deploy.traffic import Service

AT = datetime(2026, 11, 30, 4, 0, tzinfo=UTC)
TAKEN = Answer(
    1, "", "ERROR: (gcloud.storage.cp) HTTPError 412: At least one of the pre-conditions you specified did not hold."
)
NEW, OLD = "a-00002-new", "a-00001-old"


def _record(state: Literal["begun", "done", "failed", "rolled back"], **more: dict[str, str]) -> Record:
    return Record.model_validate({"by": "ann", "region": "r", "at": AT, "state": state, "before": {"a": OLD}, **more})


def _service(serving: str, name: str = "a") -> Service:
    return Service(name, "u", {serving: 100}, follows=False, ready=NEW, created=NEW)


def test_the_lock_of_another_is_named_with_the_way_out() -> None:
    holder = Answer(0, Lock(holder="bob@example.com", since=AT).model_dump_json())
    text = locked(TAKEN, holder, "state") or ""
    assert "bob@example.com deploys since 2026-11-30 04:00 UTC" in text
    assert "gcloud storage rm gs://state/deploy/lock.json" in text
    assert "Somebody deploys" in (locked(TAKEN, Answer(1), "state") or "")
    assert locked(Answer(0), Answer(1), "state") is None
    assert "cannot be written: denied" in (locked(Answer(1, "", "denied"), Answer(1), "state") or "")


def test_a_record_is_read_back_and_an_absent_one_is_no_fault() -> None:
    entry = _record("done")
    assert Reading.of(Answer(0, entry.model_dump_json())).record == entry
    absent = Answer(1, "", "ERROR: (gcloud.storage.cat) The following URLs matched no objects or files:\n-gs://state/x")
    assert Reading.of(absent) == Reading()
    assert "damaged" in (Reading.of(Answer(0, "{")).fault or "")
    assert "cannot be read" in (Reading.of(Answer(1, "", "HTTPError 403: denied")).fault or "")


def test_after_one_that_did_not_end_the_way_back_leads_before_it() -> None:
    half = _record("failed", after={"a": NEW, "b": "b-2"}, before={"a": OLD, "b": "b-1"})
    begun = Record.begin(half, {"a": NEW, "b": "b-1", "c": "c-1"}, "bob", "r", AT)
    assert begun.before == {"a": OLD, "b": "b-1", "c": "c-1"}
    done = Record.begin(_record("done", after={"a": NEW}), {"a": NEW}, "bob", "r", AT)
    assert done.before == {"a": NEW}
    again = Record.begin(_record("done", after={"a": NEW}), {"a": "by-hand"}, "bob", "r", AT)
    assert again.before == {"a": "by-hand"}


def test_the_way_back_is_what_served_before() -> None:
    way = way_back(_record("done", after={"a": NEW, "n": "n-1"}), {"a": _service(NEW)}, frozenset({OLD, NEW}))
    assert way == Way(routes={"a": OLD}, new=("n",), rejected=(NEW,))


@pytest.mark.parametrize(
    ("entry", "serving", "revisions", "words"),
    [
        (None, NEW, {OLD, NEW}, "none was recorded"),
        (_record("done", before={}), NEW, {NEW}, "It was the first"),
        (_record("done"), OLD, {OLD, NEW}, "nothing to roll back"),
        (_record("rolled back"), OLD, {OLD, NEW}, "rolled back already"),
        (_record("done"), NEW, {NEW}, f"{OLD} is not there any more"),
    ],
)
def test_where_there_is_no_way_back_it_says_why(
    entry: Record | None, serving: str, revisions: set[str], words: str
) -> None:
    way = way_back(entry, {"a": _service(serving)}, frozenset(revisions))
    assert isinstance(way, str)
    assert words in way


def test_a_lock_is_known_by_its_content() -> None:
    described = Answer(0, f'{{"generation": "17", "md5Hash": "{md5_of("mine")}"}}')
    assert generation(described, "mine") == "17"
    assert generation(described, "yours") is None
    assert generation(Answer(1, described.out), "mine") is None
    assert md5_of("") == "1B2M2Y8AsgTpgAmY7PhCfg=="
