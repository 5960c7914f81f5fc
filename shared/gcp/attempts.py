"""Calls of a Google service within one deadline, which further attempts share."""

import random
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import grpc

from shared import context, log
from shared.errors import AppError, Misconfigured, MissingIndex, Unavailable

MOST = 4
_NOT_SET_UP = {
    status.value[0]
    for status in (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.UNAUTHENTICATED)
}
T = TypeVar("T")
Call = Callable[[float], T]  # of one attempt, with the seconds that are left for it
Refusal = Callable[[int, str], AppError]  # of a status and its message


def make(
    call: Call[T],
    refusal: Refusal,
    seconds: float,
    again: Sequence[grpc.StatusCode],
    on_silence: Callable[[], None] = lambda: None,
) -> T:
    """Make a call, up to four times while its seconds last and it ends with one of the statuses `again`. Raises what
    `refusal` says of the last; calls `on_silence` where there was no answer in time."""
    until = time.monotonic() + seconds
    for attempt in range(1, MOST + 1):
        context.current().meter.cost.add(rpcs=1)
        try:
            return call(max(0.0, until - time.monotonic()))
        except grpc.RpcError as error:
            if error.code() is grpc.StatusCode.DEADLINE_EXCEEDED:
                on_silence()
            if error.code() not in again or not paused(attempt, until):
                raise logged(refusal(error.code().value[0], error.details() or "")) from error
    raise AssertionError("unreachable")


def paused(attempt: int, until: float) -> bool:
    """Wait before the next attempt, twice as long each time; False, at once, where there is none before `until`."""
    wait = 0.05 * 2**attempt * random.uniform(0.5, 1)  # noqa: S311
    if attempt == MOST or time.monotonic() + wait >= until:
        return False
    time.sleep(wait)
    return True


def unanswered(service: str, code: int, details: str) -> AppError:
    """The error of a queue's status: Misconfigured where the deployment lacks it, or the right to use it."""
    if code not in _NOT_SET_UP:
        return Unavailable(f"The {service} did not answer; try again.")
    error = Misconfigured(f"The {service} is not completely set up; its operators have to mend that.", retry_after=60)
    error.__cause__ = RuntimeError(
        f"{service}, status {code}: {details}; create it, and let this function's account in"
    )
    return error


def check_reached(service: str, status: grpc.StatusCode | None, details: str) -> None:
    """Raise the error of a status with which a queue was looked up; whoever may fill it need not be allowed to look."""
    if status is not grpc.StatusCode.PERMISSION_DENIED:
        raise unanswered(service, status.value[0] if status else 0, details)


def logged(error: AppError) -> AppError:
    """The error; what a person has to mend is logged, with the way out, also where the caller goes on without."""
    if isinstance(error, Misconfigured | MissingIndex):
        log.error("the deployment is not complete", problem=error.code, cause=str(error.__cause__))
    return error
