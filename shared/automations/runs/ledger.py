"""Writes the ledger of outside effects: an entry for each claimed effect, with its outcome."""

from typing import Literal

from shared.automations.runs.models import Execution, Intent
from shared.gcp import writes
from shared.gcp.writes import Increment, Write
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.store import large_values

EffectStatus = Literal["sent", "unsent", "refused", "ambiguous"]


def effect_id(execution: Execution, intent: Intent) -> str:
    """Names the ledger's entry of an effect by execution, step, recipient and channel: the effect's idempotency key."""
    return derived_id(execution.id, intent.key, intent.recipient, intent.channel)


def _effect_path(execution: Execution) -> str:
    assert execution.intent is not None  # noqa: S101
    return f"users/{execution.user_id}/effects/{effect_id(execution, execution.intent)}"


def to_claim_effect(execution: Execution) -> Write:
    """Builds the write that claims the execution's pending effect in the ledger, before anything leaves."""
    assert execution.intent is not None  # noqa: S101
    fields = {
        **execution.intent.model_dump(include={"key", "channel", "recipient", "about"}),
        "execution_id": execution.id,
        "automation_id": execution.automation_id,
        "status": "claimed",
        "claimed_at": execution.intent.at,
        "claims": Increment(1),
    }
    return writes.merge(_effect_path(execution), fields)


def to_settle_effect(execution: Execution, status: EffectStatus, **more: object) -> Write:
    """Builds the write of a claimed effect's outcome; of a large answer the ledger has a preview."""
    fields = {"status": status, "settled_at": clock.now(), **large_values.bounded(more)[0]}
    return writes.merge(_effect_path(execution), fields)
