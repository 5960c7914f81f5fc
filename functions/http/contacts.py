"""/api/contacts: who may be written to, how often and when."""

from shared.automations.operations import postponed
from shared.domains import calendar
from shared.domains.contacts import reputation, service
from shared.domains.contacts.models import ContactPolicy, SendingPause
from shared.domains.suppression import service as suppression
from shared.domains.suppression.models import Contact, SuppressionInput, SuppressionQuery
from shared.kit.paging import Page
from shared.runtime.http import Call, http_function
from shared.runtime.router import Many, Message, One, Router
from shared.store.single import Versioned

router = Router("/api/contacts")


@router.get("/policy", One("policy", ContactPolicy))
def get_policy(call: Call) -> Versioned[ContactPolicy]:
    """How often and when messages may leave, whatever sends them."""
    return service.get_policy(call.uid)


@router.put("/policy", One("policy", ContactPolicy))
def set_policy(call: Call, body: ContactPolicy) -> Versioned[ContactPolicy]:
    """Rules for every message that leaves, whatever sends it. The days of the calendar are those of its time zone."""
    stored = service.set_policy(call.uid, body, call.if_match)
    calendar.move_to_zone(call.uid, body.time_zone)
    postponed.ask_again(call.uid)
    return stored


@router.get("/pause", One("pause", SendingPause))
def get_pause(call: Call) -> Versioned[SendingPause]:
    """Whether sending is paused, and why: too many of the latest messages bounced or were reported as spam."""
    return service.get_pause(call.uid)


@router.delete("/pause")
def lift_pause(call: Call) -> Message:
    """Messages leave again. What bounced or was reported until today does not pause sending once more."""
    reputation.lift(call.uid)
    postponed.ask_again(call.uid)
    return Message(message="Sending is not paused any more.")


@router.get("/suppressions", Many("suppressions", Contact))
def list_suppressions(call: Call, query: SuppressionQuery) -> Page[Contact]:
    """Whom no message is sent to, whatever sends it, the latest first."""
    return suppression.list_page(call.uid, query)


@router.post("/suppressions", One("suppression", Contact), status=201)
def suppress(call: Call, body: SuppressionInput) -> Contact:
    """Never write to this address, or to anybody at this domain.

    The list is asked in the commit by which a message leaves. Whoever unsubscribes by the link in a message, and every
    prospect whose status says no, is put on it too. Given again, an entry gets what is given.
    """
    return suppression.suppress(call.uid, body)


@router.get("/suppressions/{id}", One("suppression", Contact))
def get_suppression(call: Call, id: str) -> Contact:
    """One suppression."""
    return suppression.get(call.uid, id)


@router.delete("/suppressions/{id}")
def unsuppress(call: Call, id: str) -> Message:
    """Lifts a suppression; the status of a prospect stays, and one that says no still means that nothing is sent."""
    entry = suppression.unsuppress(call.uid, id, call.if_match)
    return Message(
        message=f"The suppression of {entry.address} was lifted. Nothing is sent to a prospect whose status says no; "
        "that is changed with the prospect."
    )


contacts = http_function("contacts", router)
