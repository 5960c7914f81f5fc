"""Plans when a failed step is tried again. Pure."""

from datetime import datetime, timedelta

from shared.automations.definitions.models import Retry
from shared.errors import AppError

RETRIED = frozenset({"too-many-requests", "unavailable", "step-timeout"})  # the errors that `only` may name


def plan_retry(policy: Retry, error: Exception, attempts: int, now: datetime, *, luck: float) -> datetime | None:
    """When to try again after `attempts` failures; None where the step fails for good.

    Exponential backoff, spread by `luck` in 0..1 (AWS's "equal jitter" with a chosen share); a provider's Retry-After
    is a lower bound. Only an AppError that is retriable is retried: neither a final error nor a bug.
    """
    if not isinstance(error, AppError) or not error.retriable or attempts >= policy.max_attempts:
        return None
    if policy.only and not set(error.codes) & set(policy.only):
        return None
    wait = min(policy.max_seconds, policy.initial_seconds * policy.multiplier ** (attempts - 1))
    wait *= 1 - policy.jitter * luck
    return now + timedelta(seconds=max(wait, error.retry_after or 0))
