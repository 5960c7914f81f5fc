"""What a provider's status means to us: whether to wait, and what its user can do."""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from shared.errors import AppError, ProviderError, TooManyRequests, Unavailable
from shared.kit import clock
from shared.providers.calls.base import Provider


def refusal(provider: Provider, status: int, headers: Mapping[str, str]) -> AppError:
    """Our error for an answer that is none. The provider's own words stay out of it: they may quote the key."""
    title, later = provider.title, retry_after(headers)
    if status == 429:
        return TooManyRequests(f"{title}'s rate limit is reached.", retry_after=later)
    if status >= 500 or status in provider.transient:
        return Unavailable(f"{title} is not available; it is tried again.", retry_after=later)
    if status in provider.remedies:
        return ProviderError(provider.remedies[status])
    if status in (401, 403) and provider.key:
        return ProviderError(f"{title} refused the key; check {provider.key} and its permissions.")
    if status == 402:
        return ProviderError(f"{title}'s account has no credit; top it up, or use another provider.")
    return ProviderError(f"{title} refused the request (HTTP {status}); change it, or use another provider.")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from either form of the header (RFC 9110, 10.2.3)."""
    given = headers.get("retry-after", "")
    try:
        return max(0.0, float(given))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(given) - clock.now()).total_seconds())
    except (ValueError, TypeError):
        return None
