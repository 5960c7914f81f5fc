"""How long a runner may take for a run, an outside effect or a wake-up before others take the run to be abandoned."""

from datetime import datetime, timedelta

from shared.automations.actions.base import Effect
from shared.automations.runs.models import Intent
from shared.kit import clock

LONGEST_EFFECT = 130.0  # seconds that a call to the outside may take
RUN_LEASE = timedelta(seconds=120)  # a run that records nothing for so long is taken to be dead
CLAIM_LEASE = timedelta(seconds=LONGEST_EFFECT + 20)  # of a claimed effect: its runner has to begin within 20 seconds
_LIGHT_STEPS = timedelta(seconds=30)  # that light steps and their commit may take, a store that is slow included
WAKE_GRACE = timedelta(seconds=30)  # after a missed wake-up the sweeper steps in
MAX_STALLS = 12  # restarts by the sweeper without a commit: with one more the run is given up


def claimed(earlier: Intent | None, key: str, effect: Effect, at: datetime) -> Intent:
    """The intent of a new claim. Of a step that has claimed its effect before it keeps all but the lease."""
    again = earlier if earlier and earlier.key == key else None
    return Intent(
        key=key,
        channel=effect.channel,
        recipient=effect.recipient,
        at=again.at if again else at,
        about=effect.message_id,
        prior=again.prior if again else effect.prior,
        until=clock.now() + CLAIM_LEASE,
        checks=again.checks if again and again.pending else 0,
        counted=again.counted if again else {},
    )


def may_be_performed(intent: Intent | None) -> bool:
    """Whether the claim's lease outlasts the effect if that begins now."""
    return bool(intent and intent.until and clock.now() + timedelta(seconds=LONGEST_EFFECT) <= intent.until)


def outlasts_light_steps(intent: Intent | None) -> bool:
    """Whether light steps, and the commit that records the claim's outcome with them, end within the claim's lease."""
    return bool(intent and intent.until and clock.now() + _LIGHT_STEPS <= intent.until)


def under_way(intent: Intent | None) -> bool:
    """Whether the runner that has claimed the effect may be performing it."""
    return bool(intent and intent.pending and intent.until and clock.now() < intent.until)
