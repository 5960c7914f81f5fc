"""Tables of words, written as text."""


def table(text: str) -> frozenset[str]:
    """The words of a text, between blanks and line breaks."""
    return frozenset(text.split())
