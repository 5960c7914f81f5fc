"""Functions for Pub/Sub, Cloud Tasks and Cloud Scheduler.

An answer below 300 acknowledges the message; 429 and 5xx make the platform deliver it again later.
"""

import json
from collections.abc import Callable
from typing import Any, TypeVar, cast

import functions_framework
from flask import Request, Response
from pydantic import BaseModel, ValidationError

from shared import findings
from shared.context import Context, Kind
from shared.errors import AppError
from shared.runtime import auth, calls, problem, pushes

M = TypeVar("M", bound=BaseModel)
Function = Callable[[Request], Response]


def pubsub_function(name: str, model: type[M], handler: Callable[[M], None]) -> Function:
    """Create a function for a Pub/Sub push subscription; `handler` gets the message's JSON data as `model`."""

    def serve(request: Request, call: Context) -> None:
        handler(_parsed(model, pushes.data(request)))

    return _function(name, "message", serve)


def task_function(name: str, model: type[M], handler: Callable[[M], None]) -> Function:
    """Create a function for Cloud Tasks; `handler` gets the body as `model`."""
    return _function(name, "task", lambda request, call: handler(_parsed(model, request.get_data())))


def schedule_function(name: str, job: Callable[[], dict[str, int]]) -> Function:
    """Create a function for Cloud Scheduler; logs the counts that `job` returns."""

    def serve(request: Request, call: Context) -> dict[str, int]:
        done = job()
        call.facts["result"] = done
        return done

    return _function(name, "schedule", serve)


def _function(name: str, kind: Kind, serve: Callable[[Request, Context], Any]) -> Function:
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
                if error.retriable or error.status in (401, 403) or kind == "schedule":
                    return problem.render(error)
                call.error = error
                return _ok({"refused": error.detail})
            except Exception as error:
                return problem.render(error)
            return _ok(done or {})

    function.__name__ = name
    return cast(Function, functions_framework.http(function))


def _parsed(model: type[M], raw: bytes) -> M:
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise findings.invalid(error) from error


def _ok(body: dict[str, Any]) -> Response:
    return Response(json.dumps(body), content_type="application/json")
