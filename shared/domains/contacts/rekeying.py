"""Suppressions of before `shared/kit/mailboxes.py`: once a user, they move to where their addresses are looked for.

Before, an entry was found by its spelling alone, and a status that says no wrote none.
"""

from shared.domains.contacts import repository
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import ProspectStatus
from shared.domains.suppression import service as suppression
from shared.gcp import firestore

_REFUSALS: tuple[ProspectStatus, ...] = (
    "not_interested",
    "unsubscribed",
)  # of before: the others have always written a suppression
_TOGETHER = 200


def run(uid: str) -> bool:
    """Move a user's suppressions; answers whether there were any to move. Interrupted, it begins anew the next time.

    A query a status, one of the list, and a commit for every 200 changes.
    """
    entries = list(suppression.each_suppressed(uid))
    ids = {suppression.contact_id(entry.address) for entry in entries}
    changes = [write for entry in entries for write in suppression.to_rekey(entry)]
    for status in _REFUSALS:
        changes += [
            suppression.to_suppress(uid, prospect.email, prospect.refusal)
            for prospect in prospects.each_with_status(uid, status)
            if prospect.email and suppression.contact_id(prospect.email) not in ids
        ]
    for start in range(0, len(changes), _TOGETHER):
        last = start + _TOGETHER >= len(changes)
        marked = [repository.to_mark_rekeyed(uid)] if last else []
        firestore.client().commit([*changes[start : start + _TOGETHER], *marked])
    return bool(changes)
