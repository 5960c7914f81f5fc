"""Shortens texts so that together they take no more room than there is. Pure."""

from collections.abc import Mapping

from pydantic_core import to_json

ELLIPSIS = "…"
_CUT = len(ELLIPSIS.encode())


def json_size(text: str) -> int:
    """The bytes of a text within JSON, without its quotes."""
    return len(to_json(text)) - 2


def fitted(texts: Mapping[str, str], room: int) -> dict[str, str]:
    """The texts, the longest of them cut with an ellipsis, so that all together take at most `room` bytes of JSON.

    Each gets an equal share of the room; what a short one leaves over is shared by the others.
    """
    left = max(0, room)
    sizes = {name: json_size(text[: left + 1]) for name, text in texts.items()}
    shortest_first, result = sorted(sizes, key=lambda name: sizes[name]), dict[str, str]()
    for number, name in enumerate(shortest_first):
        share = left // (len(sizes) - number)
        result[name] = texts[name] if sizes[name] <= share else _cut(texts[name], share)
        left -= json_size(result[name])
    return result


def _cut(text: str, room: int) -> str:
    """The beginning of a text and an ellipsis; nothing where there is no room for that."""
    end, left = 0, room - _CUT
    while left >= 0 and end < len(text) and (size := json_size(text[end])) <= left:
        end, left = end + 1, left - size
    return text[:end].rstrip() + ELLIPSIS if end else ""
