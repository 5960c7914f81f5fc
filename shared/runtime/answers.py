"""Renders a handler's result as a response: JSON with an ETag, a download, or a stream of server-sent events."""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from contextvars import copy_context
from typing import Any

from flask import Response
from pydantic import BaseModel
from pydantic_core import to_json

from shared.kit.schema import Entity
from shared.runtime import etag, problem
from shared.runtime.router import Download, Events, Fields, Rehearsed, Route
from shared.store.single import Versioned


def answer(route: Route, result: Any, record_usage: Callable[[], None]) -> Response:
    """Render a handler's result; a stream calls `record_usage` when it ends."""
    if isinstance(result, Response):
        return result
    if isinstance(result, Download):
        return _download(result)
    if isinstance(result, Events):
        return _events(result, record_usage)
    value: Any = result.value if isinstance(result, Versioned | Rehearsed) else result
    body = to_json({"success": True, **route.answer.wrap(value)}, by_alias=True)
    response = Response(body, status=_status(route, result), content_type="application/json")
    versioned = result if isinstance(result, Versioned) else _entity(result)
    if versioned and versioned.version:
        response.headers["ETag"] = etag.of(versioned.version, _tagged(route, result, body))
    return response


def _status(route: Route, result: Any) -> int:
    return 200 if isinstance(result, Rehearsed) else route.status


def _tagged(route: Route, result: Any, body: bytes) -> bytes:
    """What the tag is made of: what GET answers about the entity, also where another call says more than that."""
    if route.method == "GET" or not isinstance(route.answer, Fields):
        return body
    entity, wrapped = _entity(result), route.answer.wrap(result)
    return to_json(
        {"success": True} | {name: value for name, value in wrapped.items() if value is entity}, by_alias=True
    )


def _entity(result: Any) -> Entity | None:
    """The entity whose version is the ETag: the result itself, or the only entity among its fields."""
    if isinstance(result, Entity):
        return result
    fields = [getattr(result, name) for name in type(result).model_fields] if isinstance(result, BaseModel) else []
    entities = [value for value in fields if isinstance(value, Entity)]
    return entities[0] if len(entities) == 1 else None


def _download(file: Download) -> Response:
    """A file that browsers save and never show as a page of ours."""
    content = file.content if isinstance(file.content, str | bytes) else _pieces(file.content)
    response = Response(content, content_type=file.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _pieces(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces, in the request's context. The first is made at once, so that a refusal is still an answer."""
    request_context = copy_context()
    first = next(pieces, b"")

    def rest() -> Iterator[bytes]:
        yield first
        while piece := request_context.run(next, pieces, b""):
            yield piece

    return rest()


def _events(result: Events, record_usage: Callable[[], None]) -> Response:
    """A stream of events. It outlives the request's handling, so it keeps its context and records its usage."""
    request_context = copy_context()

    def frames() -> Generator[str, None, None]:
        try:
            with closing(result.of) as events:  # usage is complete only once the generator has stopped
                for name, data in events:
                    yield _frame(name, data.model_dump_json())
        except Exception as error:
            yield _frame("error", problem.render(error).get_data(as_text=True))
        finally:
            record_usage()

    def parts() -> Iterator[str]:
        sent = frames()
        try:
            while part := request_context.run(next, sent, ""):
                yield part
        finally:
            request_context.run(sent.close)

    response = Response(parts(), content_type="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _frame(event: str, data: str) -> str:
    return f"event: {event}\ndata: {data}\n\n"
