"""Shortens texts for display. Never shorten a value that goes on to a step or a receiver."""


def shortened(text: str, limit: int) -> str:
    """The text, or its beginning with an ellipsis, at most `limit` characters; between two words if it can be."""
    if len(text) <= limit:
        return text
    start = text[: limit - 1]
    words = start.rsplit(maxsplit=1)[0] if text[limit - 1].strip() and len(start.split(maxsplit=1)) > 1 else start
    return f"{(words if 2 * len(words) > limit else start).rstrip()}…"
