"""What the platform sends with a message, a task or a schedule's call: its age, its attempts and its place in a trace.

Formats: https://cloud.google.com/pubsub/docs/push, https://cloud.google.com/tasks/docs/creating-http-target-tasks and
https://cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs#HttpTarget
"""

import json
import re
from base64 import b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import Request

from shared.context import Kind
from shared.errors import BadRequest
from shared.kit import traces
from shared.kit.ids import new_id
from shared.kit.traces import Place
from shared.runtime import calls


@dataclass(frozen=True)
class Sent:
    """Who caused the call, and what its line in the log tells of its delivery: `age_ms`, `attempt`."""

    place: Place | None
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Pushed:
    """A message as Pub/Sub pushes it. `attempt` is 1 for the first delivery."""

    id: str
    data: bytes
    subscription: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    attempt: int = 1


def message(request: Request) -> Pushed:
    """The message of a Pub/Sub push request. Raises BadRequest. One with attributes alone has no data."""
    try:
        envelope = _envelope(request)
        pushed = envelope["message"]
        return Pushed(
            str(pushed.get("messageId") or new_id()),
            b64decode(pushed.get("data") or "", validate=True),
            str(envelope.get("subscription") or "").rpartition("/")[2],
            {str(name): str(value) for name, value in (pushed.get("attributes") or {}).items()},
            int(envelope.get("deliveryAttempt") or 1),
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, Base64Error, RecursionError) as error:
        raise BadRequest("The body is not a Pub/Sub push.") from error


def sent(request: Request, kind: Kind) -> Sent:
    """What came with a call. Never raises: whatever is missing or misshapen is left out."""
    if kind == "message":
        return _message(request)
    headers, place = request.headers, calls.place_of_caller()
    if kind == "schedule":
        return Sent(place, _facts(_time(headers.get("X-CloudScheduler-ScheduleTime")), None))
    retries = counted(headers.get("X-CloudTasks-TaskRetryCount", ""))
    attempt = None if retries is None else retries + 1
    return Sent(place, _facts(_seconds(headers.get("X-CloudTasks-TaskETA")), attempt))


def counted(text: str) -> int | None:
    """A number of deliveries as the platform writes it; None for what is none."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


def _message(request: Request) -> Sent:
    try:
        envelope = _envelope(request)
        message = envelope["message"]
        attributes = message.get("attributes") or {}
        place = traces.parsed(attributes.get("traceparent")) or calls.place_of_caller()
        return Sent(place, _facts(_time(message.get("publishTime")), envelope.get("deliveryAttempt")))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Sent(calls.place_of_caller())


def _envelope(request: Request) -> Any:
    """The envelope of a push, which Firebase's emulator puts into a CloudEvent."""
    body = json.loads(request.get_data())
    return body["data"] if request.mimetype == "application/cloudevents+json" else body


def _facts(due: datetime | None, attempt: object) -> dict[str, Any]:
    age = {"age_ms": calls.milliseconds_since(due)} if due else {}
    return age | ({"attempt": attempt} if isinstance(attempt, int) and attempt else {})


def _time(text: object) -> datetime | None:
    try:
        time = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return time if time is None or time.tzinfo else time.replace(tzinfo=UTC)


def _seconds(text: str | None) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(text), UTC) if text else None
    except (ValueError, OverflowError, OSError):
        return None
