"""Daily budgets: steps, mails and tokens are counted in a meter for each day, of the automation and of its user.

A large budget of steps is counted in parts (`budget_parts.py`). A user's mails are few by
his daily quota, and tokens come no faster than he may ask a model (`providers/calls`): the meter itself has theirs.

Steps are reserved in a commit before the one that records them (`reservations.py`), and a mail is counted in the commit
that claims it; the commit's own answer says how far the budget covers it, so nothing passes a budget, however many runs
work at once. What was reserved and not used, and a mail that did not leave, are given back. Tokens are counted when a
model has answered.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared.automations.definitions.models import Automation
from shared.automations.definitions.restrictions import Limits
from shared.automations.engine import budget_parts, days, limits, reservations
from shared.automations.engine.days import Day
from shared.automations.engine.journal import Journal
from shared.domains.contacts import quiet
from shared.gcp import firestore, writes
from shared.gcp.writes import Increment, Write
from shared.kit import clock

Counts = dict[str, dict[str, int]]  # by meter and kind, what a commit adds; 0 asks for the total


@dataclass(frozen=True)
class UsedUp:
    """A budget that is used up, and when its day ends."""

    reason: str
    until: datetime


@dataclass(frozen=True)
class Standing:
    """How the budgets stand after a commit. `covered`: how many of the steps that it has reserved they cover, if any.
    `busy`: other runs have reserved what is left, and may not need it.

    `elsewhere`: by scope, where there is room for a step that its own part does not cover.
    """

    used_up: UsedUp | None = None
    covered: int | None = None
    busy: bool = False
    elsewhere: Mapping[str, str] = field(default_factory=dict)


def limits_steps(automation: Automation) -> bool:
    """Whether a daily budget limits the automation's steps, so that each is reserved."""
    return any(limited.daily and limited.daily.steps for _, limited in limits.scopes(automation))


def count(journal: Journal, automation: Automation | None) -> None:
    """Put into the journal what its commit spends, reserves and gives back; the run's reservations change with it."""
    if journal.counts is None:  # a commit that is repeated counts the same
        journal.counts = _counts(journal, automation)


def to_count(journal: Journal) -> list[Write]:
    """Writes of what the journal counts: one for each scope that has a budget."""
    expiry = {"expire_at": journal.at + reservations.RETENTION}
    return [
        writes.merge(meter, {kind: Increment(number) for kind, number in kinds.items()} | expiry)
        for meter, kinds in (journal.counts or {}).items()
    ]


def standing(journal: Journal, automation: Automation, counted: Mapping[str, Sequence[Any]]) -> Standing:
    """How the automation's budgets stand by the totals that the commit answered; if those were lost, a round trip.

    One more where a part of a budget is full.
    """
    if not journal.counts:
        return Standing()
    totals = _totals(journal.counts, counted)
    busy, elsewhere, covered = False, dict[str, str](), list[int]()
    for day in days.of_automation(automation, journal.at):
        of_steps = _standing_of_steps(journal, day, totals)
        if of_steps.used_up:
            return of_steps
        if kind := _used_up(journal, day, totals.get(day.meter, {})):
            return Standing(_spent(day, kind, journal.at))
        busy |= of_steps.busy
        elsewhere |= of_steps.elsewhere
        covered += [of_steps.covered] if of_steps.covered is not None else []
    return Standing(covered=min(covered, default=None), busy=busy, elsewhere=elsewhere)


def _standing_of_steps(journal: Journal, day: Day, totals: Mapping[str, Mapping[str, int]]) -> Standing:
    """How many steps a budget covers of those that are reserved in a part of it; if none, whether another part has
    room."""
    steps, part = day.budget.steps, _part(day, journal)
    held = journal.after.reserved.get(day.scope) == part
    if not steps or part not in totals or not (journal.spent["steps"] or held):
        return Standing()
    share, used = budget_parts.share_of(part, day.meter, steps), totals[part].get("steps", 0)
    covered = reservations.within(journal.after, used + totals[part].get("reserved", 0), share) if held else None
    if used < share and covered != 0:
        return Standing(covered=covered)
    if share == steps:
        return Standing(_spent(day, "steps", journal.at)) if used >= share else Standing(busy=True)
    look = budget_parts.look(day.meter, steps, part)
    if look.used >= steps:
        return Standing(_spent(day, "steps", journal.at))
    if covered != 0:
        return Standing(covered=covered)
    return Standing(elsewhere={day.scope: look.roomy}) if look.roomy else Standing(busy=True)


def spread(uid: str, scope: str, before: Limits, after: Limits) -> None:
    """Spread what today's meter has counted over the parts of a budget that was set anew: 17 reads, and a commit.

    Nothing where neither budget has several parts.
    """
    earlier = before.daily.steps if before.daily and before.daily.is_set else 1
    for day in days.of_limits(uid, scope, after, clock.now()):
        if max(budget_parts.parts(earlier), budget_parts.parts(day.budget.steps)) > 1:
            budget_parts.spread(day.meter, day.budget.steps)


def _part(day: Day, journal: Journal) -> str:
    """The document that counts the run's steps: the part it holds a reservation in, or its own."""
    held = journal.after.reserved.get(day.scope) or journal.before.reserved.get(day.scope)
    wanted = journal.elsewhere.get(day.scope) or held
    if wanted and wanted in budget_parts.paths(day.meter, day.budget.steps):
        return wanted
    return budget_parts.of_run(day.meter, day.budget.steps, journal.before.id)


def _spent(day: Day, kind: str, at: datetime) -> UsedUp:
    """What is said where a day's budget of a kind is used up."""
    whose = "your" if day.scope == "all" else "this automation's"
    reason = f"{whose} daily budget of {getattr(day.budget, kind):,} {kind} is used up"
    return UsedUp(reason, quiet.next_day(day.zone, at))


def _counts(journal: Journal, automation: Automation | None) -> Counts:
    table: Counts = defaultdict(dict)
    of_today = days.of_automation(automation, journal.at)
    _count_steps(journal, of_today, table)
    _count_mails(journal, of_today, table)
    for day in of_today:
        if journal.spent["tokens"]:
            _add(table, day.meter, "tokens", journal.spent["tokens"])
    return {meter: kinds for meter, kinds in table.items() if kinds}


def _count_steps(journal: Journal, days: Sequence[Day], table: Counts) -> None:
    """Count steps, give back what was reserved for them, and reserve those that follow for a run that goes on."""
    spent, going_on = journal.spent["steps"], not (journal.finished or journal.suspended)
    held, parts = dict(journal.before.reserved), {day.scope: _part(day, journal) for day in days}
    limited = {day.scope for day in days if day.budget.steps}
    number = journal.before.reserved_steps
    wants = going_on and bool(spent or journal.reserves)
    journal.after.reserved, journal.after.reserved_steps = {}, number if held and not spent else _ahead(journal)
    for scope in dict.fromkeys([*held, *parts]):
        if spent:
            _add(table, held.get(scope) or parts[scope], "steps", spent)
        moves = journal.reserves and held.get(scope) != parts.get(scope)  # from a part that is full, or of another day
        if scope in held and (spent or not going_on or moves):
            _add(table, held[scope], "reserved", -number)
        elif scope in held:
            journal.after.reserved[scope] = held[scope]
        wanted = wants and scope in limited
        if wanted and scope not in journal.after.reserved:
            _add(table, parts[scope], "reserved", journal.after.reserved_steps)
            journal.after.reserved[scope] = parts[scope]
        if wanted:
            _add(table, journal.after.reserved[scope], "steps", 0)
            _add(table, journal.after.reserved[scope], "reserved", 0)
    if not journal.after.reserved:
        journal.after.reserved_steps = 1


def _ahead(journal: Journal) -> int:
    return 1 if journal.finished else reservations.ahead(journal.state.program, journal.after.position)


def _count_mails(journal: Journal, days: Sequence[Day], table: Counts) -> None:
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


def _used_up(journal: Journal, day: Day, totals: Mapping[str, int]) -> str | None:
    """The kind of budget (mails, tokens) that the commit has used up, if any."""
    budget, spent = day.budget, journal.spent
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
