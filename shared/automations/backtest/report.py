"""Sums up what the events of a backtest would have come to. Pure."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

from shared.automations.backtest import limits
from shared.automations.backtest.models import (
    BacktestCost,
    BacktestReport,
    Earlier,
    HeldBack,
    JudgedEvent,
    Overlap,
    RehearsedMessage,
    StepFailure,
    Unmatched,
)
from shared.automations.definitions.models import Automation
from shared.automations.operations.rehearsed import Held
from shared.domains.contacts.models import ContactPolicy
from shared.store import large_values

_SAMPLES = 10
_SAMPLED = 200_000  # bytes of all samples: a job is one document
_ROWS = 20  # of failures, and of other automations


def report(
    automation: Automation,
    time: tuple[datetime, datetime],
    policy: ContactPolicy,
    events: Sequence[JudgedEvent],
    *,
    unfinished_items: int,
    earlier: Earlier | None,
) -> BacktestReport:
    """The report of a backtest of the events; `unfinished_items` are those that could not be judged."""
    matched = [event for event in events if event.matched]
    played = limits.play(automation, policy, matched)
    messages = [message for event in played.begun for message in event.messages]
    unlisted = sum(event.unlisted_messages for event in played.begun)
    return BacktestReport(
        automation_id=automation.id,
        name=automation.name,
        since=time[0],
        until=time[1],
        events=len(events),
        matched=len(played.begun),
        unmatched=_unmatched(events, played),
        statuses=dict(Counter(str(event.status) for event in played.begun)),
        failures=_failures(played.begun),
        messages=sum(not message.findings for message in messages) + unlisted,
        refused=sum(bool(message.findings) for message in messages),
        samples=_samples(messages),
        held_back=_by_rule([*_by_steps(played.begun), *played.held_back()]),
        overlap=_overlap(played.begun),
        cost=_cost(played.begun, unlisted + len(messages)),
        unjudged_limits=limits.not_played(automation),
        unfinished_items=unfinished_items,
        earlier=earlier,
    )


def without_texts(event: JudgedEvent) -> JudgedEvent:
    """An event whose messages count, and are no samples."""
    messages = [message.model_copy(update={"preview": {}}) for message in event.messages]
    return event.model_copy(update={"messages": messages})


def _samples(messages: Sequence[RehearsedMessage]) -> list[RehearsedMessage]:
    """The first messages that would have left, whole, as far as there is room."""
    samples: list[RehearsedMessage] = []
    room = _SAMPLED
    for message in messages:
        if message.findings or not message.preview or len(samples) == _SAMPLES:
            continue
        if (size := large_values.size(message.model_dump())) <= room:
            room -= size
            samples.append(message)
    return samples


def _unmatched(events: Sequence[JudgedEvent], played: limits.Played) -> list[Unmatched]:
    reasons = {event.reason: str(event.why) for event in events if event.reason}
    counted = Counter(event.reason for event in events if event.reason)
    rows = [Unmatched(reason=reason, why=reasons[reason], events=n) for reason, n in counted.most_common()]
    kept = [row for row in played.held_back() if row.longest_seconds is None]
    return rows + [Unmatched.model_validate({"reason": row.rule, "why": row.why, "events": row.times}) for row in kept]


def _failures(begun: Sequence[JudgedEvent]) -> list[StepFailure]:
    failed = {(str(e.step), str(e.action), str(e.code)): str(e.error) for e in begun if e.status == "failed"}
    counted = Counter((str(e.step), str(e.action), str(e.code)) for e in begun if e.status == "failed")
    return [
        StepFailure(step=step, action=action, code=code, error=failed[step, action, code], runs=number)
        for (step, action, code), number in counted.most_common(_ROWS)
    ]


def _by_steps(begun: Sequence[JudgedEvent]) -> list[HeldBack]:
    """What the contact governor has said to the steps of single runs."""
    by_rule: dict[str, list[Held]] = defaultdict(list)
    for held in (held for event in begun for held in event.held):
        by_rule[held.rule].append(held)
    return [
        HeldBack(
            rule=rule,
            why=held[0].reason,
            times=len(held),
            longest_seconds=max((each.until - each.since).total_seconds() for each in held),
        )
        for rule, held in by_rule.items()
    ]


def _by_rule(rows: Sequence[HeldBack]) -> list[HeldBack]:
    """One row for each rule: what it has said to steps, and what it says to all runs together."""
    by_rule: dict[str, HeldBack] = {}
    for row in rows:
        same = by_rule.get(row.rule, row.model_copy(update={"times": 0}))
        longest = max(row.longest_seconds or 0, same.longest_seconds or 0) if row.longest_seconds is not None else None
        by_rule[row.rule] = row.model_copy(update={"times": row.times + same.times, "longest_seconds": longest})
    return [*by_rule.values()]


def _overlap(begun: Sequence[JudgedEvent]) -> list[Overlap]:
    """Each person counts once, however many of the events are about the same."""
    by_subject = {event.subject: event.others for event in begun if event.others}
    rows = [(other.automation_id, other.name, other.runs) for others in by_subject.values() for other in others]
    people = Counter((id, name) for id, name, _ in rows).most_common(_ROWS)
    runs: Counter[str] = Counter()
    for id, _, number in rows:
        runs[id] += number
    return [Overlap(automation_id=id, name=name, people=number, runs=runs[id]) for (id, name), number in people]


def _cost(begun: Sequence[JudgedEvent], messages: int) -> BacktestCost:
    def total(name: str) -> int:
        return sum(getattr(event, name) for event in begun)

    return BacktestCost(
        steps=total("steps"),
        commits=total("commits"),
        writes=total("writes"),
        messages=messages,
        provider_calls=total("provider_calls"),
    )
