"""Daily budgets: steps, mails and tokens are counted in a meter for each day, of the automation and of its user.

A step is reserved in a commit before the one that records it, and a mail is counted in the commit that claims it; the
commit's own answer says whether the budget covers it, so nothing passes a budget, however many runs work at once. What
was reserved and not used, and a mail that did not leave, are given back. Tokens are counted when a model has answered.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shared.automations.definitions.models import Automation
from shared.automations.definitions.restrictions import Budget
from shared.automations.engine import limits
from shared.automations.engine.journal import Journal
from shared.domains.contacts import quiet
from shared.gcp import firestore, writes
from shared.gcp.writes import Increment, Write

_KEPT = timedelta(days=3)
Counts = dict[str, dict[str, int]]  # by meter and kind, what a commit adds; 0 asks for the total


@dataclass(frozen=True)
class UsedUp:
    """A budget that is used up, and when its day ends."""

    reason: str
    until: datetime


@dataclass(frozen=True)
class Standing:
    """How the budgets stand after a commit. `busy`: other runs have reserved what is left, and may not need it."""

    used_up: UsedUp | None = None
    busy: bool = False


@dataclass(frozen=True)
class _Day:
    meter: str
    scope: str
    budget: Budget

    @property
    def zone(self) -> str:
        return self.budget.time_zone or "UTC"


def limits_steps(automation: Automation) -> bool:
    """Whether a daily budget limits the automation's steps, so that each is reserved."""
    return any(limited.daily and limited.daily.steps for _, limited in limits.scopes(automation))


def count(journal: Journal, automation: Automation | None) -> None:
    """Put into the journal what its commit spends, reserves and gives back; the run's reservations change with it."""
    if journal.counts is None:  # a commit that is repeated counts the same
        journal.counts = _counts(journal, automation)


def to_count(journal: Journal) -> list[Write]:
    """Writes of what the journal counts: one for each scope that has a budget."""
    expiry = {"expire_at": journal.at + _KEPT}
    return [
        writes.merge(meter, {kind: Increment(number) for kind, number in kinds.items()} | expiry)
        for meter, kinds in (journal.counts or {}).items()
    ]


def standing(journal: Journal, automation: Automation, counted: Mapping[str, Sequence[Any]]) -> Standing:
    """How the automation's budgets stand by the totals that the commit answered; if those were lost, a round trip."""
    if not journal.counts:
        return Standing()
    totals = _totals(journal.counts, counted)
    busy = False
    for day in _days(automation, journal.at):
        kinds = totals.get(day.meter, {})
        if kind := _used_up(journal, day, kinds):
            whose = "your" if day.scope == "all" else "this automation's"
            reason = f"{whose} daily budget of {getattr(day.budget, kind):,} {kind} is used up"
            return Standing(UsedUp(reason, quiet.next_day(day.zone, journal.at)))
        reserved = journal.after.reserved.get(day.scope) == day.meter and day.budget.steps is not None
        busy |= reserved and kinds.get("steps", 0) + kinds.get("reserved", 0) > (day.budget.steps or 0)
    return Standing(busy=busy)


def _days(automation: Automation | None, at: datetime) -> Iterator[_Day]:
    for scope, limited in limits.scopes(automation) if automation else ():
        if automation and limited.daily and limited.daily.is_set:
            zone = ZoneInfo(limited.daily.time_zone or "UTC")
            meter = limits.meter(automation.user_id, f"{scope}~{at.astimezone(zone):%Y-%m-%d}")
            yield _Day(meter, scope, limited.daily)


def _counts(journal: Journal, automation: Automation | None) -> Counts:
    table: Counts = defaultdict(dict)
    days = list(_days(automation, journal.at))
    _count_steps(journal, days, table)
    _count_mails(journal, days, table)
    for day in days:
        if journal.spent["tokens"]:
            _add(table, day.meter, "tokens", journal.spent["tokens"])
    return {meter: kinds for meter, kinds in table.items() if kinds}


def _count_steps(journal: Journal, days: Sequence[_Day], table: Counts) -> None:
    """Count a step, give back its reservation, and reserve the next one for a run that goes on."""
    spent, going_on = journal.spent["steps"], not (journal.finished or journal.suspended)
    held, meters = journal.before.reserved, {day.scope: day.meter for day in days}
    limited = {day.scope for day in days if day.budget.steps}
    journal.after.reserved = {}
    for scope in dict.fromkeys([*held, *meters]):
        if spent:
            _add(table, held.get(scope) or meters[scope], "steps", spent)
        if scope in held and (spent or not going_on):
            _add(table, held[scope], "reserved", -1)
        elif scope in held:
            journal.after.reserved[scope] = held[scope]
        wanted = going_on and scope in limited and (spent or journal.reserves)
        if wanted and scope not in journal.after.reserved:
            _add(table, meters[scope], "reserved", 1)
            journal.after.reserved[scope] = meters[scope]
        if wanted:
            _add(table, journal.after.reserved[scope], "steps", 0)
            _add(table, journal.after.reserved[scope], "reserved", 0)


def _count_mails(journal: Journal, days: Sequence[_Day], table: Counts) -> None:
    """Count a claimed mail once, on the day of the claim; give back one that did not leave."""
    before, intent = journal.before.intent, journal.after.intent
    counted = before.counted if before else {}
    if intent and journal.spent["mails"]:
        intent.counted = {day.scope: day.meter for day in days}
        for scope in dict.fromkeys([*counted, *intent.counted]):
            old, new = counted.get(scope), intent.counted.get(scope)
            if new:
                _add(table, new, "mails", 1 if new != old else 0)
            if old and new != old:
                _add(table, old, "mails", -1)
    elif counted and journal.settled != "sent" and (intent is None or (journal.finished and not intent.pending)):
        for meter in counted.values():
            _add(table, meter, "mails", -1)
        if intent:
            intent.counted = {}


def _add(table: Counts, meter: str, kind: str, number: int) -> None:
    table[meter][kind] = table[meter].get(kind, 0) + number


def _used_up(journal: Journal, day: _Day, totals: Mapping[str, int]) -> str | None:
    """The kind of budget (steps, mails, tokens) that the commit has used up, if any."""
    budget, spent = day.budget, journal.spent
    needs_steps = spent["steps"] or day.scope in journal.after.reserved
    if budget.steps and needs_steps and totals.get("steps", 0) >= budget.steps:
        return "steps"
    if budget.mails and spent["mails"] and totals.get("mails", 0) > budget.mails:
        return "mails"  # the last mail that it covers may still leave
    if budget.tokens and spent["tokens"] and totals.get("tokens", 0) >= budget.tokens:
        return "tokens"
    return None


def _totals(counts: Counts, counted: Mapping[str, Sequence[Any]]) -> dict[str, dict[str, int]]:
    if all(meter in counted for meter in counts):
        return {meter: dict(zip(kinds, counted[meter], strict=True)) for meter, kinds in counts.items()}
    meters = firestore.client().get_all(list(counts))
    return {document.path: document.data for document in meters if document}
