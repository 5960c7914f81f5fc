"""/api/inbox: what came back for messages that left."""

from shared.domains.inbox import service
from shared.domains.inbox.models import InboxQuery, MailEvent, MatchInput
from shared.kit.paging import Page
from shared.runtime.http import Call, http_function
from shared.runtime.router import HOURLY, Many, Message, One, Router

router = Router("/api/inbox")


@router.get("", Many("events", MailEvent), tagged=HOURLY)
def list_events(call: Call, query: InboxQuery) -> Page[MailEvent]:
    """Answers, automatic answers, bounces, complaints and deliveries, the latest first."""
    return service.list_page(call.uid, query)


@router.get("/{id}", One("event", MailEvent))
def get_event(call: Call, id: str) -> MailEvent:
    """One of them."""
    return service.get(call.uid, id)


@router.post("/{id}/match", One("event", MailEvent))
def match_event(call: Call, id: str, body: MatchInput) -> MailEvent:
    """Assign a mail that nobody could match to the message that it answers, with all that follows from an answer."""
    return service.match(call.uid, id, body.outreach_id, call.if_match)


@router.post("/{id}/confirm", One("event", MailEvent))
def confirm_removal(call: Call, id: str) -> MailEvent:
    """The sender does want no further messages: the suppression stays."""
    return service.confirm(call.uid, id, call.if_match)


@router.post("/{id}/dismiss", One("event", MailEvent))
def dismiss_event(call: Call, id: str) -> MailEvent:
    """Nothing is to be done about it. Of a removal request, that it was none: the suppression that it has entered is
    lifted, and the prospect is what it was, or counts as one that has answered."""
    return service.dismiss(call.uid, id, call.if_match)


@router.delete("/{id}")
def delete_event(call: Call, id: str) -> Message:
    """Delete it; what followed from it stays."""
    service.delete(call.uid, id, call.if_match)
    return Message(message="The mail event was deleted.")


inbox = http_function("inbox", router)
