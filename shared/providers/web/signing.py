"""Standard Webhooks: by the signature a receiver knows who calls, by the id that it was called before."""

from shared.kit import clock


def signed(secret: str, id: str, body: bytes) -> dict[str, str]:
    """The headers of one attempt; `id` is the same for each. `secret` is `whsec_…` in base64, or any text."""
    from standardwebhooks import Webhook

    now = clock.now()
    key = Webhook(secret if secret.startswith("whsec_") else secret.encode())
    return {
        "webhook-id": id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": key.sign(id, now, body.decode()),
    }
