"""Converts document versions to entity tags, and If-Match back to versions (RFC 9110, 8.8.3 and 13.1.1)."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from flask import Request

from shared.errors import BadRequest, PreconditionFailed

T = TypeVar("T")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TAG = re.compile(r"[ \t]*(?:(W/)?\"([\x21\x23-\x7e\x80-\xff]*)\"|([0-9a-f]{1,16}))[ \t]*(?:,|$)")
_EMPTY = re.compile(r"[ \t]*,")  # RFC 9110, 5.6.1: empty elements of a list are ignored
_MOST = 50


def of(version: datetime) -> str:
    """The strong entity tag of a version: its time in microseconds."""
    return f'"{(version - _EPOCH) // timedelta(microseconds=1):x}"'


def if_match(request: Request) -> list[datetime] | None:
    """The versions that If-Match accepts; None where it accepts any.

    Weak tags and those of other servers match nothing. Raises BadRequest for a malformed list.
    """
    header = ",".join(request.headers.getlist("If-Match")).strip()
    if header in ("", "*"):
        return None
    tags, position = list[str](), 0
    while position < len(header):
        tag, empty = _TAG.match(header, position), _EMPTY.match(header, position)
        if tag is None and empty is None:
            raise BadRequest('If-Match: not a list of entity tags; send an ETag as it came, with its quotes, or "*".')
        if tag and tag[1] is None:
            tags.append(tag[2] if tag[2] is not None else tag[3])
        position = tag.end() if tag else empty.end() if empty else len(header)
    if len(tags) > _MOST:
        raise BadRequest(f"If-Match: {len(tags)} tags; at most {_MOST} are compared.")
    return [version for tag in dict.fromkeys(tags) if (version := _version(tag))]


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
        return _EPOCH + timedelta(microseconds=int(tag, 16))
    except (ValueError, OverflowError):
        return None
