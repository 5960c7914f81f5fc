"""Divides a limit into parts, each a document of its own, so that what is counted at once rarely meets."""


def parts_of(total: int, least: int, most: int) -> int:
    """How many parts a limit has: as many as get `least` of it, one at least and `most` at most."""
    return max(1, min(most, total // least))


def share(total: int, part: int, parts: int) -> int:
    """How much of a total a part has. All parts together have all of it, and a larger total never gives a part less."""
    return (total + parts - 1 - part) // parts
