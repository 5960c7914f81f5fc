"""Functions for Pub/Sub, Cloud Tasks and Cloud Scheduler.

An answer below 300 acknowledges the message; 429 and 5xx make the platform deliver it again later.
"""

import json
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable
from typing import Any, TypeVar, cast

import functions_framework
from flask import Request, Response
from pydantic import BaseModel, ValidationError

from shared import context, findings, log
from shared.context import Context
from shared.errors import AppError, BadRequest
from shared.kit.ids import new_id
from shared.runtime import auth, problem, reporting

M = TypeVar("M", bound=BaseModel)
Function = Callable[[Request], Response]


def pubsub_function(name: str, model: type[M], handler: Callable[[M], None]) -> Function:
    """Create a function for a Pub/Sub push subscription; `handler` gets the message's JSON data as `model`."""
    return _function(name, lambda request: handler(_parsed(model, _pushed(request))))


def task_function(name: str, model: type[M], handler: Callable[[M], None]) -> Function:
    """Create a function for Cloud Tasks; `handler` gets the body as `model`."""
    return _function(name, lambda request: handler(_parsed(model, request.get_data())))


def schedule_function(name: str, job: Callable[[], dict[str, int]]) -> Function:
    """Create a function for Cloud Scheduler; logs the counts that `job` returns."""
    return _function(name, lambda request: job())


def _function(name: str, serve: Callable[[Request], Any]) -> Function:
    auth.require_caller()

    def function(request: Request) -> Response:
        with context.bound(Context(function=name, request_id=new_id(), redelivered=True)) as call:
            try:
                auth.check_caller(request, name)
                done = serve(request)
            except AppError as error:
                if error.retriable or error.status in (401, 403):
                    return problem.render(error)
                log.error("message refused for good", exception=error)
                return _ok({"refused": error.detail})
            except Exception as error:
                return problem.render(error)
            finally:
                reporting.settle(call)
            if done:  # a handler without counts logs for itself
                log.info("served", result=done, firestore=str(call.meter.cost))
            return _ok(done or {})

    function.__name__ = name
    return cast(Function, functions_framework.http(function))


def _pushed(request: Request) -> bytes:
    """The data of a Pub/Sub push request. Format: https://cloud.google.com/pubsub/docs/push"""
    try:
        envelope = json.loads(request.get_data())
        return b64decode(envelope["message"]["data"], validate=True)
    except (ValueError, KeyError, TypeError, Base64Error) as error:
        raise BadRequest("The body is not a Pub/Sub push.") from error


def _parsed(model: type[M], raw: bytes) -> M:
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise findings.invalid(error) from error


def _ok(body: dict[str, Any]) -> Response:
    return Response(json.dumps(body), content_type="application/json")
