"""Word sets written as text."""


def table(text: str) -> frozenset[str]:
    """The set of words of a text, separated by blanks and line breaks."""
    return frozenset(text.split())
