"""A document that nobody foresaw starts what it can: one odd field fails no event as a whole."""

from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from shared.automations.authoring import service
from shared.automations.definitions.subscriptions import Subscription
from shared.automations.runs import store as run_store
from shared.automations.starts import document_events
from shared.automations.starts.matching import starts
from shared.automations.triggers import TRIGGERS
from shared.domains.activity import feed
from shared.domains.activity import service as activity
from shared.kit import clock
from shared.kit.ids import new_id
from shared.settings import Settings
from shared.store.changes import Change
from tests.automations import seed
from tests.automations.played import notify

FIELDS = (
    *("name", "title", "status", "fit_score", "analysis", "approval_status", "tags", "prospect_id", "prospect_name"),
    *("subject", "type", "kind", "scheduled_date", "announced", "completed", "automation_id", "error", "cause"),
)
ODD: list[Any] = [
    *(None, "text", "", -1, 2**62, 1e308, float("nan"), float("inf"), True, [], [1, "a"]),
    *({}, {"a": {"b": [1]}}, b"\0\1", datetime.now(UTC), "2026-13-45"),
]
WHOLE = {"name": "Ann", "status": "done", "fit_score": 0.9, "analysis": {"a": 1}, "announced": True, "completed": True}
ANN: dict[str, Any] = {"name": "Ann", "status": "new"}
NO_CAUSES = ["a text", {"execution_id": "e"}, {"automation_id": "a", "execution_id": "e", "step": "s", "depth": "x"}]


def _changed(before: dict[str, Any] | None, after: dict[str, Any]) -> Change:
    return Change(new_id(), seed.UID, "prospects", "p1", before, after, clock.now())


def _listening(trigger: str) -> str:
    id = seed.automation(notify("n"), trigger=trigger)
    service.activate(seed.UID, id)
    return id


def _started() -> list[str]:
    return [run.automation_id for run in run_store.executions.select(seed.UID)]


def _told() -> list[str]:
    return [event.message for event in activity.repository.select(seed.UID)]


@pytest.mark.parametrize("score", ["high", [0.9], {"of": 1}, b"1", float("nan")])
def test_a_score_that_is_no_number_keeps_nobody_from_starting(local_settings: Settings, score: Any) -> None:
    status, fit = _listening("prospect_status_changed"), _listening("high_fit_prospect_detected")
    analysis = {"analysis": {"fit": "good"}, "fit_score": score}
    document_events.take(_changed(ANN, {**ANN, **analysis, "status": "analyzed"}))
    assert _started() == [status]
    assert "Ann was analyzed." in _told()
    document_events.take(_changed({**ANN, "fit_score": score}, {**ANN, "fit_score": 0.9}))
    assert sorted(_started()) == sorted([status, fit])


@pytest.mark.parametrize("cause", NO_CAUSES)
def test_what_is_no_cause_is_none(local_settings: Settings, cause: Any) -> None:
    added = _listening("new_prospect_added")
    document_events.take(_changed(None, {**ANN, "cause": cause}))
    assert _started() == [added]
    assert "Ann was added." in _told()


@pytest.mark.parametrize("trigger", [name for name, trigger in TRIGGERS.items() if trigger.collection])
def test_no_value_of_any_field_stops_a_trigger_or_the_feed(trigger: str) -> None:
    collection = TRIGGERS[trigger].collection
    assert collection
    fields = {"automations": {"a": {"name": "A", "definition": 1, "trigger_config": {}}}}
    listening = {trigger: Subscription.load(fields)}
    for name, value in product(FIELDS, ODD):
        odd = {**WHOLE, name: value}
        for before, after in ((None, odd), (odd, None), (odd, WHOLE), (WHOLE, odd), ({}, odd)):
            change = Change(new_id(), seed.UID, collection, "id", before, after, clock.now())
            if TRIGGERS[trigger].concerns(change):
                list(starts(change, listening))
            feed.describe(change)
