"""Sends each user's weekly digest, once a week, on Monday at eight where the user is.

When a user's next one is due is a number in the user's `plans`: 1 where the nightly fold has just asked for it, as
something was counted; none while nothing is. So users who do nothing cost nothing.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from shared.domains import notifications
from shared.domains.analytics import plans
from shared.domains.analytics.digests import content, mailing, service
from shared.domains.analytics.digests.content import Digest
from shared.domains.analytics.digests.mailing import Letter
from shared.domains.contacts import service as contacts
from shared.errors import AlreadyExists
from shared.gcp import firestore, writes
from shared.gcp.firestore import Document
from shared.gcp.writes import DELETED, Write
from shared.kit import clock, days
from shared.kit.ids import derived_id
from shared.store.sweeps import Sweep

_AT = time(8)
_WITHIN = timedelta(hours=1)  # not all users of a zone at once


def sweep() -> dict[str, int]:
    """Send the digests that are due: a query for every 20; for a user three reads, a query, two writes or three."""
    this = Sweep("dealt", "digests", "mailed")
    plans.deal(this, plans.DIGEST, int(clock.now().timestamp()), lambda row: {"dealt": 1, **_deal(row)})
    return this.done()


def _deal(row: Document) -> dict[str, int]:
    uid = row.path.split("/")[1]
    if row.data.get("digest_mail"):
        return _mail_again(uid, row)
    zone = contacts.get_policy(uid).value.time_zone
    wanted = service.get_settings(uid).value
    today = days.today(zone, clock.now())
    monday = today - timedelta(days=today.weekday())
    if row.data[plans.DIGEST] == 1 or row.data.get("digest_week") == monday.isoformat():
        return _plan(row, uid, zone)
    if not (wanted.notification or wanted.mail):
        return _plan(row, uid, zone, monday)
    digest = content.of_week(uid, monday, zone)
    if digest is None:
        firestore.client().commit([writes.update(row.path, {plans.DIGEST: DELETED}, version=row.version)])
        return {}
    key = derived_id(uid, "digest", monday.isoformat())
    letter = mailing.letter(uid, key, digest) if wanted.mail else None
    return _send(row, uid, monday, digest, letter, notification=wanted.notification)


def _plan(row: Document, uid: str, zone: str, week: date | None = None) -> dict[str, int]:
    """Set the next Monday, without a digest."""
    fields: dict[str, Any] = {plans.DIGEST: next_at(uid, zone, clock.now())}
    if week:
        fields["digest_week"] = week.isoformat()
    firestore.client().commit([writes.update(row.path, fields, version=row.version)])
    return {}


def next_at(uid: str, zone: str, now: datetime) -> int:
    """When a user's next digest is due, in seconds since 1970."""
    today = days.today(zone, now)
    for ahead in range(2):
        monday = today + timedelta(days=7 * ahead - today.weekday())
        due = days.begins(monday, zone, _AT) + days.spread(uid, _WITHIN)
        if due > now:
            return int(due.timestamp())
    raise AssertionError("unreachable")


def _send(
    row: Document, uid: str, monday: date, digest: Digest, letter: Letter | None, *, notification: bool
) -> dict[str, int]:
    """Notify, and claim the mail, in one commit under the version that was read; then mail it."""
    then = next_at(uid, digest.zone, clock.now())
    state: dict[str, Any] = {"digest_week": monday.isoformat(), plans.DIGEST: then}
    if letter:
        again = int((clock.now() + mailing.AGAIN).timestamp())
        state |= {plans.DIGEST: again, "digest_next": then, "digest_mail": letter.fields()}
    notified = [_to_notify(uid, monday, digest)] if notification else []
    picture = digest.png() if letter else None  # before the claim, as it may fail
    try:
        version = firestore.client().commit([writes.update(row.path, state, version=row.version), *notified])
    except AlreadyExists:  # of this week's: the plan was lost, not the digest
        return _plan(row, uid, digest.zone, monday)
    if letter:
        _settle(row.path, version, then, letter, sent=mailing.send(uid, letter, picture))
    return {"digests": 1, "mailed": int(letter is not None)}


def _to_notify(uid: str, monday: date, digest: Digest) -> Write:
    key = derived_id(uid, "digest", monday.isoformat())
    metadata = {"week": digest.week.isoformat(), "numbers": digest.numbers, "picture": digest.picture}
    return notifications.to_create(
        notifications.build(uid, digest.title, digest.text, id=key, type="weekly_insights", metadata=metadata)
    )


def _mail_again(uid: str, row: Document) -> dict[str, int]:
    """Send a mail that did not leave, or whose sender died: claimed anew, under the version that was read."""
    letter, then = mailing.of_fields(row.data["digest_mail"]), int(row.data["digest_next"])
    if not mailing.may_be_repeated(uid, letter):
        _settle(row.path, row.version, then, letter, sent=True)
        return {}
    zone = contacts.get_policy(uid).value.time_zone
    digest = content.of_week(uid, date.fromisoformat(row.data["digest_week"]), zone)
    picture = digest.png() if digest else None
    again = int((clock.now() + mailing.AGAIN).timestamp())
    claim = writes.update(row.path, {plans.DIGEST: again, "digest_mail": letter.fields()}, version=row.version)
    version = firestore.client().commit([claim])
    _settle(row.path, version, then, letter, sent=mailing.send(uid, letter, picture))
    return {"mailed": 1}


def _settle(path: str, version: datetime, then: int, letter: Letter, *, sent: bool) -> None:
    """Note how an attempt ended; the next one is due in a while where it did not leave."""
    done = {plans.DIGEST: then, "digest_mail": DELETED, "digest_next": DELETED}
    firestore.client().commit(
        [writes.update(path, done if sent else {"digest_mail": letter.fields(tried=False)}, version=version)]
    )
