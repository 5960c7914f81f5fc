"""Pauses a user's sending where too many of the latest messages bounced or were reported as spam."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from shared.domains import notifications
from shared.domains.contacts import repository
from shared.domains.contacts.models import ContactPolicy, SendingPause
from shared.domains.system_logs import service as system_logs
from shared.gcp import firestore, writes
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.store.single import Versioned

FEWEST_BOUNCES, FEWEST_COMPLAINTS = 5, 2  # fewer say nothing about a rate
_PAUSE = timedelta(days=1)


def to_count(uid: str, counts: Mapping[str, int]) -> Write:
    """Count what came back today, by kind."""
    return repository.to_count_responses(uid, counts)


def judge(uid: str) -> None:
    """Pause the user's sending for a day where a rate is above the policy's: a round trip of about 36 reads, and a
    commit where it is. Days that have led to a pause do not lead to another."""
    now = clock.now()
    policy, pause, days = repository.read_responses(uid, now)
    if pause.until and now < pause.until:
        return
    counts: Counter[str] = Counter()
    for day, counted in days.items():
        if pause.judged_from is None or day >= pause.judged_from:
            counts.update(counted)
    if reason := _reason(policy, counts):
        firestore.client().commit(_to_pause(uid, reason, now))


def lift(uid: str) -> Versioned[SendingPause]:
    """Have messages leave again: one read, one commit. What is counted by then does not pause again."""
    stored = repository.pauses.get(uid)
    return repository.pauses.put(uid, SendingPause(judged_from=stored.value.judged_from))


def _reason(policy: ContactPolicy, counts: Mapping[str, int]) -> str | None:
    for name, most, fewest, what in (
        ("complained", policy.max_complaint_rate, FEWEST_COMPLAINTS, "were reported as spam"),
        ("bounced", policy.max_bounce_rate, FEWEST_BOUNCES, "bounced"),
    ):
        number = counts.get(name, 0)
        sent = max(counts.get("mails", 0), number, 1)  # what a server has refused is given back, and did not count
        if number >= fewest and number / sent > most:
            return f"{number:,} of {sent:,} messages of two days {what} ({number / sent:.1%}; the limit is {most:.1%})."
    return None


def _to_pause(uid: str, reason: str, now: datetime) -> list[Write]:
    """The pause, and what the user reads of it; all of it once, whoever finds out."""
    until = now + _PAUSE
    text = (
        f"Nothing is sent until {until:%Y-%m-%d %H:%M} UTC: {reason} Check where the addresses come from; "
        "DELETE /api/contacts/pause lifts this."
    )
    day = f"{until:%Y-%m-%d}"
    notice = notifications.build(uid, "Sending is paused", text, id=derived_id(uid, "pause", day), priority="high")
    entry = system_logs.build(uid, "warning", "outreach", text, id=derived_id(uid, "pause", day, "entry"))
    return [
        writes.merge(repository.pauses.path(uid), {"until": until, "reason": reason, "judged_from": day}),
        notifications.to_put(notice),
        system_logs.to_put(entry),
    ]
