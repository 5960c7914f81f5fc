"""Reads a handler's arguments from a request: query parameters, a JSON body, or an uploaded file."""

from collections.abc import Iterable, Mapping
from typing import IO, Any, TypeVar

from flask import Request
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json, to_json
from werkzeug.exceptions import RequestEntityTooLarge

from shared import findings
from shared.context import Principal
from shared.errors import BadRequest, Forbidden, Invalid, PayloadTooLarge
from shared.runtime.router import Route, Upload

M = TypeVar("M", bound=BaseModel)
MAX_JSON_BYTES = 2 * 2**20


def from_query(route: Route, request: Request, signed_in: Principal | None) -> dict[str, Any]:
    """The handler's `query` argument, validated; none where the route takes no query."""
    query = parameters(request.args.items(multi=True), signed_in)
    if route.query:
        return {"query": validated(route.query, query)}
    if query:
        name = next(iter(query))
        raise Invalid.at(name, "this call takes no such parameter; remove it")
    return {}


def parameters(sent: Iterable[tuple[str, str]], signed_in: Principal | None) -> dict[str, Any]:
    """The parameters of a query; ignores those that are empty or a client's literal `undefined`.

    A `user_id`, which clients send with every call, must be the signed-in user's; without a sign-in it has no
    effect.
    """
    given = {name: value for name, value in _once_each(sent).items() if value not in ("", "undefined")}
    _check_user(given.pop("user_id", None), signed_in)
    return given


def json_object(raw: bytes, signed_in: Principal | None, *, public: bool) -> dict[str, Any]:
    """Parse a JSON object from the body; an empty body has no fields.

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
    return body | whole  # JSON does not distinguish 1.0 from 1


def valid_body(model: type[BaseModel], body: dict[str, Any]) -> BaseModel:
    """Validate the body strictly: a number, for one, must not be sent as a text."""
    try:
        return model.model_validate_json(to_json(body), strict=True)
    except ValidationError as error:
        raise findings.invalid(error, model=model) from error


def uploaded(kind: type[Upload], request: Request) -> Upload:
    """Read an upload: the file of a form, or the whole body."""
    if request.mimetype != "multipart/form-data":
        return kind(raw_body(request, kind.most_bytes), request.content_type or "")
    if (request.content_length or 0) > kind.most_bytes:
        raise _too_large(kind.most_bytes)
    try:
        # A browser sends a file without name and content for each empty file field.
        files = [file for _, sent in request.files.lists() for file in sent if file.filename]
    except RequestEntityTooLarge as error:
        raise PayloadTooLarge(
            f"The form is too large: at most {kind.most_bytes // 2**20} MiB in {request.max_form_parts:,} parts, and "
            f"{(request.max_form_memory_size or 0) // 1000:,} kB for a field that is no file."
        ) from error
    if not files:
        raise Invalid.of("file", "The form has no file; send it in a field named `file`.")
    if len(files) > 1:
        raise Invalid.of("file", f"The form has {len(files)} files; send each in a request of its own.")
    form = _once_each(request.form.items(multi=True))
    return kind(_read(files[0].stream, kind.most_bytes), files[0].content_type or "", files[0].filename or "", form)


def _once_each(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The fields of a query or form. Raises Invalid for a field sent twice with different values."""
    taken: dict[str, str] = {}
    for name, value in fields:
        if taken.setdefault(name, value) != value:
            raise Invalid.at(name, "is sent twice with different values; send it once")
    return taken


def raw_body(request: Request, limit: int) -> bytes:
    """The bytes of the body. Raises PayloadTooLarge above `limit`."""
    return _read(request.stream, limit) if has_body(request.environ) else b""


def has_body(environ: Mapping[str, Any]) -> bool:
    """Whether a request was sent with a body, as its headers say."""
    return bool(environ.get("CONTENT_LENGTH")) or "HTTP_TRANSFER_ENCODING" in environ


def _read(stream: IO[bytes], limit: int) -> bytes:
    """Read a whole stream. Raises PayloadTooLarge above `limit`, without reading further."""
    raw = stream.read(limit + 1)
    if len(raw) > limit:
        raise _too_large(limit)
    return raw


def _too_large(limit: int) -> PayloadTooLarge:
    return PayloadTooLarge(f"The body must not exceed {limit // 2**20} MiB.")


def validated(model: type[M], data: dict[str, Any]) -> M:
    """What a query's parameters hold. Raises Invalid."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise findings.invalid(error, model=model) from error


def _check_user(claimed: Any, signed_in: Principal | None) -> None:
    """Raise Forbidden for a `user_id` other than the signed-in user's: identity comes from the token alone."""
    if signed_in and claimed not in (None, "", signed_in.uid):
        raise Forbidden("user_id is not the signed-in user; leave it out.")
