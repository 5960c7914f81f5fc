"""When a failed step is tried again: properties of the plan."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.automations.definitions.models import Retry
from shared.automations.engine.retry import plan_retry
from shared.errors import Invalid, TooManyRequests, Unavailable

NOW = datetime(2026, 1, 1, tzinfo=UTC)
policies = st.builds(
    Retry,
    max_attempts=st.integers(1, 20),
    initial_seconds=st.floats(0, 86_400),
    multiplier=st.floats(1, 10),
    max_seconds=st.floats(1, 7 * 86_400),
    jitter=st.floats(0, 1),
)
luck = st.floats(0, 1)


@given(policies, st.integers(1, 40), luck)
def test_the_wait_is_bounded_and_ends(policy: Retry, attempts: int, luck: float) -> None:
    at = plan_retry(policy, Unavailable("x"), attempts, NOW, luck=luck)
    assert (at is None) == (attempts >= policy.max_attempts)
    if at is not None:
        assert NOW <= at <= NOW + timedelta(seconds=policy.max_seconds)


@given(policies, st.integers(1, 18))
def test_without_jitter_it_never_gets_shorter(policy: Retry, attempts: int) -> None:
    calm = policy.model_copy(update={"jitter": 0.0, "max_attempts": 20})
    first = plan_retry(calm, Unavailable("x"), attempts, NOW, luck=0)
    second = plan_retry(calm, Unavailable("x"), attempts + 1, NOW, luck=0)
    assert first is not None
    assert second is not None
    assert second >= first


@given(policies, luck)
def test_retry_after_is_a_lower_bound(policy: Retry, luck: float) -> None:
    patient = policy.model_copy(update={"max_attempts": 5})
    at = plan_retry(patient, TooManyRequests("x", retry_after=100_000), 1, NOW, luck=luck)
    assert at is not None
    assert at >= NOW + timedelta(seconds=100_000)


@given(policies, luck)
def test_final_errors_and_bugs_are_not_retried(policy: Retry, luck: float) -> None:
    assert plan_retry(policy, Invalid.at("x", "y"), 1, NOW, luck=luck) is None
    assert plan_retry(policy, RuntimeError("x"), 1, NOW, luck=luck) is None
