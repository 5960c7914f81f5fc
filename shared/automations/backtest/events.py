"""Lists the events of a time that would have concerned an automation, and reads each again as a change."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from pydantic import ValidationError

from shared.automations.definitions import cron
from shared.automations.definitions.models import Automation
from shared.automations.runs import spills
from shared.automations.runs import store as run_store
from shared.automations.runs.models import TriggerEvent
from shared.automations.triggers import TRIGGERS
from shared.automations.triggers.past import Past
from shared.automations.triggers.schedule import Config as Schedule
from shared.errors import Conflict, Invalid
from shared.gcp import firestore
from shared.gcp.queries import Query, Where
from shared.kit.fields import Fields, ReadFields
from shared.kit.ids import is_valid_id
from shared.store import cursors
from shared.store.changes import Change
from shared.store.repository import Order

_STRIDE = 2_000
_MOST_READ = 100_000  # rows, of which many may be of something else
_FIRST = datetime(1970, 1, 2, tzinfo=UTC)  # before it nothing was scheduled
_JUST_BEFORE = timedelta(microseconds=1)


def check(automation: Automation) -> None:
    """Raises Conflict where an automation's trigger cannot be read: it was stored by another version of the code."""
    trigger = TRIGGERS.get(automation.trigger)
    try:
        if trigger:
            trigger.config.model_validate(automation.trigger_config)
            return
    except ValidationError:
        pass
    raise Conflict(f"The trigger of {automation.name} cannot be read any more; set it anew, then backtest it.")


def listed(automation: Automation, since: datetime, until: datetime, most: int) -> list[Fields]:
    """The events of a time, the earliest first, each as the few fields by which it is read again.

    A read for each document or activity entry of that time; none for a schedule. Raises Invalid where there are more
    than `most`.
    """
    events = [*islice(_each(automation, since, until), most + 1)]
    if len(events) > most:
        raise Invalid.at("from", f"more than {most:,} events lie in that time, the most of one backtest; shorten it")
    return sorted(events, key=lambda event: str(event["at"]))


def _each(automation: Automation, since: datetime, until: datetime) -> Iterator[Fields]:
    trigger = TRIGGERS[automation.trigger]
    if automation.trigger == "schedule":
        config = Schedule.model_validate(automation.trigger_config)
        times = cron.occurrences(config.cron, config.timezone, max(since, _FIRST) - _JUST_BEFORE, until)
        return ({"at": at.isoformat()} for at in times)
    if trigger.past:
        return _documents(automation.user_id, trigger.past, since, until)
    return _runs(automation, since, until)


def _documents(uid: str, past: Past, since: datetime, until: datetime) -> Iterator[Fields]:
    where: list[Where] = [*past.where, (past.at, ">=", since), (past.at, "<=", until)]
    for id, row in _rows(uid, past.collection, where, past.at, [past.at, *past.reads]):
        document = past.document(row) if past.document else id
        if isinstance(document, str) and is_valid_id(document):
            more = {"row": {name: row[name] for name in past.reads}} if past.reads else {}
            yield {"id": document, "at": row[past.at].isoformat(), **more}


def _runs(automation: Automation, since: datetime, until: datetime) -> Iterator[Fields]:
    """What has started the automation then, where its own runs alone tell of it: calls of its address, people."""
    where: list[Where] = [
        ("automation_id", "==", automation.id),
        ("happened_at", ">=", since),
        ("happened_at", "<=", until),
    ]
    rows = _rows(automation.user_id, run_store.executions.collection, where, "happened_at", ["happened_at"])
    return ({"run": id, "at": row["happened_at"].isoformat()} for id, row in rows)


def _rows(
    uid: str, collection: str, where: Sequence[Where], at: str, fields: Sequence[str]
) -> Iterator[tuple[str, Fields]]:
    """A round trip for every 2,000 rows. Raises Invalid behind the most that are read."""
    order: Order = [(at, "desc")]
    after: Sequence[Any] = ()
    read = 0
    while True:
        query = Query(
            collection, parent=f"users/{uid}", where=where, order=order, limit=_STRIDE, after=after, fields=fields
        )
        rows = firestore.client().query(query)
        yield from ((row.path.rpartition("/")[2], row.data) for row in rows)
        read += len(rows)
        if len(rows) < _STRIDE:
            return
        if read >= _MOST_READ:
            raise Invalid.at("from", f"more than {_MOST_READ:,} entries lie in that time; shorten it")
        after = cursors.sort_values(rows[-1], order)


def change_of(automation: Automation, event: ReadFields) -> Change | None:
    """The change of a document that an event was: one read; None where the document is gone."""
    trigger = TRIGGERS[automation.trigger]
    path = f"users/{automation.user_id}/{trigger.collection}/{event['id']}"
    today = firestore.client().get(path)
    if today is None or trigger.past is None:
        return None
    row = event.get("row", {})
    before, after = trigger.past.versions(row, today.data)
    if not trigger.consequence:  # whose cause is that of the document
        before = before and {**before, "cause": None}
        after["cause"] = trigger.past.cause(row, today.data)
    return Change(
        event_id=f"backtest {event['id']} {event['at']}",
        uid=automation.user_id,
        collection=str(trigger.collection),
        id=str(event["id"]),
        before=before,
        after=after,
        time=datetime.fromisoformat(event["at"]),
    )


def event_of_run(automation: Automation, id: str) -> TriggerEvent | None:
    """The event that has started a run: one read, or two; None where the run is gone."""
    run = run_store.executions.find(automation.user_id, id)
    return spills.load_event(run) if run else None
