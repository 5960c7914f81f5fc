"""/api/hooks/{token}: an automation's own address, called from outside without a sign-in."""

from pydantic import ConfigDict

from shared.automations.starts import webhooks as service
from shared.kit.schema import Model
from shared.runtime.http import Call, http_function
from shared.runtime.router import Fields, Router

router = Router("/api/hooks")


class Payload(Model):
    """Any JSON object: the event that the automation's steps see."""

    model_config = ConfigDict(extra="allow")


class Received(Model):
    """`execution_id` is null where the automation's filter leaves the call out, or its `reentry` the contact."""

    execution_id: str | None


@router.post("/{token}", Fields(Received), status=202, public=True)
def receive(call: Call, token: str, body: Payload) -> Received:
    """Starts the automation with the body as its event. A delivery that is repeated with the same `webhook-id` or
    `Idempotency-Key` starts it once. While the automation's daily budget is used up the run is held, and begins
    when the pause is over. Signed calls follow Standard Webhooks."""
    headers = {name.lower(): value for name, value in call.request.headers.items()}
    execution_id = service.receive(token, call.raw, body.model_extra or {}, headers)
    return Received(execution_id=execution_id)


hooks = http_function("hooks", router)
