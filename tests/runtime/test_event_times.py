"""A change knows when it took place, whenever its event is delivered."""

from datetime import UTC, datetime, timedelta

from cloudevents.http import CloudEvent
from google.events.cloud.firestore import DocumentEventData

from infra.local.cloud import LocalCloud
from shared.gcp.values import encode_time
from shared.kit import clock
from shared.runtime.events import decode
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

WRITTEN = datetime(2026, 5, 4, 12, 0, 0, 250_001, tzinfo=UTC)


def _event(*, value: datetime | None, old: datetime | None = None, sent: datetime | None = WRITTEN) -> CloudEvent:
    data = DocumentEventData.pb()()
    for side, at in (("value", value), ("old_value", old)):
        if at:
            encode_time(getattr(data, side).update_time, at)
    about = {"id": "e1", "source": "s", "type": "t", "document": "users/ann/prospects/p1"}
    times = {"time": sent.replace(microsecond=0).isoformat()} if sent else {}
    return CloudEvent({**about, **times}, data.SerializeToString())


def test_a_late_delivery_tells_when_the_document_was_written() -> None:
    change = decode(_event(value=WRITTEN))
    assert (change.time, change.fresh) == (WRITTEN, False)


def test_writes_of_one_second_keep_their_order() -> None:
    later = WRITTEN + timedelta(microseconds=1)
    assert decode(_event(value=WRITTEN)).time < decode(_event(value=later, old=WRITTEN)).time


def test_a_deletion_comes_after_the_version_it_deleted() -> None:
    change = decode(_event(value=None, old=WRITTEN))
    assert change.time > WRITTEN


def test_a_deletion_that_says_when_it_was_is_believed() -> None:
    sent = WRITTEN + timedelta(seconds=5)
    assert decode(_event(value=None, old=WRITTEN, sent=sent)).time == sent.replace(microsecond=0)


def test_a_write_of_just_now_is_fresh() -> None:
    assert decode(_event(value=clock.now())).fresh


def test_activity_has_the_time_of_what_happened_also_where_the_clock_was_moved(api: Api, cloud: LocalCloud) -> None:
    cloud.clock.advance(timedelta(days=3))
    before = clock.now()
    prospect = api.post("/api/prospects", {"name": "Ann"})["prospect"]
    [event] = eventually(lambda: api.get("/api/activity", type="prospect")["activities"])
    happened = datetime.fromisoformat(event["timestamp"])
    assert before - timedelta(seconds=1) <= happened <= clock.now()
    assert happened - datetime.fromisoformat(prospect["created_at"]) < timedelta(seconds=5)
