"""Collects and decompresses a response body piece by piece, up to a limit. Pure."""

import zlib

_AUTOMATIC = 32 + zlib.MAX_WBITS  # gzip and zlib, told apart by their first bytes
_BARE = -zlib.MAX_WBITS  # what some servers mean by deflate


_MAX_FILES = 100  # compressed files concatenated in one body


class TooLong(Exception):
    """Raised where the body exceeds the limit."""


class Broken(Exception):
    """Raised where the body cannot be decompressed, or is truncated."""


class Body:
    """A body of `encoding`, of at most `limit` bytes both compressed and decompressed.

    At the limit `add` raises TooLong; `content` then holds the beginning.
    """

    encodings = ("", "identity", "gzip", "x-gzip", "deflate")

    def __init__(self, encoding: str, limit: int) -> None:
        self._packed = encoding not in ("", "identity")
        self._unpack = zlib.decompressobj(_AUTOMATIC)
        self._limit = limit
        self._seen = 0
        self._files = 1
        self._content = bytearray()

    @property
    def content(self) -> bytes:
        return bytes(self._content)

    def add(self, piece: bytes) -> None:
        """Append a piece. Raises TooLong, Broken."""
        self._seen += len(piece)
        if self._packed:
            self._unpacked(piece)
        else:
            self._content += piece[: self._limit - len(self._content)]
        if self._seen > self._limit:
            raise TooLong

    def end(self) -> None:
        """Mark the end of the body. Raises Broken where it is truncated."""
        if self._packed and self._seen and not self._unpack.eof:
            raise Broken

    def _unpacked(self, piece: bytes) -> None:
        while piece:
            if self._unpack.eof:  # concatenated compressed files
                self._files += 1
                if self._files > _MAX_FILES:
                    raise Broken
                self._unpack = zlib.decompressobj(_AUTOMATIC)
            room = self._limit - len(self._content)
            self._content += self._inflated(piece, room + 1)
            if len(self._content) > self._limit:
                del self._content[self._limit :]
                raise TooLong
            piece = self._unpack.unused_data if self._unpack.eof else self._unpack.unconsumed_tail

    def _inflated(self, piece: bytes, most: int) -> bytes:
        try:
            return self._unpack.decompress(piece, most)
        except zlib.error:
            if self._content or self._seen != len(piece):
                raise Broken from None
        self._unpack = zlib.decompressobj(_BARE)
        try:
            return self._unpack.decompress(piece, most)
        except zlib.error:
            raise Broken from None
