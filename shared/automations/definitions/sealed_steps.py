"""Steps in documents: what their actions call secret is encrypted."""

from typing import Any

from shared import sealing
from shared.automations.definitions.masking import changed


def sealed_steps(uid: str, steps: Any) -> Any:
    """Steps as they are stored: what their actions call secret is encrypted for the user."""
    return changed(steps, lambda text: sealing.seal(uid, text))


def unsealed_steps(uid: str, steps: Any) -> Any:
    """Stored steps as they run."""
    return changed(steps, lambda text: sealing.unseal(uid, text))
