"""Reads the resource at a URL that a user, a page or a search engine has named."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from shared.errors import AppError, ProviderError, TooManyRequests, Unavailable
from shared.providers.web.addresses import locate
from shared.providers.web.exchange import MAX_BYTES, REDIRECTS, SECONDS, Fetched, exchange

if TYPE_CHECKING:
    from shared.providers.web.connection import Network


def fetch(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
    accept: Collection[str] = (),
    seconds: float = SECONDS,
    max_bytes: int = MAX_BYTES,
    redirects: int = 5,
    network: "Network | None" = None,
) -> Fetched:
    """Read a URL, if its content is of one of the media types `accept` (by default any).

    Raises Invalid for an address that is not asked, ProviderError where the answer is final,
    TooManyRequests or Unavailable where a later attempt may succeed.
    """
    answer = exchange(
        url,
        method=method,
        headers=headers,
        content=content,
        seconds=seconds,
        max_bytes=max_bytes,
        redirects=redirects,
        network=network,
    )
    if refused := refusal(answer):
        raise refused
    if accept and answer.content_type not in accept:
        wanted = ", ".join(sorted(accept))
        raise ProviderError(f"{locate(answer.url)} is {answer.content_type}; only {wanted} can be read.")
    return answer


def refusal(answer: Fetched) -> AppError | None:
    """The error for an answer's status; None for 2xx."""
    status, place = answer.status, locate(answer.url)
    if 200 <= status < 300:
        return None
    if status == 429:
        return TooManyRequests(f"{place} is asked too often.", retry_after=answer.retry_after)
    if status >= 500 or status in (408, 425):
        return Unavailable(f"{place} is not available (HTTP {status}).", retry_after=answer.retry_after)
    if status in REDIRECTS:
        return ProviderError(f"{place} redirects on and on; use the address that it ends at.")
    if status in (404, 410):
        return ProviderError(f"There is nothing at {place} (HTTP {status}); check the address.")
    if status in (401, 402, 403, 407, 451):
        return ProviderError(f"{place} does not let us read it (HTTP {status}).")
    return ProviderError(f"{place} refused the request (HTTP {status}).")
