"""Describes every field of the API for its readers: its meaning and unit, null, and whether the server sets it.

`wording` adds ranges, defaults and forms from the schemas. A text belongs to the models that its table names, or in
`common` to every field of that name; a field that its model describes needs no text here.
"""

from collections.abc import Iterator, Mapping

from infra.openapi.texts import (
    analytics,
    automations,
    backtest,
    batch,
    content,
    executions,
    inbox,
    knowledge,
    operators,
    outreach,
    prospects,
    search,
    workspace,
)
from infra.openapi.texts.common import COMMON, NEXT_CURSOR, PATHS, ROWS, SEARCHED, TOTAL

__all__ = ["NEXT_CURSOR", "ROWS", "SEARCHED", "TOTAL", "of_field", "of_path", "rows"]


# By the schemas that share a table, then by field.
_MODULES = (
    analytics,
    automations,
    backtest,
    batch,
    content,
    executions,
    inbox,
    knowledge,
    operators,
    outreach,
    prospects,
    search,
    workspace,
)
_DOMAINS: tuple[Mapping[str, Mapping[str, str]], ...] = tuple(module.TEXTS for module in _MODULES)


def rows() -> Iterator[tuple[str, str, str]]:
    """The names of the schemas that share a text, the field, and the text."""
    for domain in _DOMAINS:
        for names, texts in domain.items():
            for field, text in texts.items():
                yield names, field, text


_TEXTS = {(name, field): text for names, field, text in rows() for name in names.split()}


def of_field(schema: str, field: str, description: str | None) -> str:
    """The text for a schema's field, else the model's description, else the common text; empty if there is none."""
    return _TEXTS.get((schema, field)) or description or COMMON.get(field, "")


def of_path(path: str, parameter: str) -> str:
    """The text for a path's parameter; empty if there is none."""
    return PATHS.get(path[: path.index(f"{{{parameter}}}")] + f"{{{parameter}}}", "")
