"""/api/unsubscribe/{token}: for whoever got a message and wants no further one; no sign-in."""

from collections.abc import Callable
from typing import Any

from pydantic import ConfigDict

from shared import settings
from shared.domains.contacts import unsubscribe as service
from shared.domains.contacts import unsubscribe_page
from shared.errors import NotFound
from shared.kit.schema import Model
from shared.runtime import pages
from shared.runtime.http import Call, http_function
from shared.runtime.router import PageOrFields, Router

router = Router("/api/unsubscribe")


class Subscription(Model):
    address: str | None
    message: str


class AnyQuery(Model):
    """What mail programs and link trackers add, such as `utm_source` or `fbclid`, is ignored."""

    model_config = ConfigDict(extra="ignore")


@router.get("/{token}", PageOrFields(Subscription), public=True)
def get_subscription(call: Call, token: str, query: AnyQuery) -> Any:
    """A page that says whom the link is for, with a button; JSON with `Accept: application/json`. Looking changes
    nothing: mail scanners look at every link. Query parameters are ignored."""
    message = "Send a POST to this address to get no further messages."
    return _answer(call, token, service.find, unsubscribe_page.question, message)


@router.post("/{token}", PageOrFields(Subscription), public=True)
def take_unsubscription(call: Call, token: str, query: AnyQuery) -> Any:
    """Puts the address on the suppression list and sets the prospect's status to `unsubscribed`: by the page's button,
    or by one click in a mail program (RFC 8058, `List-Unsubscribe=One-Click`). Done again, it is done already. Query
    parameters are ignored."""
    return _answer(call, token, service.take, unsubscribe_page.done, "You will get no further messages.")


def _answer(
    call: Call, token: str, act: Callable[[str], str | None], shown: Callable[[str, str], str], message: str
) -> Any:
    """The address that `act` has found for the token: as a page where a browser asks, else as JSON."""
    browser = pages.is_wanted(call.request)
    try:
        address = act(token)
    except NotFound as error:
        if not browser:
            raise
        return pages.page(unsubscribe_page.unknown(error.detail), status=error.status)
    if address is None:
        gone = "The account that had written was closed; it sends no further messages."
        return pages.page(unsubscribe_page.sender_gone()) if browser else Subscription(address=None, message=gone)
    if browser:
        return pages.page(shown(address, settings.current().mail_from_name))
    return Subscription(address=address, message=message)


unsubscribe = http_function("unsubscribe", router)
