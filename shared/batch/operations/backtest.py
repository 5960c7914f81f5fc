"""Judge the events of a time that has passed as an automation would have dealt with them; nothing but the job is
written."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from shared.automations.backtest import events, judging, report
from shared.automations.backtest.models import BacktestInput, BacktestReport, Earlier, JudgedEvent
from shared.automations.definitions import store as definition_store
from shared.automations.definitions.models import Automation
from shared.batch.models import MAX_ITEMS, Chosen, Job
from shared.batch.operations.base import Costs, Item, Operation, Perform
from shared.batch.repository import jobs, outcomes
from shared.domains.contacts import service as contacts
from shared.errors import Conflict, Invalid
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.kit.schema import Id
from shared.store import large_values

_TEXTS = 2_000_000  # bytes of messages that are kept in memory while a job is summed up
_JUDGED = {"trigger", "trigger_config", "definition", "limits", "user_limits", "reentry", "stop_when"}


class Backtest(Chosen):
    """`definition` names what is judged by: events judged by another say nothing together."""

    chosen_by = ()

    automation_id: Id
    since: datetime
    until: datetime
    definition: str


def body_of(uid: str, automation_id: str, time: BacktestInput) -> Backtest:
    """What a backtest of an automation is: one read. Raises NotFound."""
    automation = definition_store.automations.get(uid, automation_id)
    events.check(automation)
    until = time.until or clock.now()
    if time.since >= until:
        raise Invalid.at("from", "lies in the future; a backtest is of a time that has passed")
    return Backtest(automation_id=automation_id, since=time.since, until=until, definition=_definition(automation))


def _definition(automation: Automation) -> str:
    return derived_id(automation.model_dump_json(include=_JUDGED))


def _automation(uid: str, body: Backtest) -> Automation:
    automation = definition_store.automations.get(uid, body.automation_id)
    if _definition(automation) != body.definition:
        raise Conflict(f"{automation.name} was changed while it was backtested; begin another backtest.")
    return automation


def select(uid: str, body: Backtest) -> list[Any]:
    """The events of that time. Raises Invalid where there are none, or more than a job takes."""
    listed = events.listed(_automation(uid, body), body.since, body.until, MAX_ITEMS)
    if not listed:
        raise Invalid.at("from", "nothing happened from then to `to` that concerns this trigger; choose another time")
    return listed


def begin(uid: str, body: Backtest) -> Perform:
    automation = _automation(uid, body)

    def perform(item: Item) -> None:
        judged = judging.judge(automation, body.since, body.until, item.value)
        item.settle(**judged.model_dump(mode="json", exclude_defaults=True))

    return perform


def summed_up(job: Job, body: Backtest) -> BacktestReport:
    """The report of a job whose items are settled: a read for each, three more. A job that tries failures again is
    summed up together with that which it goes back to."""
    automation = _automation(job.user_id, body)
    tried = _tried(job)
    judged = [*_judged(tried)]
    return report.report(
        automation,
        (body.since, body.until),
        contacts.get_policy(job.user_id).value,
        judged,
        unfinished_items=tried[-1].total - len(judged),
        earlier=_earlier(tried[-1]),
    )


def _tried(job: Job) -> list[Job]:
    """The job, that whose failures it tries again, and so on: each event was judged in one of them."""
    tried = [job]
    while (first := tried[-1].retry_of) and (before := jobs.find(job.user_id, first)):
        tried.append(before)
    return tried


def _judged(tried: list[Job]) -> Iterator[JudgedEvent]:
    """The events that were judged; without their messages' texts behind the first, of which alone samples are taken."""
    room = _TEXTS
    for job in reversed(tried):
        for each in outcomes.all_of(job.user_id, job.id):
            if each.status != "done":
                continue
            event = JudgedEvent.model_validate(each.result)
            room -= large_values.size([message.preview for message in event.messages]) if room > 0 else 0
            yield event if room > 0 else report.without_texts(event)


def _earlier(job: Job) -> Earlier | None:
    latest = jobs.latest_done(job.user_id, str(job.subject), before=job.created_at)
    if latest is None or latest.report is None:
        return None
    failed = latest.report.statuses.get("failed", 0)
    return Earlier.model_validate({**latest.report.model_dump(), "job_id": latest.id, "failed": failed})


OPERATION = Operation(
    name="backtest",
    text="Judge events as an automation would have dealt with them.",
    body=Backtest,
    begin=begin,
    collection=lambda body: None,
    costs=lambda body: Costs(reads=20, writes=1),
    select=select,
    report=summed_up,
    offered=False,
    notifies=False,
)
