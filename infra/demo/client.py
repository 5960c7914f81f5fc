"""A client of the API for the demo; raises LocalError for any answer that is not a success."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any, Self

import httpx

from infra.local import plain
from infra.local.process import LocalError

_PATIENCE = 120.0


class Conflicting(LocalError):
    """The state of what was called does not allow it, such as after a call that had an effect and lost its answer."""


class NotNow(LocalError):
    """The server cannot do it now, and may in a moment (503)."""


_ERRORS = {409: Conflicting, 503: NotNow}


class Client:
    def __init__(self, url: str, token: str | None = None, *, patience: float = 60) -> None:
        """`token`: of the user, in place of the development user; `patience`: seconds for an answer to begin."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = plain.client(base_url=url, timeout=patience, headers=headers)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._http.close()

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        return self._answer(self._http.get(path, params=query))

    def post(self, path: str, body: dict[str, Any] | None = None, *, key: str | None = None) -> dict[str, Any]:
        """`key` makes a repetition harmless: it is sent as Idempotency-Key."""
        headers = {"Idempotency-Key": key} if key else {}
        return self._answer(self._http.post(path, json=body or {}, headers=headers))

    def upload(self, path: str, content: bytes) -> dict[str, Any]:
        return self._answer(self._http.post(path, content=content, headers={"Content-Type": "text/csv"}))

    def download(self, path: str, body: dict[str, Any]) -> bytes:
        """The content of a file."""
        response = self._http.post(path, json=body)
        if not response.is_success:
            self._answer(response)
        return response.content

    def messages(self, **query: Any) -> Iterator[dict[str, Any]]:
        """The messages of the user's stream, as they come, each with the cursor behind it, until the stream ends.

        Raises httpx.HTTPError where it breaks.
        """
        cursor: str | None = None
        with self._http.stream("GET", "/api/realtime/stream", params=query) as response:
            if not response.is_success:
                response.read()
                self._answer(response)
            for line in response.iter_lines():
                field, _, value = line.partition(": ")
                if field == "id":
                    cursor = value
                elif field == "data":
                    yield {**json.loads(value), "cursor": cursor}

    def all(self, path: str, plural: str, **query: Any) -> list[dict[str, Any]]:
        """Every row of a list, page by page."""
        rows: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            page = self.get(path, **query, **({"cursor": cursor} if cursor else {}))
            rows += page[plural]
            cursor = page["next_cursor"]
            if cursor is None:
                return rows

    def _answer(self, response: httpx.Response) -> dict[str, Any]:
        body: dict[str, Any] = response.json()
        if not response.is_success:
            message = f"{response.request.method} {response.request.url.path}: {body.get('detail')}"
            raise _ERRORS.get(response.status_code, LocalError)(message)
        return body


def wait_until(what: str, reached: Callable[[], bool], *, patience: float = _PATIENCE) -> None:
    """Poll until `reached` is true. Raises LocalError after `patience` seconds."""
    deadline = time.monotonic() + patience
    while not reached():
        if time.monotonic() > deadline:
            raise LocalError(f"Waited {patience:.0f} s in vain: {what}.")
        time.sleep(0.15)
