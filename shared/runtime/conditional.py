"""Answers a GET with 304 where the client has the answer already (RFC 9110, 13.1.2).

An entity has its version's tag; a list that of the state of all that was announced to the user, which the newest entry
of the user's stream stands for. So whoever asks for a list again pays one read, and the list's reads only if anything
has changed since. For others the state is read beside the list, and is the list's only where nothing was committed in
between: a tag never stands for more than its list shows. A state that may be a later one than the list's, or may yet
get an earlier change (`entries.begin_state`), gets a tag that matches nothing.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import cache

from flask import Request, Response

from shared import settings
from shared.kit import clock
from shared.kit.ids import new_id
from shared.realtime import entries
from shared.runtime import etag
from shared.runtime.router import Route


def answered(route: Route, request: Request, uid: str, act: Callable[[], Response]) -> Response:
    """The answer of `act` to a GET, or 304; a list's costs one read more, and the 304 that read alone."""
    tag_of_list = _begin_tag(request, uid, route.tagged) if route.tagged else None
    asked_again = "If-None-Match" in request.headers
    if asked_again and tag_of_list and etag.names(request, state := tag_of_list()):
        return _unchanged(state)
    response = act()
    if tag_of_list and response.status_code == 200:
        response.headers["ETag"] = tag_of_list()
    if not asked_again or response.status_code != 200:
        return response
    tag = response.headers.get("ETag")
    return _unchanged(tag) if tag and etag.is_known(request, tag) else response


def _unchanged(tag: str) -> Response:
    response = Response(status=304, headers={"ETag": tag})
    del response.headers["Content-Type"]
    return response


def _begin_tag(request: Request, uid: str, step: timedelta) -> Callable[[], str]:
    """Ask for what a list's tag stands for, and go on; what is returned waits for it, once."""
    answer = entries.begin_state(uid)

    @cache
    def tag() -> str:
        state = answer()
        time = str(clock.now().timestamp() // step.total_seconds())
        unsettled = "" if state.settled else str(state.read_at)
        asked = (request.path, request.query_string.decode(errors="replace"))
        return etag.of_state(state.entry, unsettled, time, uid, *asked, _code())

    return tag


@cache
def _code() -> str:
    """What tells this version of the code, which the answer is made by, from others."""
    return settings.current().cloud_run_revision or new_id()
