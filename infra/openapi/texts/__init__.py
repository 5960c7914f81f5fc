"""What every field of the API means, for its readers: units, what null means, what the server sets.

Ranges, defaults and forms are added from the schemas. A text belongs to the models that its table names, or in `common`
to every field of that name; a model's own description of a field is good without one here.
"""

from collections.abc import Mapping

from infra.openapi.texts.common import COMMON, NEXT_CURSOR, PATHS, ROWS, SEARCHED, TOTAL

__all__ = ["NEXT_CURSOR", "ROWS", "SEARCHED", "TOTAL", "of_field", "of_path", "tables"]


_DOMAINS: tuple[Mapping[str, Mapping[str, str]], ...] = ()


def tables() -> dict[str, dict[str, str]]:
    """By schema, then by field."""
    found: dict[str, dict[str, str]] = {}
    for table in _DOMAINS:
        for names, texts in table.items():
            for name in names.split():
                found.setdefault(name, {}).update(texts)
    return found


_TABLES = tables()


def of_field(schema: str, field: str, own: str | None) -> str:
    """The schema's text for the field, the model's own, or the common one; empty if there is none."""
    return _TABLES.get(schema, {}).get(field) or own or COMMON.get(field, "")


def of_path(path: str, parameter: str) -> str:
    """What the parameter of a path names; empty if there is no text."""
    return PATHS.get(path[: path.index(f"{{{parameter}}}")] + f"{{{parameter}}}", "")
