"""Lists dead letters for operators, and gives one redrive of a letter to one operator."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from shared import log
from shared.domains.dead_letters import repository
from shared.domains.dead_letters.models import (
    DeadLetter,
    DeadLetterQuery,
    FullDeadLetter,
    RedriveInput,
)
from shared.errors import Conflict, NotFound, PreconditionFailed
from shared.gcp import firestore
from shared.gcp.firestore import Document
from shared.gcp.queries import Where, equal
from shared.kit import clock
from shared.kit.paging import Page
from shared.kit.patterns import lazy_pattern
from shared.store import cursors, large_values
from shared.store.document_events import decoded
from shared.store.repository import Order

_NEWEST_FIRST: Order = (("died_at", "desc"),)
_OLDEST_FIRST: Order = (("died_at", "asc"),)
_WALK = "redriven letters"  # names its cursors
_CLAIM = timedelta(minutes=2)  # after which an operator who began a redrive has died
_SHOWN = 64_000  # bytes of a body that is no JSON
_DEEPEST = 50  # levels of a body that are shown
_SECRET = lazy_pattern(r"secret|token|passw|authori[sz]|api_?key|cookie|credential|signature|signing", re.I)
_ADDRESS = lazy_pattern(r"(/api/(?:hooks|unsubscribe)/)[\w.~-]+")
_NAMED = lazy_pattern(r'"([^"\\]*)"(\s*:\s*)"(?:[^"\\]|\\.)*"?')  # in a text that is JSON, but for its depth or its end
_MASK = "•••"


def list_page(query: DeadLetterQuery) -> Page[DeadLetter]:
    """The letters, the latest first: a query and a count."""
    where = equal(status=query.status, source=query.source, function=query.function)
    rows, next_cursor = repository.page(where, order=_NEWEST_FIRST, limit=query.limit, cursor=query.cursor)
    return repository.listed(rows, repository.total(where, _NEWEST_FIRST), next_cursor)


def get_full(id: str) -> FullDeadLetter:
    """A letter with its body, secrets masked: a read, and a query where the body is large. Raises NotFound."""
    stored = repository.get(id)
    letter = repository.load(stored)
    body, shortened = shown(letter, repository.body(stored))
    return FullDeadLetter(**letter.model_dump(), body=body, shortened=shortened)


def shown(letter: DeadLetter, body: bytes) -> tuple[Any, bool]:
    """A body as operators see it, and whether it is shortened."""
    content = _readable(letter, body)
    if isinstance(content, dict):
        bounded, shortened = large_values.bounded(_masked(content))
        return bounded, shortened
    text = content[:_SHOWN] if isinstance(content, str) else content
    return _masked(_NAMED.sub(_named, text) if isinstance(text, str) else text), text != content


def _named(pair: re.Match[str]) -> str:
    return f'"{pair[1]}"{pair[2]}"{_MASK}"' if _SECRET.search(pair[1]) else pair[0]


def _readable(letter: DeadLetter, body: bytes) -> Any:
    if letter.source == "event":
        return decoded(body) or body.hex()
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return body.decode(errors="replace")
    return content if isinstance(content, dict) else {"value": content}


def _masked(value: Any, left: int = _DEEPEST) -> Any:
    """The value without secrets, as an answer can hold it: JSON may have halves of characters, and any depth."""
    match value:
        case dict() | list() if not left:
            return "…"
        case dict():
            return {
                _whole(name): _MASK if _SECRET.search(name) else _masked(inner, left - 1)
                for name, inner in value.items()
            }
        case list():
            return [_masked(inner, left - 1) for inner in value]
        case str():
            return _ADDRESS.sub(rf"\1{_MASK}", _whole(value))
        case _:
            return value


def _whole(text: str) -> str:
    return text.encode(errors="replace").decode()


def redrive(id: str, operator: str, send: Callable[[DeadLetter, bytes], None]) -> DeadLetter:
    """Claim an open letter for one operator, have `send` send it again, and note that: two commits.

    Raises NotFound; Conflict where somebody else has redriven it; and what `send` raises, with the letter open again.
    """
    stored = repository.get(id)
    letter = repository.load(stored)
    _check_open(letter)
    claimed = _change(stored.version, id, {"status": "redriving", "redriven_at": clock.now(), "redriven_by": operator})
    try:
        send(letter, repository.body(stored))
    except Exception:
        _settle(claimed, id, {"status": "open"})
        raise
    _settle(claimed, id, {"status": "redriven"})
    return repository.load(repository.get(id))


def _check_open(letter: DeadLetter) -> None:
    """Raises Conflict unless the letter is open, or was claimed by an operator's call that has died."""
    if not _is_open(letter):
        raise _redriven_already()


def _is_open(letter: DeadLetter) -> bool:
    abandoned = letter.status == "redriving" and letter.redriven_at and letter.redriven_at < clock.now() - _CLAIM
    return letter.status == "open" or bool(abandoned)


def _redriven_already() -> Conflict:
    return Conflict("This letter is redriven already; it is open again if it comes back.")


def _change(version: datetime, id: str, fields: dict[str, Any]) -> datetime:
    try:
        return firestore.client().commit([repository.to_update(id, fields, version=version)])
    except (PreconditionFailed, NotFound) as error:
        raise _redriven_already() from error


def _settle(claimed: datetime, id: str, fields: dict[str, Any]) -> None:
    """Note how a redrive went, unless the letter has come back meanwhile or was deleted."""
    try:
        firestore.client().commit([repository.to_update(id, fields, version=claimed)])
    except (PreconditionFailed, NotFound):
        log.info("a redriven letter has changed meanwhile", dead_letter=id)


def open_letters(query: RedriveInput) -> tuple[list[tuple[str, str]], str | None]:
    """The ids of open letters, the oldest first, each with the cursor of those behind it, and the cursor of the next
    ones: one query. Those whose redrive has died are among them.

    A walk by its cursors meets the letters that were there when it began, none again that comes back meanwhile.
    """
    began, cursor = cursors.decode(_WALK, query.cursor) or (clock.now(), None)
    where: list[Where] = [("status", "in", ["open", "redriving"]), ("died_at", "<=", began)]
    where += equal(source=query.source, function=query.function)
    rows, behind = repository.page(where, order=_OLDEST_FIRST, limit=query.limit, cursor=cursor)
    found = [row for row in rows if _is_open(repository.load(row))]
    ids = [(_id(row), cursors.encode(_WALK, [began, repository.cursor_of(row, where, _OLDEST_FIRST)])) for row in found]
    return ids, cursors.encode(_WALK, [began, behind]) if behind else None


def _id(row: Document) -> str:
    return row.path.rpartition("/")[2]


def delete(id: str) -> None:
    """Delete a letter with its body: a read and a commit. Raises NotFound."""
    firestore.client().apply_each(repository.to_delete(repository.get(id)))
