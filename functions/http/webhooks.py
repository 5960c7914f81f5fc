"""/api/webhooks: where a user wants to be told what happened, and what became of each delivery."""

import shared.automations.triggers  # noqa: F401 -- declares the documents in which webhooks are listed
from shared.domains.webhooks import service
from shared.domains.webhooks.models import (
    Delivery,
    DeliveryQuery,
    RotateInput,
    Webhook,
    WebhookInput,
    WebhookQuery,
    WebhookUpdate,
)
from shared.kit.paging import Page
from shared.runtime.http import Call, http_function
from shared.runtime.router import Many, Message, One, Router

router = Router("/api/webhooks")


@router.get("", Many("webhooks", Webhook))
def list_webhooks(call: Call, query: WebhookQuery) -> Page[Webhook]:
    """Webhooks, newest first; without their secrets."""
    return service.list_page(call.uid, query)


@router.post("", One("webhook", Webhook), status=201)
def create_webhook(call: Call, body: WebhookInput) -> Webhook:
    """Only this answer shows the secret."""
    return service.create(call.uid, body)


@router.get("/{id}", One("webhook", Webhook))
def get_webhook(call: Call, id: str) -> Webhook:
    """One webhook, without its secret."""
    return service.get(call.uid, id)


@router.put("/{id}", One("webhook", Webhook))
@router.patch("/{id}", One("webhook", Webhook))
def update_webhook(call: Call, id: str, body: WebhookUpdate) -> Webhook:
    """Switched off, it is sent nothing, and what is on its way to it is given up."""
    return service.update(call.uid, id, body, call.if_match)


@router.delete("/{id}")
def delete_webhook(call: Call, id: str) -> Message:
    """Delete the webhook; what is on its way to it is given up."""
    service.delete(call.uid, id, call.if_match)
    return Message(message="The webhook was deleted.")


@router.post("/{id}/rotate", One("webhook", Webhook))
def rotate_secret(call: Call, id: str, body: RotateInput) -> Webhook:
    """A new secret, which only this answer shows. For 24 hours deliveries are signed with the old one too."""
    return service.rotate(call.uid, id, body, call.if_match)


@router.post("/{id}/test", One("delivery", Delivery), status=202)
def test_webhook(call: Call, id: str) -> Delivery:
    """Sends an event of type `test` to the address, once, also while the webhook is switched off."""
    return service.send_test(call.uid, id)


@router.get("/{id}/deliveries", Many("deliveries", Delivery))
def list_deliveries(call: Call, id: str, query: DeliveryQuery) -> Page[Delivery]:
    """Kept for 30 days. What was sent is answered one by one."""
    return service.list_deliveries(call.uid, id, query)


@router.get("/{id}/deliveries/{delivery_id}", One("delivery", Delivery))
def get_delivery(call: Call, id: str, delivery_id: str) -> Delivery:
    """One delivery, with what is sent and each attempt."""
    return service.get_delivery(call.uid, id, delivery_id)


@router.post("/{id}/deliveries/{delivery_id}/redeliver", One("delivery", Delivery), status=202)
def redeliver(call: Call, id: str, delivery_id: str) -> Delivery:
    """Sends it again, under the same `webhook-id`, with the same body."""
    return service.redeliver(call.uid, id, delivery_id, call.if_match)


webhooks = http_function("webhooks", router)
