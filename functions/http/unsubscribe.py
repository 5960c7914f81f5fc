"""/api/unsubscribe/{token}: for whoever got a message and wants no further one; no sign-in."""

from pydantic import BaseModel

from shared.domains.contacts import unsubscribe as service
from shared.runtime.http import Call, http_function
from shared.runtime.router import Fields, Router

router = Router("/api/unsubscribe")


class Subscription(BaseModel):
    address: str
    message: str


@router.get("/{token}", Fields(Subscription), public=True)
def get_subscription(call: Call, token: str) -> Subscription:
    """Whom the link is for. Looking changes nothing: mail scanners look at every link."""
    return Subscription(address=service.find(token), message="Send a POST to this address to get no further messages.")


@router.post("/{token}", Fields(Subscription), public=True)
def take_unsubscription(call: Call, token: str) -> Subscription:
    """One click, as mail programs send it (RFC 8058)."""
    return Subscription(address=service.take(token), message="You will get no further messages.")


unsubscribe = http_function("unsubscribe", router)
