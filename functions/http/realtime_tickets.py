"""/api/realtime/tickets: what a browser opens a stream with, in place of an ID token."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from shared import settings
from shared.kit.schema import Model
from shared.realtime import tickets
from shared.runtime.http import Call, http_function
from shared.runtime.router import Fields, Router

router = Router("/api/realtime/tickets")


class TicketAnswer(Model):
    ticket: Annotated[str, Field(description="Sent as `ticket=` when a stream is opened. It is not shown again.")]
    expires_at: Annotated[datetime, Field(description="When the ticket can no longer be used.")]
    url: Annotated[
        str | None, Field(description="Where streams are opened, before `/api/realtime/…`; null: at this API's origin.")
    ]


@router.post("", Fields(TicketAnswer), status=201)
def create_ticket(call: Call) -> TicketAnswer:
    """A ticket for one stream, to be opened within a minute: for `EventSource` and `WebSocket`, which send no header.
    The stream ends when the ID token expires that this call was made with."""
    ticket = tickets.issue(call.caller)
    return TicketAnswer(ticket=ticket.text, expires_at=ticket.expires_at, url=settings.current().realtime_url)


realtime_tickets = http_function("realtime_tickets", router)
