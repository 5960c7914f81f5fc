"""Document ids: random for new documents, derived from parts where a document must exist only once."""

import hashlib
import secrets
from base64 import b32encode
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count

from shared.kit.patterns import lazy_pattern

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LETTERS = bytes(ord(_ALPHABET[byte % 62]) for byte in range(256))  # what stands for each byte
# Firestore: UTF-8 without a slash, not "." or "..", not __reserved__, at most 1,500 bytes; ours are far shorter.
_VALID = lazy_pattern(r"(?!\.{1,2}$)(?!__.*__$)[^/\x00-\x1f\x7f\ud800-\udfff]{1,128}")


class _Series:
    """Ids derived from some parts and a running number; `issued` holds those used so far."""

    def __init__(self, parts: tuple[str, ...]) -> None:
        self._ids = (derived_id(*parts, str(number)) for number in count())
        self.issued: set[str] = set()

    def next(self) -> str:
        id = next(self._ids)
        self.issued.add(id)
        return id


_series: ContextVar[_Series | None] = ContextVar("series", default=None)


def new_id() -> str:
    """An id of 20 random characters: not sequential, so writes spread over the key space."""
    series = _series.get()
    if series is not None:
        return series.next()
    return secrets.token_bytes(20).translate(_LETTERS).decode()


@contextmanager
def derived_from(*parts: str) -> Iterator[None]:
    """Make `new_id` derive its ids from the parts in this block, so that repeated work makes the same ids."""
    token = _series.set(_Series(parts))
    try:
        yield
    finally:
        _series.reset(token)


def repeating() -> bool:
    """Whether `new_id` runs within `derived_from`, so that its ids may be those of an earlier attempt."""
    return _series.get() is not None


def is_repeatable(id: str) -> bool:
    """Whether `new_id` issued this id within `derived_from`: a document that has it is an earlier attempt's."""
    series = _series.get()
    return series is not None and id in series.issued


def derived_id(*parts: str) -> str:
    """An id of 26 characters, always the same for the same parts: created twice, the document exists once."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode()
        digest.update(len(raw).to_bytes(4, "big") + raw)
    return b32encode(digest.digest()[:16]).decode().rstrip("=").lower()


def is_valid_id(text: str) -> bool:
    """Whether `text` can name a document."""
    return _VALID.fullmatch(text) is not None and len(text.encode()) <= 512
