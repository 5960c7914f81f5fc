"""/api/webhooks: where a user wants to be told what happened."""

from shared.domains import webhooks as service
from shared.domains.webhooks import Webhook, WebhookInput, WebhookQuery, WebhookUpdate
from shared.kit.paging import Page
from shared.runtime.http import Call, http_function
from shared.runtime.router import Many, Message, One, Router

router = Router("/api/webhooks")


@router.get("", Many("webhooks", Webhook))
def list_webhooks(call: Call, query: WebhookQuery) -> Page[Webhook]:
    return service.list_page(call.uid, query)


@router.post("", One("webhook", Webhook), status=201)
def create_webhook(call: Call, body: WebhookInput) -> Webhook:
    return service.create(call.uid, body)


@router.get("/{id}", One("webhook", Webhook))
def get_webhook(call: Call, id: str) -> Webhook:
    return service.get(call.uid, id)


@router.put("/{id}", One("webhook", Webhook))
@router.patch("/{id}", One("webhook", Webhook))
def update_webhook(call: Call, id: str, body: WebhookUpdate) -> Webhook:
    return service.update(call.uid, id, body, call.if_match)


@router.delete("/{id}")
def delete_webhook(call: Call, id: str) -> Message:
    service.delete(call.uid, id, call.if_match)
    return Message(message="The webhook was deleted.")


webhooks = http_function("webhooks", router)
