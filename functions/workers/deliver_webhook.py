"""Attempts to deliver an event to a user's webhook."""

from shared.domains.webhooks import delivering
from shared.domains.webhooks.outbox import DeliveryMessage
from shared.runtime.workers import task_function


def deliver(message: DeliveryMessage) -> None:
    delivering.serve(message)


deliver_webhook = task_function("deliver_webhook", DeliveryMessage, deliver)
