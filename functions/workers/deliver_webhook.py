"""Attempts to deliver an event to a user's webhook."""

import shared.automations.triggers  # noqa: F401 -- declares the documents in which webhooks are listed
from shared.domains.webhooks import delivering
from shared.domains.webhooks.outbox import DeliveryMessage
from shared.runtime.workers import task_function


def deliver(message: DeliveryMessage) -> None:
    delivering.serve(message)


deliver_webhook = task_function("deliver_webhook", DeliveryMessage, deliver)
