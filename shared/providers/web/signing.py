"""Signs webhook calls by Standard Webhooks: the signature proves the sender, the id reveals a repetition."""

from base64 import b64decode
from collections.abc import Sequence
from typing import TYPE_CHECKING

from shared.kit import clock

if TYPE_CHECKING:
    from standardwebhooks import Webhook


def is_usable(secret: str) -> bool:
    """Whether what follows `whsec_` is the base64 of 24 to 64 bytes, as Standard Webhooks wants it."""
    try:
        size = len(b64decode(secret.removeprefix("whsec_"), validate=True))
    except ValueError:
        size = 0
    return 24 <= size <= 64


def signed(secret: str, id: str, body: bytes, *, also: Sequence[str] = ()) -> dict[str, str]:
    """The headers of one attempt; all attempts share `id`. `secret` is `whsec_…` in base64, or any text.

    `also`: previous secrets that the receiver may still use; each adds a signature.
    """
    now = clock.now()
    return {
        "webhook-id": id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(_key(each).sign(id, now, body.decode()) for each in (secret, *also)),
    }


def _key(secret: str) -> "Webhook":
    from standardwebhooks import Webhook

    try:
        return Webhook(secret if secret.startswith("whsec_") else secret.encode())
    except ValueError:  # stored before secrets had to be base64
        return Webhook(secret.encode())
