"""Encrypts and decrypts the secret settings of steps in documents."""

from typing import TypeVar, cast

from shared import sealing
from shared.automations.definitions.masking import changed

T = TypeVar("T")


def sealed_steps(uid: str, steps: T) -> T:
    """Encrypts the secret settings of steps for a user."""
    return cast("T", changed(steps, lambda text: sealing.seal(uid, text)))


def unsealed_steps(uid: str, steps: T) -> T:
    """Decrypts the secret settings of a user's stored steps."""
    return cast("T", changed(steps, lambda text: sealing.unseal(uid, text)))
