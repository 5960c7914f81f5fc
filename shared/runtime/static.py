"""HTTP functions that serve text files of the bundle."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Request, Response

from shared.kit.schema import Model
from shared.runtime.http import Call, http_function
from shared.runtime.router import Fields, Router


class _Nothing(Model):
    """An empty model: the route answers with a text, not JSON."""


@dataclass(frozen=True)
class Text:
    """What is served at one path."""

    content: Callable[[], str]
    content_type: str


def text_function(name: str, path: str, content: Callable[[], str], content_type: str) -> Callable[[Request], Response]:
    """Create a deployable, public function that answers GET `path` with the text of `content()`."""
    return texts_function(name, path, {"": Text(content, content_type)})


def texts_function(name: str, prefix: str, texts: dict[str, Text]) -> Callable[[Request], Response]:
    """Create a deployable, public function that answers GET of each path below `prefix` with its text."""
    router = Router(prefix)
    for path, text in texts.items():
        router.get(path, Fields(_Nothing), public=True)(_handler(text))
    return http_function(name, router)


def _handler(text: Text) -> Callable[[Call], Response]:
    def serve(call: Call) -> Response:
        headers = {"Cache-Control": "public, max-age=300"}
        return Response(text.content(), content_type=text.content_type, headers=headers)

    return serve
