"""Converts a provider's HTTP status to an AppError: whether to wait, and what the user can do."""

from collections.abc import Mapping

from shared.errors import AppError, ProviderError, RequestRefused, TooManyRequests, Unavailable
from shared.providers import retry_after
from shared.providers.calls.base import Provider


def refusal(provider: Provider, status: int, headers: Mapping[str, str]) -> AppError:
    """The AppError for an error status. It quotes nothing of the provider's answer, which may contain the key."""
    title, later = provider.title, retry_after.seconds(headers.get("retry-after"))
    if status == 429:
        return TooManyRequests(f"{title}'s rate limit is reached; try again later.", retry_after=later)
    if status >= 500 or status in provider.transient:
        return Unavailable(f"{title} is not available; try again later.", retry_after=later)
    if status in (400, 422):
        unsaid = f"{title} refused the request (HTTP {status}); change it, or use another provider."
        return RequestRefused(provider.remedies.get(status, unsaid))
    if status in provider.remedies:
        return ProviderError(provider.remedies[status])
    if status in (401, 403) and provider.key:
        return ProviderError(f"{title} refused the key; check {provider.key} and its permissions.")
    if status == 402:
        return ProviderError(f"{title}'s account has no credit; top it up, or use another provider.")
    return ProviderError(f"{title} refused the request (HTTP {status}); change it, or use another provider.")
