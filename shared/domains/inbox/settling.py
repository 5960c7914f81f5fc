"""Sets right what the record of a message's departure has overwritten of what came back before it."""

from shared.domains.inbox import consequences
from shared.domains.inbox.repository import repository
from shared.domains.outreach import service as outreach
from shared.domains.prospects import service as prospects
from shared.store.changes import Change

_EVENTS = 20  # of a message that has just left


def settle(change: Change) -> None:
    """Sets right a message, and its prospect, for which something came back while it was on its way: the record of its
    departure has overwritten their status. Two reads, a query and two commits, for such a message
    alone."""
    before, after = change.before or {}, change.after or {}
    if before.get("status") != "sending" or after.get("status") in (None, "sending"):
        return
    failed = after.get("status") == "sent" and after.get("error")
    if not failed and not any(after.get(moment) for moment in ("replied_at", "bounced_at", "complained_at")):
        return
    message = outreach.find(change.uid, change.id)
    if message is None:
        return
    if consequences.settled(message):
        outreach.note_response(change.uid, change.id, consequences.settled)
    events = repository.of_message(change.uid, change.id, _EVENTS)
    prospect = prospects.find(change.uid, message.prospect_id)
    if prospect and consequences.settled_prospect(prospect, events):
        prospects.change(change.uid, prospect.id, lambda current: consequences.settled_prospect(current, events))
