"""Entity tags: a document's version, as HTTP clients hand it back in If-Match (RFC 9110)."""

from datetime import UTC, datetime, timedelta

from flask import Request

from shared.errors import PreconditionFailed

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def of(version: datetime) -> str:
    """A strong tag: the version in microseconds."""
    return f'"{(version - _EPOCH) // timedelta(microseconds=1):x}"'


def if_match(request: Request) -> datetime | None:
    """The version demanded; None where any will do. Raises PreconditionFailed for a tag that is none of ours."""
    given = request.headers.get("If-Match", "").strip()
    if given in ("", "*"):
        return None
    try:
        return _EPOCH + timedelta(microseconds=int(given.strip('"'), 16))
    except (ValueError, OverflowError) as error:
        raise PreconditionFailed("If-Match is not an ETag of this API; read the entity again.") from error
