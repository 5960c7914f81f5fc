"""HTTP functions: from a request to a handler's answer, the same way for every domain."""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import IO, Any, cast

import functions_framework
from flask import Request, Response, current_app, has_app_context
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json, to_json
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from shared import context, findings, log, settings
from shared.context import Context, Principal
from shared.domains import mishaps, usage
from shared.errors import AppError, BadRequest, Forbidden, Invalid, NotFound, PayloadTooLarge
from shared.gcp import firestore
from shared.kit.ids import new_id
from shared.kit.schema import Entity
from shared.runtime import auth, cors, etag, failures, full_bodies, idempotency, problem, rates
from shared.runtime.router import Download, Events, Route, Router, Upload
from shared.store.single import Versioned

MAX_JSON_BYTES = 2 * 2**20
MAX_UPLOAD_BYTES = 20 * 2**20


@dataclass(frozen=True)
class Call:
    """One request of a known user. `if_match` is the version that the client says it has read; `raw` the body as it
    came."""

    uid: str
    request: Request
    if_match: datetime | None = None
    raw: bytes = b""

    @property
    def wants_events(self) -> bool:
        """Whether the client would rather watch an answer come than wait for the whole."""
        return "text/event-stream" in self.request.headers.get("Accept", "")


def http_function(name: str, router: Router) -> Callable[[Request], Response]:
    """A deployable function of that name. The framework wants a plain `def` whose `__name__` is the target."""

    def function(request: Request) -> Response:
        return handle(name, router, request)

    function.__name__ = name
    if has_app_context():  # the framework imports us while it sets its app up
        current_app.register_error_handler(HTTPException, _unrouted)
    return cast(Callable[[Request], Response], functions_framework.http(function))


def _unrouted(error: HTTPException) -> Response:
    """What the framework itself refuses, such as a line break in a path, is a problem document too."""
    response = problem.render(NotFound("There is nothing at this path."))
    response.headers["X-Request-Id"] = context.current().request_id
    return response


def handle(name: str, router: Router, request: Request) -> Response:
    """Answer a request: never raises, always has CORS headers and a request id."""
    started = perf_counter()
    call = Context(function=name, request_id=_request_id(request), trace=_trace(request))
    guard = rates.Guard(request)
    with context.bound(call):
        try:
            response = cors.preflight() if request.method == "OPTIONS" else _serve(router, request, call, guard)
            guard.served()
        except Exception as error:
            response = problem.render(guard.refusal(error))
        guard.describe(response)
        _record_usage(call)
        response.headers["X-Request-Id"] = call.request_id
        cors.allow_origin(request, response)
        if settings.current().local:
            response.headers["X-Firestore-Cost"] = str(call.cost)
        failures.note(request, response, call, perf_counter() - started)
    return response


def _record_usage(call: Context) -> None:
    """What providers did for the request, failed or not, is counted and told to its user: one commit if there was
    any."""
    if (call.usage or call.mishaps) and call.principal is not None and call.principal.uid != "anonymous":
        uid = call.principal.uid
        try:
            firestore.client().commit([*usage.to_record(uid, call.usage), *mishaps.to_tell(uid, call.mishaps)])
            call.settled()
        except AppError as error:  # the answer is worth more than its bill
            log.error("usage could not be recorded", exception=error, usage=[str(one) for one in call.usage])


def _serve(router: Router, request: Request, call: Context, guard: rates.Guard) -> Response:
    method = "GET" if request.method == "HEAD" else request.method
    route, parameters = router.match(method, request.path)
    principal = call.principal = Principal("anonymous") if route.public else auth.principal(request)
    if route.public:
        guard.admit_public(route, parameters)
    else:
        guard.admit_user(principal.uid)
    call.route = router.prefix + route.path if route.public else None
    raw = b"" if route.upload else _raw(request, MAX_JSON_BYTES)
    versions = etag.if_match(request)
    signed_in = None if route.public or auth.is_development(request) else principal
    arguments = parameters | _query_arguments(route, request, signed_in)
    if route.upload:
        arguments["body"] = _uploaded(route.upload, request)
    elif route.body:
        body = _json_object(raw, signed_in, public=route.public)
        if reader := full_bodies.reading(router, route, request.path, body):
            current = reader.handler(Call(principal.uid, request, None, raw), **parameters)
            body = full_bodies.changes(route, body, current, versions)
            if not body:
                return _answer(route, full_bodies.unchanged(route, reader, current))
        arguments["body"] = _valid_body(route.body, body)
    sent = arguments["body"].sent if route.upload else raw

    def answer(version: datetime | None) -> Response:
        return _answer(route, route.handler(Call(principal.uid, request, version, raw), **arguments))

    return idempotency.once(principal.uid, request, sent, lambda: etag.first_that_holds(versions, answer))


def _query_arguments(route: Route, request: Request, signed_in: Principal | None) -> dict[str, Any]:
    """What the handler takes from the query, validated."""
    query = _query(request, signed_in)
    if route.query:
        return {"query": _validated(route.query, query)}
    if query:
        name = next(iter(query))
        raise Invalid.at(name, "this call takes no such parameter; remove it")
    return {}


def _answer(route: Route, result: Any) -> Response:
    if isinstance(result, Response):
        return result
    if isinstance(result, Download):
        return _download(result)
    if isinstance(result, Events):
        return _events(result)
    value = result.value if isinstance(result, Versioned) else result
    body = to_json({"success": True, **route.answer.wrap(value)}, by_alias=True)
    response = Response(body, status=route.status, content_type="application/json")
    versioned = result if isinstance(result, Versioned) else _entity(result)
    if versioned and versioned.version:
        response.headers["ETag"] = etag.of(versioned.version)
    return response


def _entity(result: Any) -> Entity | None:
    """What an answer is about: the entity itself, or the only one among the answer's fields."""
    if isinstance(result, Entity):
        return result
    fields = [getattr(result, name) for name in type(result).model_fields] if isinstance(result, BaseModel) else []
    entities = [value for value in fields if isinstance(value, Entity)]
    return entities[0] if len(entities) == 1 else None


def _download(file: Download) -> Response:
    """A file to save; never shown as a page of ours."""
    response = Response(file.content, content_type=file.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _events(result: Events) -> Response:
    """A stream: it goes on after its request was handled, so it keeps the request's context and counts at its end."""
    about, call = copy_context(), context.current()

    def frames() -> Generator[str, None, None]:
        try:
            with closing(result.of) as events:  # what a reader who left has used is known when its maker has stopped
                for name, data in events:
                    yield _frame(name, data.model_dump_json())
        except Exception as error:
            yield _frame("error", problem.render(error).get_data(as_text=True))
        finally:
            _record_usage(call)

    def parts() -> Iterator[str]:
        sent = frames()
        try:
            while part := about.run(next, sent, ""):
                yield part
        finally:
            about.run(sent.close)

    response = Response(parts(), content_type="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _frame(event: str, data: str) -> str:
    return f"event: {event}\ndata: {data}\n\n"


def _query(request: Request, signed_in: Principal | None) -> dict[str, Any]:
    """The query parameters; an empty value or a client's literal `undefined` means not given.

    A `user_id`, which clients send with every call, must be the signed-in user's; where nobody is signed in it is a
    label without effect.
    """
    given = {name: value for name, value in _once_each(request.args).items() if value not in ("", "undefined")}
    _check_user(given.pop("user_id", None), signed_in)
    return given


def _json_object(raw: bytes, signed_in: Principal | None, *, public: bool) -> dict[str, Any]:
    """The body's fields; an empty body has none.

    A `user_id` is checked as in the query; on a public route it is a field like any other.
    """
    try:
        body = from_json(raw, allow_inf_nan=False) if raw.strip() else {}
    except ValueError as error:
        raise BadRequest(f"The body is not valid JSON: {error}.") from error
    if not isinstance(body, dict):
        raise Invalid.at("body", "must be a JSON object")
    if not public:
        _check_user(body.pop("user_id", None), signed_in)
    whole = {name: int(value) for name, value in body.items() if isinstance(value, float) and value.is_integer()}
    return body | whole  # JSON knows no difference between 1.0 and 1


def _valid_body(model: type[BaseModel], body: dict[str, Any]) -> BaseModel:
    """The body as the model, strictly: what the description calls a number must be sent as one."""
    try:
        return model.model_validate_json(to_json(body), strict=True)
    except ValidationError as error:
        raise findings.invalid(error, model=model) from error


def _uploaded(kind: type[Upload], request: Request) -> Upload:
    """The file of a form, or the whole body."""
    if request.mimetype != "multipart/form-data":
        return kind(_raw(request, MAX_UPLOAD_BYTES), request.content_type or "")
    if (request.content_length or 0) > MAX_UPLOAD_BYTES:
        raise _too_large(MAX_UPLOAD_BYTES)
    try:
        # A form in a page sends a file without name and content for each field that was left empty.
        files = [file for _, sent in request.files.lists() for file in sent if file.filename]
    except RequestEntityTooLarge as error:
        raise PayloadTooLarge(
            f"The form is too large: at most {MAX_UPLOAD_BYTES // 2**20} MiB in {request.max_form_parts:,} parts, and "
            f"{(request.max_form_memory_size or 0) // 1000:,} kB for a field that is no file."
        ) from error
    if not files:
        raise Invalid("The form has no file; send it in a field named `file`.")
    if len(files) > 1:
        raise Invalid(f"The form has {len(files)} files; send each in a request of its own.")
    form = _once_each(request.form)
    return kind(_read(files[0].stream, MAX_UPLOAD_BYTES), files[0].content_type or "", files[0].filename or "", form)


def _once_each(fields: MultiDict[str, str]) -> dict[str, str]:
    """The fields of a query or form. Raises Invalid for one that is there twice with different values."""
    for name, values in fields.lists():
        if len(set(values)) > 1:
            raise Invalid.at(name, "is sent twice with different values; send it once")
    return fields.to_dict()


def _raw(request: Request, limit: int) -> bytes:
    return _read(request.stream, limit)


def _read(stream: IO[bytes], limit: int) -> bytes:
    """All of the stream, never more than `limit` of it in memory."""
    raw = stream.read(limit + 1)
    if len(raw) > limit:
        raise _too_large(limit)
    return raw


def _too_large(limit: int) -> PayloadTooLarge:
    return PayloadTooLarge(f"The body must not exceed {limit // 2**20} MiB.")


def _validated(model: type[BaseModel], data: dict[str, Any]) -> BaseModel:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise findings.invalid(error, model=model) from error


def _check_user(claimed: Any, signed_in: Principal | None) -> None:
    """Raise Forbidden for a `user_id` that is not the signed-in user's: identity comes from the token alone."""
    if signed_in and claimed not in (None, "", signed_in.uid):
        raise Forbidden("user_id is not the signed-in user; leave it out.")


def _request_id(request: Request) -> str:
    given = request.headers.get("X-Request-Id", "")
    return given if 8 <= len(given) <= 64 and given.isascii() and given.replace("-", "").isalnum() else new_id()


def _trace(request: Request) -> str | None:
    """The trace id of W3C `traceparent`, or of Google's older header."""
    parts = request.headers.get("traceparent", "").split("-")
    if len(parts) == 4:
        return parts[1]
    return request.headers.get("X-Cloud-Trace-Context", "").split("/")[0] or None
