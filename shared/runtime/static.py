"""HTTP functions that serve a text file of the bundle."""

from collections.abc import Callable

from flask import Request, Response
from pydantic import BaseModel

from shared.runtime.http import Call, http_function
from shared.runtime.router import Fields, Router


class _Nothing(BaseModel):
    """An empty model: the route answers with a text, not JSON."""


def text_function(name: str, path: str, content: Callable[[], str], content_type: str) -> Callable[[Request], Response]:
    """Create a deployable, public function that answers GET `path` with the text of `content()`."""
    router = Router(path)

    @router.get("", Fields(_Nothing), public=True)
    def serve(call: Call) -> Response:
        return Response(content(), content_type=content_type, headers={"Cache-Control": "public, max-age=300"})

    return http_function(name, router)
