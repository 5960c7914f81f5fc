"""Transitions of an outside effect: claimed, given back, settled. Each answers the changes and alters nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shared.automations.actions.base import Effect
from shared.automations.engine import leases
from shared.automations.engine.changes import Changes, State
from shared.automations.runs import ledger
from shared.automations.runs.ledger import EffectStatus
from shared.gcp.writes import Write


def claim(state: State, effect: Effect, at: datetime) -> Changes:
    """Claim an outside effect, here and in the ledger, before anything leaves."""
    after = state.execution.draft()
    after.intent = leases.claimed(after.intent, state.key, effect, at)
    return Changes(after, [*effect.claim, ledger.to_claim_effect(after)], mails=int(effect.channel == "mail"))


def release(state: State, taken: Sequence[Write]) -> Changes:
    """Write what gives back what the claim has `taken`: the effect will never leave."""
    return Changes(state.execution, notices=taken)


def settle(
    state: State,
    status: EffectStatus,
    *,
    reason: str | None = None,
    output: dict[str, Any] | None = None,
    confirmed_by: str | None = None,
) -> Changes:
    """Write into the ledger what became of the claimed effect; nothing where none is claimed."""
    after = state.execution.draft()
    if after.intent is None:
        return Changes(after)
    details = {"reason": reason, "output": output, "confirmed_by": confirmed_by}
    stored = {name: detail for name, detail in details.items() if detail is not None}
    settled = ledger.to_settle_effect(after, status, **stored)
    after.intent.pending = status == "ambiguous"
    return Changes(after, [settled], settled=status)


def unclaim(state: State, taken: Sequence[Write]) -> Changes:
    """Give back a claim whose effect never left; a person who was asked about it need not answer."""
    settled = settle(state, "unsent").then(release(state, taken))
    after = state.after(settled).execution.draft()
    after.intent = after.waiting = None
    return settled.then(Changes(after))


def deny(state: State, by: str) -> Changes:
    """A person has said that the effect did not take place: the step may claim it anew."""
    settled = settle(state, "unsent", confirmed_by=by)
    after = settled.after.draft()
    if after.waiting:
        after.signals.pop(after.waiting.key)
    after.waiting = None
    return settled.then(Changes(after))


def leave_in_doubt(state: State) -> Changes:
    """A run that ends leaves a claim that nobody has settled as ambiguous."""
    intent = state.execution.intent
    return settle(state, "ambiguous") if intent and intent.pending else Changes(state.execution)
