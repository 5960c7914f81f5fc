"""A body as it comes off the wire: unpacked piece by piece, and never more of it than was asked for. Pure."""

import zlib

_AUTOMATIC = 32 + zlib.MAX_WBITS  # gzip and zlib, told apart by their first bytes
_BARE = -zlib.MAX_WBITS  # what some servers mean by deflate


_MAX_FILES = 100  # packed one after another


class TooLong(Exception):
    """More came than may be kept."""


class Broken(Exception):
    """What came cannot be unpacked, or stops half-way."""


class Body:
    """Collects a body of `encoding` up to `limit` bytes, packed and unpacked.

    Beyond the limit it holds what fits, and `add` raises TooLong.
    """

    encodings = ("", "identity", "gzip", "x-gzip", "deflate")

    def __init__(self, encoding: str, limit: int) -> None:
        self._packed = encoding not in ("", "identity")
        self._unpack = zlib.decompressobj(_AUTOMATIC)
        self._limit = limit
        self._seen = 0
        self._files = 1
        self._kept = bytearray()

    @property
    def content(self) -> bytes:
        return bytes(self._kept)

    def add(self, piece: bytes) -> None:
        """Raises TooLong, Broken."""
        self._seen += len(piece)
        if self._packed:
            self._unpacked(piece)
        else:
            self._kept += piece[: self._limit - len(self._kept)]
        if self._seen > self._limit:
            raise TooLong

    def end(self) -> None:
        """Nothing more comes. Raises Broken where something is missing."""
        if self._packed and self._seen and not self._unpack.eof:
            raise Broken

    def _unpacked(self, piece: bytes) -> None:
        while piece:
            if self._unpack.eof:  # one packed file after another
                self._files += 1
                if self._files > _MAX_FILES:
                    raise Broken
                self._unpack = zlib.decompressobj(_AUTOMATIC)
            room = self._limit - len(self._kept)
            self._kept += self._inflated(piece, room + 1)
            if len(self._kept) > self._limit:
                del self._kept[self._limit :]
                raise TooLong
            piece = self._unpack.unused_data if self._unpack.eof else self._unpack.unconsumed_tail

    def _inflated(self, piece: bytes, most: int) -> bytes:
        try:
            return self._unpack.decompress(piece, most)
        except zlib.error:
            if self._kept or self._seen != len(piece):
                raise Broken from None
        self._unpack = zlib.decompressobj(_BARE)
        try:
            return self._unpack.decompress(piece, most)
        except zlib.error:
            raise Broken from None
