"""The names of a dimension's values, as people know them: of a template its name, not its id."""

from collections import Counter
from collections.abc import Sequence

from shared.domains.analytics import repository
from shared.domains.analytics.cells import NONE, OTHER, parts_of


def names(uid: str, keys: Sequence[str]) -> dict[str, str]:
    """A name for each key: one round trip, a read for each value that is a document's id. What was deleted is called
    so. Where two have the same name, their values tell them apart."""
    values = {key: parts_of(key) for key in keys}
    stored = repository.names_of(uid, [parts for parts in values.values() if parts[1] not in (NONE, OTHER)])
    named = {key: stored.get(parts) or _plain(*parts) for key, parts in values.items()}
    often = Counter(named.values())
    return {key: f"{name} ({values[key][1]})" if often[name] > 1 else name for key, name in named.items()}


def _plain(dimension: str, value: str) -> str:
    if value == NONE:
        return f"no {dimension}"
    if value == OTHER:
        return "all others"
    if dimension in repository.NAMED:
        return f"deleted {dimension} {value}"
    return value.replace("_", " ") if dimension in ("kind", "cause") else value
