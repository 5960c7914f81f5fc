"""Standard Webhooks: by the signature a receiver knows who calls, by the id that it was called before."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shared.kit import clock

if TYPE_CHECKING:
    from standardwebhooks import Webhook


def signed(secret: str, id: str, body: bytes, *, also: Sequence[str] = ()) -> dict[str, str]:
    """The headers of one attempt; `id` is the same for each. `secret` is `whsec_…` in base64, or any text.

    `also`: secrets that the receiver may still check with, a signature each.
    """
    now = clock.now()
    return {
        "webhook-id": id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(_key(one).sign(id, now, body.decode()) for one in (secret, *also)),
    }


def _key(secret: str) -> "Webhook":
    from standardwebhooks import Webhook

    try:
        return Webhook(secret if secret.startswith("whsec_") else secret.encode())
    except ValueError:  # kept before it had to be base64
        return Webhook(secret.encode())
