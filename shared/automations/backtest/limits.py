"""Plays limits over the runs of a backtest, in the order of their events: which would not have begun, or only later,
and which messages would have left later. Pure.

A run takes no time here, so that `concurrency` is not played; nor are tokens, which nobody has counted, and mail that
left for other reasons in that time.
"""

from bisect import bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from shared.automations.backtest.models import HeldBack, JudgedEvent, Rule
from shared.automations.definitions.models import Automation
from shared.automations.definitions.restrictions import Budget, Limits, may_reenter
from shared.automations.engine.limits import debounce, scopes
from shared.domains.contacts import pacing
from shared.domains.contacts.models import ContactPolicy
from shared.kit import days

_WHY: Mapping[Rule, str] = {
    "reentry": "The contact had been in the automation before (reentry); these runs do not begin.",
    "debounced": "A later event about the same subject came at once (debounce); these runs do not begin.",
    "rate": "More runs would have begun than the rate allows; these begin later.",
    "daily_steps": "The day's budget of steps was used up; these begin on a later day.",
    "daily_mails": "The day's budget of mails was used up; these begin on a later day.",
    "per_contact": "As many messages as the contact policy allows had gone to the contact; these leave later.",
    "daily_quota": "The day's quota of messages was used up; these leave on a later day.",
}
_DAY = timedelta(days=1)
_LONGEST = timedelta(days=3_650)  # of a message's wait: what is later than that never leaves


@dataclass
class Played:
    """The runs that would have begun, those that would not, and what each rule has held back."""

    begun: list[JudgedEvent] = field(default_factory=list)
    reentry: list[JudgedEvent] = field(default_factory=list)
    debounced: list[JudgedEvent] = field(default_factory=list)
    waits: dict[Rule, list[timedelta]] = field(default_factory=lambda: defaultdict(list))

    def held_back(self) -> list[HeldBack]:
        """What each rule has kept back or put off, in the order in which they are asked."""
        out: Mapping[Rule, int] = {"reentry": len(self.reentry), "debounced": len(self.debounced)}
        rows = [HeldBack(rule=rule, why=_WHY[rule], times=n, longest_seconds=None) for rule, n in out.items() if n]
        for rule in _WHY:
            if waits := self.waits.get(rule):
                longest = max(waits).total_seconds()
                rows.append(HeldBack(rule=rule, why=_WHY[rule], times=len(waits), longest_seconds=longest))
        return rows


def play(automation: Automation, policy: ContactPolicy, matched: Sequence[JudgedEvent]) -> Played:
    """Play the limits of an automation, of its user and of the contact policy over matched events."""
    played = Played()
    in_order = sorted(matched, key=lambda event: event.at)
    entered = [*_entered(automation, in_order, played)]
    played.begun = [*_settled(automation, entered, played)]
    begins = {id(event): event.at + debounce(automation) for event in played.begun}
    for _, limits in scopes(automation):
        _rate(limits, played, begins)
    for _, limits in scopes(automation):
        if limits.daily and limits.daily.is_set:
            _budget(limits.daily, policy.time_zone, played, begins)
    _contacts(policy, played, begins)
    return played


def not_played(automation: Automation) -> list[str]:
    """The limits that are set and cannot be played."""
    sentences = []
    if any(limits.concurrency for _, limits in scopes(automation)):
        sentences.append("concurrency: how long a run is at work is not known before it runs.")
    if any(limits.daily and limits.daily.tokens for _, limits in scopes(automation)):
        sentences.append("daily.tokens: no model was asked, so that none were counted.")
    return sentences


def _entered(automation: Automation, events: Sequence[JudgedEvent], played: Played) -> Iterator[JudgedEvent]:
    last: dict[str, datetime] = {}
    for event in events:
        before = last.get(event.subject or "", event.entered_at) if event.subject else None
        if before and not may_reenter(automation.reentry, event.at - before):
            played.reentry.append(event)
            continue
        if event.subject:
            last[event.subject] = event.at
        yield event


def _settled(automation: Automation, events: Sequence[JudgedEvent], played: Played) -> Iterator[JudgedEvent]:
    """The events that no later one about the same subject supersedes while debounce lasts."""
    wait = debounce(automation)
    following: dict[str | None, datetime] = {}
    kept: list[JudgedEvent] = []
    for event in reversed(events):
        later = following.get(event.subject)
        following[event.subject] = event.at
        if wait and later and later - event.at <= wait:
            played.debounced.append(event)
        else:
            kept.append(event)
    return reversed(kept)


def _rate(limits: Limits, played: Played, begins: dict[int, datetime]) -> None:
    """The n-th run begins no sooner than so many seconds after the one that is `count` before it."""
    if limits.rate is None:
        return
    count, stretch = limits.rate.count, timedelta(seconds=limits.rate.seconds)
    starts: list[datetime] = []
    for event in sorted(played.begun, key=lambda event: begins[id(event)]):
        wanted = begins[id(event)]
        begin = max(wanted, starts[-count] + stretch) if len(starts) >= count else wanted
        starts.append(begin)
        if begin > wanted:
            played.waits["rate"].append(begin - wanted)
            begins[id(event)] = begin


def _budget(budget: Budget, zone: str, played: Played, begins: dict[int, datetime]) -> None:
    """A run begins on a day that has room for its steps and mails; one that is larger than a whole day's budget begins
    on a day of its own. Where one has to wait, so do those behind it: the automation is paused until the day ends."""
    zone = budget.time_zone or zone
    steps: Counter[date] = Counter()
    mails: Counter[date] = Counter()
    day = date.min
    rule: Rule | None = None
    for event in sorted(played.begun, key=lambda event: begins[id(event)]):
        wanted = begins[id(event)]
        first = days.today(zone, wanted)
        day = max(day, first)
        number = sum(message.channel == "mail" and not message.findings for message in event.messages)
        while full := _full(budget, steps[day], mails[day], event.steps, number):
            rule, day = full, day + _DAY
        steps[day] += event.steps
        mails[day] += number
        if rule and day > first:
            begin = days.begins(day, zone)
            played.waits[rule].append(begin - wanted)
            begins[id(event)] = begin


def _full(budget: Budget, steps: int, mails: int, more_steps: int, more_mails: int) -> Rule | None:
    if budget.steps is not None and steps and steps + more_steps > budget.steps:
        return "daily_steps"
    if budget.mails is not None and mails and more_mails and mails + more_mails > budget.mails:
        return "daily_mails"
    return None


def _contacts(policy: ContactPolicy, played: Played, begins: Mapping[int, datetime]) -> None:
    """Messages in the order in which they are ready: each leaves when its contact and the day's quota have room."""
    ready = sorted(
        (begins[id(event)] - event.at + message.at, message.recipient)
        for event in played.begun
        for message in event.messages
        if message.channel == "mail" and not message.findings
    )
    window = timedelta(days=policy.per_days)
    sent: dict[str, list[datetime]] = defaultdict(list)
    quota = _Quota(policy)
    for wanted, recipient in ready:
        at, earlier = wanted, sent[recipient]
        if len(earlier) - bisect_right(earlier, at - window) >= policy.max_per_contact:
            at = min(earlier[-policy.max_per_contact] + window, wanted + _LONGEST)
            played.waits["per_contact"].append(at - wanted)
        if (leaves := quota.next_after(at)) > at:
            played.waits["daily_quota"].append(leaves - at)
        insort(earlier, leaves)


class _Quota:
    """The messages of each day (UTC)."""

    def __init__(self, policy: ContactPolicy) -> None:
        self._policy = policy
        self._left: Counter[date] = Counter()
        self._behind: dict[date, date] = {}  # a day that is full, and one behind it that may not be

    def next_after(self, at: datetime) -> datetime:
        """When a message that is ready at a time leaves; it is counted."""
        today = at.astimezone(UTC).date()
        day = self._with_room(today)
        if day - today >= _LONGEST:
            return at + _LONGEST
        self._left[day] += 1
        if self._left[day] >= pacing.quota_on(self._policy, day):
            self._behind[day] = day + _DAY
        return at if day == today else days.begins(day, "UTC")

    def _with_room(self, day: date) -> date:
        full = []
        while day in self._behind:
            full.append(day)
            day = self._behind[day]
        self._behind.update(dict.fromkeys(full, day))
        return day
