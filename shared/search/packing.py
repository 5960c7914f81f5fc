"""Packs arrays of whole numbers into bytes and reads them back; damaged bytes raise DamagedIndex. Pure.

A packed part is a version byte, a checksum, and sections. A section of numbers holds them as planes: all lowest bytes,
then all second bytes …, each compressed, so that small numbers cost about their entropy and are read without a loop.
"""

import itertools
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.errors import Unreadable

Array = NDArray[Any]

VERSION = 1
_LEVEL = 6


class DamagedIndex(Unreadable):
    """A packed part of the search index is damaged or of an unknown version: rebuild it from the documents."""

    code = "damaged-index"


def pack(sections: Sequence[bytes]) -> bytes:
    """Join sections into one part: version, checksum, the sections' sizes, the sections."""
    sizes = struct.pack(f"<{len(sections) + 1}I", len(sections), *map(len, sections))
    body = sizes + b"".join(sections)
    return struct.pack("<BI", VERSION, zlib.crc32(body)) + body


def unpack(part: bytes, count: int) -> list[bytes]:
    """The `count` sections of a part. Raises DamagedIndex where it is of another version, cut, or altered."""
    if not part or part[0] != VERSION:
        raise DamagedIndex(f"A part of the search index is of version {part[0] if part else 'none'}, not {VERSION}.")
    with damage_is_typed():
        body = memoryview(part)[5:]
        if struct.unpack_from("<I", part, 1)[0] != zlib.crc32(body):
            raise ValueError("checksum")
        held, *sizes = struct.unpack_from(f"<{count + 1}I", body)
        if held != count:
            raise ValueError("sections")
        starts = np.cumsum([4 * (count + 1), *sizes]).tolist()
        return [bytes(body[start:end]) for start, end in itertools.pairwise(starts)]


@contextmanager
def damage_is_typed() -> Iterator[None]:
    """Raises what decoding raises on damaged bytes as DamagedIndex."""
    try:
        yield
    except (ValueError, IndexError, KeyError, OverflowError, struct.error, zlib.error) as error:
        raise DamagedIndex(f"A part of the search index is damaged ({error}).") from error


def pack_numbers(numbers: Array) -> bytes:
    """Pack whole numbers ≥ 0, up to 64 bits."""
    wide = np.ascontiguousarray(numbers, np.uint64)
    width = max(1, (int(wide.max(initial=0)).bit_length() + 7) // 8)
    planes = [zlib.compress((wide >> np.uint64(8 * n)).astype(np.uint8).tobytes(), _LEVEL) for n in range(width)]
    return struct.pack(f"<BI{width}I", width, len(wide), *map(len, planes)) + b"".join(planes)


def unpack_numbers(section: bytes, dtype: Any = np.int64) -> Array:
    """Unpack whole numbers into an array of a type that holds them."""
    with damage_is_typed():
        width, count = struct.unpack_from("<BI", section)
        sizes = struct.unpack_from(f"<{width}I", section, 5)
        start, numbers = 5 + 4 * width, np.zeros(count, dtype)
        for n, size in enumerate(sizes):
            plane = np.frombuffer(zlib.decompress(section[start : start + size]), np.uint8)
            numbers += plane.astype(dtype) << np.array(8 * n, dtype) if n else plane
            start += size
        return numbers


def pack_text(text: bytes) -> bytes:
    return zlib.compress(text, 9)


def pack_noise(content: bytes) -> bytes:
    """Pack bytes in which nothing comes again, some of which are more frequent: as pack_text, but fast."""
    packer = zlib.compressobj(strategy=zlib.Z_HUFFMAN_ONLY)
    return packer.compress(content) + packer.flush()


def unpack_text(section: bytes) -> bytes:
    with damage_is_typed():
        return zlib.decompress(section)


def ranges(starts: Array, ends: Array) -> Array:
    """All numbers of several ranges, one range after the other: [0, 4], [2, 6] → 0 1 4 5."""
    lengths = ends - starts
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(lengths.sum())


def zigzag(numbers: Array) -> Array:
    """Numbers of either sign as numbers ≥ 0, small where they were near 0."""
    return np.asarray((numbers << 1) ^ (numbers >> 63))


def unzigzag(numbers: Array) -> Array:
    return np.asarray((numbers >> 1) ^ -(numbers & 1))
