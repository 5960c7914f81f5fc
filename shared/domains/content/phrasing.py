"""Phrasing of field values within sentences: single lines, full stops and lists."""

from collections.abc import Sequence


def single_line(text: str | None) -> str:
    """The text with every run of whitespace replaced by a single space; empty for None."""
    return " ".join((text or "").split())


def as_sentence(text: str | None) -> str:
    """The text on a single line, with a full stop where it has no final punctuation."""
    line = single_line(text).rstrip(" ,;:")
    return line if not line or line[-1] in ".!?…。！？" else f"{line}."  # noqa: RUF001


def joined_with_and(words: Sequence[str]) -> str:
    """The words as `a, b and c`."""
    return joined_with("and", words)


def joined_with(conjunction: str, words: Sequence[str]) -> str:
    """The words as a list whose last has the conjunction before it."""
    return f" {conjunction} ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""
