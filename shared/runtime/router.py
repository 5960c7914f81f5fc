"""The routes of a domain: a path, a handler whose annotations declare its inputs, and the shape of its answer.

A handler is `def handler(call, <path parameters>, query: Model, body: Model)`; it returns an
entity, a page or a model, and the route's `answer` says how to wrap it.
"""

import inspect
import re
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar, get_type_hints

from pydantic import BaseModel

from shared.errors import MethodNotAllowed, NotFound
from shared.kit.paging import Page
from shared.kit.patterns import lazy_pattern
from shared.kit.schema import Model

Handler = Callable[..., Any]
HOURLY = timedelta(hours=1)  # how long a list's tag is good at most where nothing in it depends on the time


@dataclass(frozen=True)
class One:
    """An answer with one entity under its noun: `{"success": true, "prospect": {…}}`."""

    noun: str
    model: type[BaseModel]

    def wrap(self, result: Any) -> dict[str, Any]:
        return {self.noun: result}


@dataclass(frozen=True)
class Many:
    """An answer with a page of entities: `{"success": true, "prospects": […], "total": 1, "next_cursor": null}`.

    `row` is the model of its rows where light ones were asked for (`view=row`).
    """

    plural: str
    model: type[BaseModel]
    row: type[BaseModel] | None = None

    def wrap(self, result: Page[Any]) -> dict[str, Any]:
        searched = {"searched": result.searched} if result.searched else {}
        return {self.plural: list(result.items), "total": result.total, "next_cursor": result.next_cursor, **searched}


@dataclass(frozen=True)
class Fields:
    """An answer with the fields of a model, beside `success`."""

    model: type[BaseModel]

    def wrap(self, result: BaseModel) -> dict[str, Any]:
        return {name: getattr(result, name) for name in type(result).model_fields}


@dataclass(frozen=True)
class PageOrFields(Fields):
    """An HTML page, or the model's fields for clients that ask for JSON; the handler makes both."""


@dataclass(frozen=True)
class Chart(Fields):
    """An answer with the model's fields, or a picture of them, where the query's `format` asks for one."""


@dataclass(frozen=True)
class File(Fields):
    """An answer with a file to save, made from the model."""


Answer = One | Many | Fields


@dataclass(frozen=True)
class Upload:
    """A handler's `body` that is a file: the request's raw bytes, or the file of its form.

    `content_type` and `name` are the sender's claims, `form` the form's other fields; the API's description names
    `media_types`.
    """

    content: bytes
    content_type: str = ""
    name: str = ""
    form: Mapping[str, str] = field(default_factory=dict)
    media_types: ClassVar[tuple[str, ...]] = ("application/octet-stream",)
    most_bytes: ClassVar[int] = 20 * 2**20

    @property
    def sent(self) -> bytes:
        """The bytes that identify the upload: content and form fields."""
        return b"".join([self.content, *(f"\n{name}={value}".encode() for name, value in sorted(self.form.items()))])


class TableUpload(Upload):
    """An uploaded table."""

    media_types = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


class DocumentUpload(Upload):
    """An uploaded document."""

    media_types = ("text/plain", "application/octet-stream")


class MailUpload(Upload):
    """A mail, or a mail provider's report; as large as mail may be."""

    media_types = ("application/octet-stream",)
    most_bytes = 30 * 2**20


@dataclass(frozen=True)
class Download:
    """A file that a handler returns in place of JSON; its name is plain ASCII. An iterator's pieces are sent as they
    are made."""

    content: str | bytes | Iterator[bytes]
    content_type: str
    name: str


@dataclass(frozen=True)
class Rehearsed:
    """The answer of a dry run: with 200, whatever the route's status says of what is done."""

    value: BaseModel


@dataclass(frozen=True)
class Events:
    """Named server-sent events that a handler returns in place of JSON; each is sent as it is generated."""

    of: Generator[tuple[str, BaseModel], None, None]


class Message(Model):
    """What a DELETE answers."""

    message: str


@dataclass(frozen=True)
class Route:
    """A method and path with its handler, and the handler's inputs and answer."""

    method: str
    path: str
    handler: Handler
    answer: Answer
    status: int
    public: bool
    body: type[BaseModel] | None
    upload: type[Upload] | None
    query: type[BaseModel] | None
    unlimited: bool = False  # no rate limit counts its calls
    tagged: timedelta | None = None  # see `get`
    pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        literal = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(self.path))
        object.__setattr__(self, "pattern", lazy_pattern(literal))


class Router:
    """The routes below a prefix; literal segments win over parameters, in whatever order they are declared.

    `aliases` are further prefixes of the same routes. With `operators_only` they refuse everybody else.
    """

    def __init__(self, prefix: str, *aliases: str, operators_only: bool = False) -> None:
        self.prefix = prefix.rstrip("/")
        self.operators_only = operators_only
        self._prefixes = (self.prefix, *aliases)
        self.routes: list[Route] = []

    def get(
        self,
        path: str,
        answer: Answer,
        *,
        public: bool = False,
        unlimited: bool = False,
        tagged: timedelta | None = None,
    ) -> Callable[[Handler], Handler]:
        """With `tagged` the answer depends on the user's announced documents alone (`shared.gcp.announcements.FIELDS`)
        and, as far as on the time, on that in steps of `tagged`: it has the ETag of their state."""
        return self._route("GET", path, answer, 200, public, unlimited=unlimited, tagged=tagged)

    def post(
        self, path: str, answer: Answer, *, status: int = 200, public: bool = False
    ) -> Callable[[Handler], Handler]:
        return self._route("POST", path, answer, status, public)

    def put(self, path: str, answer: Answer) -> Callable[[Handler], Handler]:
        return self._route("PUT", path, answer, 200, False)

    def patch(self, path: str, answer: Answer) -> Callable[[Handler], Handler]:
        return self._route("PATCH", path, answer, 200, False)

    def delete(self, path: str, answer: Answer | None = None) -> Callable[[Handler], Handler]:
        return self._route("DELETE", path, answer or Fields(Message), 200, False)

    def _route(
        self,
        method: str,
        path: str,
        answer: Answer,
        status: int,
        public: bool,
        *,
        unlimited: bool = False,
        tagged: timedelta | None = None,
    ) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            hints = get_type_hints(handler)
            taken = hints.get("body")
            upload = taken if taken and issubclass(taken, Upload) else None
            body = None if upload else taken
            query = hints.get("query")
            route = Route(method, path, handler, answer, status, public, body, upload, query, unlimited, tagged)
            _check_parameters(route, set(inspect.signature(handler).parameters))
            self.routes.append(route)
            self.routes.sort(key=lambda r: r.path.count("{"))
            return handler

        return register

    def match(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """The route of a request and its path parameters. Raises NotFound or MethodNotAllowed."""
        prefix = next((prefix for prefix in self._prefixes if path.startswith(prefix)), "")
        inner = path.removeprefix(prefix).rstrip("/")
        allowed: list[str] = []
        parameters: int | None = None
        for route in self.routes:  # those with fewest parameters first
            match = route.pattern.fullmatch(inner)
            if not match or parameters not in (None, len(match.groups())):
                continue  # a literal segment is never taken for an id, whatever the method
            if route.method == method:
                return route, match.groupdict()
            parameters = len(match.groups())
            allowed.append(route.method)
        if allowed:
            raise MethodNotAllowed(f"Use {' or '.join(sorted(set(allowed)))} here.", sorted({*allowed, "OPTIONS"}))
        raise NotFound("There is nothing at this path.")


def _check_parameters(route: Route, parameters: set[str]) -> None:
    """Raise TypeError unless the handler takes `call` and exactly the path's parameters."""
    wanted = set(re.findall(r"{(\w+)}", route.path)) | {"call"}
    if parameters - {"body", "query"} != wanted:
        raise TypeError(f"{route.method} {route.path}: the handler must take {sorted(wanted)}")
