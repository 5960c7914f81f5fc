"""Limits the rate of requests of a user, to a secret address (webhook, unsubscribe), or of an anonymous client.

Token buckets in this process's memory, evicted least recently used first: no request reads or writes the store for
them. Each instance counts for itself, so the total bound is that of one instance times their number.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from math import ceil
from threading import Lock

from shared import settings
from shared.errors import AppError, TooManyRequests
from shared.kit import clock
from shared.runtime.incoming import Incoming
from shared.runtime.router import Route

MAX_BUCKETS = 20_000  # of one policy: some 4 MB


@dataclass(frozen=True)
class Policy:
    """A token bucket's size and refill time: `requests` in `seconds`; 0 requests means no limit."""

    name: str
    requests: int
    seconds: float

    @property
    def pace(self) -> float:
        """The seconds in which the bucket regains a request."""
        return self.seconds / self.requests


@dataclass(frozen=True)
class Reading:
    """The state of a bucket after a request."""

    policy: Policy
    left: int
    full_in: float  # seconds until all requests are regained
    wait: float | None = None  # seconds until the next request is admitted, where this one was not


class Buckets:
    """The buckets of one policy, by key: requests left, and when that was counted. Thread-safe."""

    def __init__(self, size: int = MAX_BUCKETS) -> None:
        self._lock = Lock()
        self._size = size
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def __contains__(self, key: str) -> bool:
        return key in self._buckets

    def take(self, key: str, policy: Policy, requests: int = 1) -> Reading:
        """Take `requests` from a bucket, 0 to look only. An empty bucket stays as it is, and the reading says how long
        to wait."""
        now = clock.now().timestamp()
        with self._lock:
            left, at = self._buckets.get(key, (float(policy.requests), now))
            regained = max(0.0, now - at) / policy.pace  # a clock that is set back regains nothing
            left = min(float(policy.requests), left + regained)
            if left < 1:
                return Reading(policy, 0, (policy.requests - left) * policy.pace, wait=(1 - left) * policy.pace)
            left -= requests
            if requests:
                self._buckets[key] = (left, now)
                self._buckets.move_to_end(key)
            if len(self._buckets) > self._size:
                self._buckets.popitem(last=False)
        return Reading(policy, int(left), (policy.requests - left) * policy.pace)

    def forget(self, key: str) -> None:
        with self._lock:
            self._buckets.pop(key, None)

    def clear(self) -> None:
        with self._lock:
            self._buckets.clear()


USERS, ADDRESSES, CLIENTS, WRONG = Buckets(), Buckets(), Buckets(), Buckets()


class Guard:
    """Admits one request against its rate limit, and describes the limit in the response's headers."""

    def __init__(self, request: Incoming) -> None:
        self._request = request
        self._reading: Reading | None = None
        self._address: str | None = None

    def admit_user(self, uid: str) -> None:
        """Count a signed-in user's request. Raises TooManyRequests."""
        config = settings.current()
        self._take(USERS, uid, Policy("user", config.user_requests, config.user_requests_seconds))

    def admit_public(self, route: Route, parameters: Mapping[str, str]) -> None:
        """Count a request without sign-in: against its address where the path holds a token, else against the client.

        A client that has sent many wrong tokens may only call addresses already in use. Raises TooManyRequests.
        """
        if route.unlimited:
            return
        per_minute = settings.current().address_requests_per_minute
        if not parameters:
            self._take(CLIENTS, client_address(self._request), Policy("client", per_minute, 60))
            return
        self._address = self._request.path.rstrip("/")
        if self._address in ADDRESSES:
            self._take(ADDRESSES, self._address, Policy("address", per_minute, 60))
        else:
            self._take(WRONG, client_address(self._request), _wrong(), 0)

    def served(self) -> None:
        """Mark the request's secret address as in use, so that later requests count against it."""
        if self._address is not None and self._address not in ADDRESSES:
            policy = Policy("address", settings.current().address_requests_per_minute, 60)
            self._take(ADDRESSES, self._address, policy)

    def refusal(self, error: Exception) -> Exception:
        """The error to answer: the given one or, for one wrong token too many, TooManyRequests.

        A token is wrong for a sign-in (401), as an address (404), or as its signature (401). A Conflict shows that the
        address is in use; a request refused for its body has not been looked up.
        """
        status = error.status if isinstance(error, AppError) else 500
        if self._address is not None and status == 409:
            self.served()
        unknown = self._address is not None and status == 404
        if self._address is not None and unknown:
            ADDRESSES.forget(self._address)
        if status == 401 or unknown:
            try:
                self._take(WRONG, client_address(self._request), _wrong())
            except TooManyRequests as too_many:
                return too_many
        return error

    def describe(self) -> dict[str, str]:
        """The rate limit headers: draft-ietf-httpapi-ratelimit-headers-10, and the older X-RateLimit ones."""
        if self._reading is None:
            return {}
        policy, left, reset = self._reading.policy, self._reading.left, ceil(self._reading.full_in)
        return {
            "RateLimit-Policy": f'"{policy.name}";q={policy.requests};w={ceil(policy.seconds)}',
            "RateLimit": f'"{policy.name}";r={left};t={reset}',
            "X-RateLimit-Limit": str(policy.requests),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": str(reset),
        }

    def _take(self, buckets: Buckets, key: str, policy: Policy, requests: int = 1) -> None:
        if policy.requests:
            self._reading = buckets.take(key, policy, requests)
            if self._reading.wait:
                raise _refusal(self._reading)


def client_address(request: Incoming) -> str:
    """The client's IP address, as our outermost proxy saw it; of IPv6 the /64 network, which is one customer's.

    Google's front end appends it to X-Forwarded-For; entries before that are the client's own claims.
    """
    hops = settings.current().proxies
    header = request.headers.get("X-Forwarded-For", "")
    forwarded = [part.strip() for part in header.split(",")] if header else []
    seen = forwarded[-hops] if 0 < hops <= len(forwarded) else request.remote_addr or ""
    try:
        address = ip_address(seen)
    except ValueError:
        return "unknown"
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))


def _wrong() -> Policy:
    return Policy("wrong-tokens", settings.current().wrong_tokens_per_minute, 60)


def _refusal(reading: Reading) -> TooManyRequests:
    policy, wait = reading.policy, ceil(reading.wait or 0)
    what = "calls with a wrong token" if policy.name == "wrong-tokens" else "requests"
    return TooManyRequests(
        f"Too many {what}: there may be {policy.requests} in {policy.seconds:g} seconds. Try again in {wait}"
        f" second{'s' * (wait != 1)}.",
        retry_after=wait,
    )
