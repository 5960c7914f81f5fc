"""Chooses which segments to merge, so that a document is written anew a few times in all, however many changes come."""

from collections.abc import Sequence

FAN = 8  # segments of a size class that become one
_SMALL, _CLASSES = 64, 3  # up to 64 entries, 512, 4,096: what is larger is left as it is


def to_merge(entries: Sequence[int]) -> int | None:
    """The position from which on the segments are merged into one, given how many entries each has, the oldest first;
    None where none are.

    Only neighbours merge, for the newest segment that has a document owns it; and the newest are the smallest.
    """
    for size in range(_CLASSES):
        start = len(entries)
        while start and size_class(entries[start - 1]) <= size:
            start -= 1
        if len(entries) - start >= FAN:
            return start
    return None


def size_class(entries: int) -> int:
    size, bound = 0, _SMALL
    while entries > bound:
        size, bound = size + 1, bound * FAN
    return size
