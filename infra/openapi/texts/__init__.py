"""What every field of the API means, for its readers: units, what null means, what the server sets.

Ranges, defaults and forms are added from the schemas. A text belongs to the models that its table names, or in `common`
to every field of that name; a model's own description of a field is good without one here.
"""

from collections.abc import Iterator, Mapping

from infra.openapi.texts import automations, content, executions, knowledge, outreach, prospects, workspace
from infra.openapi.texts.common import COMMON, NEXT_CURSOR, PATHS, ROWS, SEARCHED, TOTAL

__all__ = ["NEXT_CURSOR", "ROWS", "SEARCHED", "TOTAL", "of_field", "of_path", "rows"]


# By the schemas that share a table, then by field.
_DOMAINS: tuple[Mapping[str, Mapping[str, str]], ...] = tuple(
    module.TEXTS for module in (automations, content, executions, knowledge, outreach, prospects, workspace)
)


def rows() -> Iterator[tuple[str, str, str]]:
    """The names of the schemas that share a text, the field, and the text."""
    for domain in _DOMAINS:
        for names, texts in domain.items():
            for field, text in texts.items():
                yield names, field, text


_TEXTS = {(name, field): text for names, field, text in rows() for name in names.split()}


def of_field(schema: str, field: str, own: str | None) -> str:
    """The schema's text for the field, the model's own, or the common one; empty if there is none."""
    return _TEXTS.get((schema, field)) or own or COMMON.get(field, "")


def of_path(path: str, parameter: str) -> str:
    """What the parameter of a path names; empty if there is no text."""
    return PATHS.get(path[: path.index(f"{{{parameter}}}")] + f"{{{parameter}}}", "")
