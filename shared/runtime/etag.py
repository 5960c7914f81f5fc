"""Converts document versions to entity tags, and If-Match back to versions; compares If-None-Match (RFC 9110, 8.8.3 and
13.1.1 to 13.1.2)."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from flask import Request

from shared.errors import BadRequest, PreconditionFailed
from shared.kit.patterns import lazy_pattern

T = TypeVar("T")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TAG = lazy_pattern(r"[ \t]*(?:(W/)?\"([\x21\x23-\x7e\x80-\xff]*)\"|([0-9a-f]{1,16}(?:-[0-9a-f]{12})?))[ \t]*(?:,|$)")
_EMPTY = lazy_pattern(r"[ \t]*,")  # RFC 9110, 5.6.1: empty elements of a list are ignored
_MOST = 50


def of(version: datetime, content: bytes) -> str:
    """The strong entity tag of a version, its time in microseconds, and of what is shown of it: that may be computed of
    other documents, or of the time."""
    return f'"{(version - _EPOCH) // timedelta(microseconds=1):x}-{_digest(content)}"'


def of_state(*parts: str) -> str:
    """The weak entity tag of what the parts determine."""
    return f'W/"{_digest(chr(0).join(parts).encode(errors="replace"))}"'


def if_match(request: Request) -> list[datetime] | None:
    """The versions that If-Match accepts; None where it accepts any.

    Weak tags and those of other servers match nothing. Raises BadRequest for a malformed list.
    """
    header = _field(request, "If-Match")
    if header in ("", "*"):
        return None
    tags = []
    for tag in _tags(header):
        if tag is None:
            raise BadRequest('If-Match: not a list of entity tags; send an ETag as it came, with its quotes, or "*".')
        weak, text = tag
        tags += [] if weak else [text]
    if len(tags) > _MOST:
        raise BadRequest(f"If-Match: {len(tags)} tags; at most {_MOST} are compared.")
    return [version for tag in dict.fromkeys(tags) if (version := _version(tag))]


def is_known(request: Request, tag: str) -> bool:
    """Whether the client has an answer with this tag: If-None-Match names it, or `*`, which is any."""
    return _field(request, "If-None-Match") == "*" or names(request, tag)


def names(request: Request, tag: str) -> bool:
    """Whether If-None-Match names a tag, weak or strong alike. A malformed list names nothing."""
    sought = tag.removeprefix("W/").strip('"')
    tags = [*_tags(_field(request, "If-None-Match"))]
    return None not in tags and any(each is not None and each[1] == sought for each in tags)


def _field(request: Request, name: str) -> str:
    """A header field; the server has joined one that was sent several times with commas."""
    return request.headers.get(name, "").strip()


def _tags(header: str) -> Iterator[tuple[bool, str] | None]:
    """Of each tag of a list, whether it is weak, and its text; None, at the end, where it is no list of tags."""
    position = 0
    while position < len(header):
        tag, empty = _TAG.match(header, position), _EMPTY.match(header, position)
        if tag:
            yield bool(tag[1]), tag[2] if tag[2] is not None else tag[3]
        elif empty is None:
            yield None
            return
        position = tag.end() if tag else empty.end() if empty else len(header)


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=6).hexdigest()


def first_that_holds(versions: list[datetime] | None, act: Callable[[datetime | None], T]) -> T:
    """Call `act` with each version until one is the document's. Raises PreconditionFailed if none is.

    `act` changes nothing where the version is not the document's.
    """
    if versions is None:
        return act(None)
    refused = PreconditionFailed("If-Match has no strong ETag of this API (a weak one matches nothing); read it again.")
    for version in versions:
        try:
            return act(version)
        except PreconditionFailed as error:
            refused = error
    raise refused


def _version(tag: str) -> datetime | None:
    try:
        return _EPOCH + timedelta(microseconds=int(tag.partition("-")[0], 16))
    except (ValueError, OverflowError):
        return None
