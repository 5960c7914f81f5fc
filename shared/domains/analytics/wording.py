"""Numbers as people read them. Pure."""


def number(value: float, unit: str = "count") -> str:
    """A number in words: parts in per cent, all else with as many places as its size has a use for, and never as a
    power of ten."""
    if unit == "ratio":
        return f"{value:.1%}"
    size = abs(value)
    if size >= 100 or value == round(value):
        return f"{value:,.0f}"
    places = 1 if size >= 10 else 2 if size >= 1 else 6
    return f"{value:.{places}f}".rstrip("0").rstrip(".")
