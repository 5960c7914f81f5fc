"""HTTP functions that serve one text of the bundle."""

from collections.abc import Callable

from flask import Request, Response
from pydantic import BaseModel

from shared.runtime.http import Call, http_function
from shared.runtime.router import Fields, Router


class _Nothing(BaseModel):
    """The text is no JSON answer."""


def text_function(name: str, path: str, content: Callable[[], str], content_type: str) -> Callable[[Request], Response]:
    """A deployable, public function that answers GET `path` with what `content` says."""
    router = Router(path)

    @router.get("", Fields(_Nothing), public=True)
    def serve(call: Call) -> Response:
        return Response(content(), content_type=content_type, headers={"Cache-Control": "public, max-age=300"})

    return http_function(name, router)
