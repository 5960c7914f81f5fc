"""A backtest whose automation does not stay as it was: judged by two definitions, events say nothing together."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from shared.automations.authoring import service as automations
from shared.automations.authoring.validation import AutomationInput
from shared.automations.backtest.models import BacktestInput
from shared.automations.definitions.models import Automation
from shared.batch import pieces, service
from shared.batch.models import Job
from shared.batch.operations import backtest
from shared.batch.repository import jobs
from shared.batch.repository import pieces as stored_pieces
from shared.kit.clock import VirtualClock
from tests.batch.conftest import Make, ended

_STEP = {"action": "send_notification", "config": {"title": "T", "message": "M"}}
Spoil = Callable[[str, str], object]
_SPOILT: list[tuple[Spoil, str]] = [
    (lambda uid, id: automations.update(uid, id, {"reentry": "never"}, None), "was changed"),
    (lambda uid, id: automations.delete(uid, id, None), "no automation"),
]


def _begun(time: VirtualClock, uid: str, people: Make) -> tuple[Automation, Job]:
    people(3)
    body = AutomationInput.model_validate({"name": "A", "trigger": "new_prospect_added", "steps": [_STEP]})
    automation = automations.create(uid, body)
    since = BacktestInput.model_validate({"from": time.now() - timedelta(hours=1)})
    body_of = backtest.body_of(uid, automation.id, since)
    return automation, service.begin(uid, backtest.OPERATION, body_of, subject=automation.id)


def test_one_that_stays_is_judged(time: VirtualClock, uid: str, people: Make) -> None:
    _, job = _begun(time, uid, people)
    done = ended(uid, job)
    assert done.report
    assert (done.status, done.report.matched, done.report.statuses) == ("done", 3, {"success": 3})


@pytest.mark.parametrize(("spoil", "words"), _SPOILT, ids=["changed", "deleted"])
@pytest.mark.parametrize("judged", [False, True], ids=["before the first event", "behind the last one"])
def test_one_that_does_not_ends_with_the_reason(
    time: VirtualClock, uid: str, people: Make, spoil: Spoil, words: str, judged: bool
) -> None:
    automation, job = _begun(time, uid, people)
    if judged:
        perform = backtest.begin(uid, backtest.OPERATION.body_of(job.options))
        for piece in stored_pieces.select(uid, where=[("job_id", "==", job.id)]):
            pieces.handful(piece, perform)
    spoil(uid, automation.id)
    failed = ended(uid, job)
    assert (failed.status, failed.report) == ("failed", None)
    assert words in str(failed.error)
    assert jobs.under_way(uid, 1) == []
