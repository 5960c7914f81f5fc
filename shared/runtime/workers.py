"""Functions for Pub/Sub, Cloud Tasks and Cloud Scheduler.

An answer below 300 acknowledges the message; 429 and 5xx make the platform deliver it again later. What no delivery
will mend is kept as a dead letter: a message or task that is refused for good, and a task that fails at its last
attempt (Pub/Sub forwards a message to the dead-letter topic by itself).
"""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar, cast

import functions_framework
from flask import Request, Response
from pydantic import BaseModel, ValidationError

from shared import findings, log
from shared.context import Context, Kind
from shared.errors import AppError, BadRequest, Unavailable
from shared.kit.ids import new_id
from shared.kit.schema import UserMessage
from shared.kit.undelivered import LETTER, Undelivered
from shared.runtime import accounts, auth, calls, problem, pushes, reporting
from shared.runtime.pushes import Pushed

TASK_ATTEMPTS = 100  # after which a queue drops a task
M = TypeVar("M", bound=BaseModel)
Function = Callable[[Request], Response]
GivenUp = Callable[[Request, bool], Undelivered | None]  # what a request that failed brought, if it is not sent again


def pubsub_function(name: str, model: type[M], handler: Callable[[M], None]) -> Function:
    """Create a function for a Pub/Sub push subscription; `handler` gets the message's JSON data as `model`."""

    def given_up(request: Request, refused: bool) -> Undelivered | None:
        if not refused or (sent := _message_if_any(request)) is None:
            return None
        return Undelivered("message", name, sent.subscription, sent.id, sent.data, sent.attributes, sent.attempt)

    return _function(name, "message", lambda request, call: _take(_parsed(model, _data(request)), handler), given_up)


def message_function(name: str, handler: Callable[[Pushed], None]) -> Function:
    """Create a function for a Pub/Sub push subscription; `handler` gets the whole message, whatever it holds."""
    return _function(name, "message", lambda request, call: handler(pushes.message(request)))


def task_function(name: str, model: type[M], handler: Callable[[M], None]) -> Function:
    """Create a function for Cloud Tasks; `handler` gets the body as `model`."""

    def given_up(request: Request, refused: bool) -> Undelivered | None:
        """Headers: https://cloud.google.com/tasks/docs/creating-http-target-tasks#handler"""
        attempt = (pushes.counted(request.headers.get("X-CloudTasks-TaskRetryCount", "")) or 0) + 1
        if not refused and attempt < TASK_ATTEMPTS:
            return None
        queue = request.headers.get("X-CloudTasks-QueueName", "")
        key = request.headers.get("X-CloudTasks-TaskName") or new_id()
        letter = request.headers.get("X-Dead-Letter")
        named = {LETTER: letter} if letter else {}
        return Undelivered("task", name, queue, f"{queue}/{key}", request.get_data(), named, attempt)

    return _function(name, "task", lambda request, call: _take(_parsed(model, request.get_data()), handler), given_up)


def schedule_function(name: str, job: Callable[[], dict[str, int]]) -> Function:
    """Create a function for Cloud Scheduler; logs the counts that `job` returns."""

    def serve(request: Request, call: Context) -> dict[str, int]:
        done = job()
        call.facts["result"] = done
        return done

    return _function(name, "schedule", serve)


def _function(
    name: str, kind: Kind, serve: Callable[[Request, Context], Any], given_up: GivenUp = lambda *_: None
) -> Function:
    auth.require_caller()

    def function(request: Request) -> Response:
        sent = pushes.sent(request, kind)
        call = Context(name, kind, redelivered=True, facts=sent.facts)
        with calls.taken(call, sent.place):
            try:
                auth.check_caller(request, name)
                done = serve(request, call)
            except AppError as error:
                # Nobody waits for a schedule's answer: whatever keeps it from its work is a failure that is seen.
                if error.status in (401, 403) or kind == "schedule":
                    return problem.render(error)
                kept = _keep(given_up(request, not error.retriable), error.detail)
                if error.retriable:
                    return problem.render(error)
                if not kept:
                    return problem.render(Unavailable("What was refused could not be kept; send it again."))
                call.error = error
                return _ok({"refused": error.detail})
            except Exception as error:
                _keep(given_up(request, False), f"unexpected error: {type(error).__name__}")
                return problem.render(error)
            return _ok(done or {})

    function.__name__ = name
    return cast(Function, functions_framework.http(function))


def _keep(letter: Undelivered | None, error: str) -> bool:
    """Keep what nobody delivers again, if it is that; False if it cannot be kept now."""
    if letter is None:
        return True
    try:
        reporting.reporter().keep_dead_letter(replace(letter, error=error))
    except AppError as refused:
        log.error("a dead letter could not be kept", exception=refused, target=letter.target, key=letter.key)
        return False
    return True


def _data(request: Request) -> bytes:
    return pushes.message(request).data


def _message_if_any(request: Request) -> Pushed | None:
    """The message; None for a body that is no push, and so none of Pub/Sub's."""
    try:
        return pushes.message(request)
    except BadRequest:
        return None


def _take(message: M, handler: Callable[[M], None]) -> None:
    if isinstance(message, UserMessage) and accounts.is_closed(message.uid):
        log.info("message for a deleted account dropped")
        return
    handler(message)


def _parsed(model: type[M], raw: bytes) -> M:
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise findings.invalid(error) from error


def _ok(body: dict[str, Any]) -> Response:
    return Response(json.dumps(body), content_type="application/json")
