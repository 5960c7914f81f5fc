"""Settings under which what comes back is taken, and who signs it."""

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks import Webhook

from shared import context, settings
from shared.context import Context
from shared.kit import clock
from shared.kit.clock import VirtualClock
from shared.providers.mail import hooks
from shared.providers.mail.hooks import DeliveryReport, InboundMail
from shared.settings import Settings

RESEND, OTHER = (f"whsec_{b64encode(bytes(range(first, first + 24))).decode()}" for first in (0, 100))
RAW = "a secret of the forwarder that has 44 letters".replace(" ", "-")
Told = Sequence[DeliveryReport | InboundMail]


@pytest.fixture
def config() -> Iterator[Callable[..., Settings]]:
    """Both hooks are open; a test may change settings, which hold until it ends."""

    def change(**update: Any) -> Settings:
        wanted: dict[str, Any] = {
            "resend_webhook_secret": RESEND,
            "mail_hook_secret": RAW,
            "provider_attempts": 1,
        } | update
        made = Settings(firestore_emulator_host="127.0.0.1:1", **wanted)
        settings.use(made)
        return made

    change()
    with context.bound(Context()):
        yield change
    settings.use(None)


@pytest.fixture
def time() -> Iterator[VirtualClock]:
    moved = VirtualClock(datetime(2026, 6, 1, 12, tzinfo=UTC))
    replaced = clock.install(moved)
    yield moved
    clock.install(replaced)


def signed(
    body: bytes, *, secret: str = RESEND, id: str = "msg_1", family: str = "svix", at: datetime | None = None
) -> dict[str, str]:
    """The headers by which the secret's owner proves a body, made by the scheme's library."""
    moment = at or clock.now()
    key = Webhook(secret if secret.startswith("whsec_") else secret.encode())
    signature = key.sign(id, moment, body.decode())
    values = {"id": id, "timestamp": str(int(moment.timestamp())), "signature": signature}
    return {f"{family}-{name}": value for name, value in values.items()}


def receive(name: str, body: bytes, headers: dict[str, str]) -> Told:
    hook = hooks.find(name)
    assert hook is not None
    return hook.receive(body, headers)
