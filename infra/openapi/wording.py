"""Puts a schema's keywords into words (range, form, default, null), which complete the text of each field."""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

NULL_SENT = "null is the same as leaving it out."
_ANSWERED_NULL = re.compile(r"(?<=\.) null: [^.]*\.$")
_FORMS_SENT = {"date": "As YYYY-MM-DD.", "date-time": "RFC 3339, with a time zone."}
_FORMS_ANSWERED = {"date": "As YYYY-MM-DD.", "date-time": "RFC 3339, in UTC."}


def complete(text: str, schema: dict[str, Any], *, sent: bool, null: str = NULL_SENT) -> str:
    """Append a sentence for each limit. A last sentence `null: …` applies to answers; for bodies `null` replaces it."""
    forms, blank, nullable = _alternatives(schema)
    first = forms[0] if forms else {}
    sentences = [_ANSWERED_NULL.sub("", text) if sent else text]
    if sent:
        sentences += _range(first)
    if form := (_FORMS_SENT if sent else _FORMS_ANSWERED).get(first.get("format", "")):
        sentences.append(form)
    if sent and (default := _default(schema)):
        sentences.append(f"Default: {default}.")
    if sent and nullable and null and "null:" not in sentences[0]:
        sentences.append(null)
    if sent and blank:
        sentences.append("An empty text counts as null.")
    return " ".join(sentences)


def null_in_update(entity: type[BaseModel], field: str) -> str:
    """The sentence on what null does in an update: see `Update.changes`."""
    stored = entity.model_fields.get(field)
    clears = stored is not None and stored.get_default() in (None, "", [], {})
    return "null clears it." if clears else "null leaves it as it is."


def _alternatives(schema: dict[str, Any]) -> tuple[list[dict[str, Any]], bool, bool]:
    """The forms that hold a value, whether an empty text is allowed, and whether null is."""
    flat = list(_flattened(schema))
    blanks = [form for form in flat if form.get("maxLength") == 0 or form.get("const") == ""]
    forms = [form for form in flat if form.get("type") != "null" and form not in blanks]
    return forms, bool(blanks), any(form.get("type") == "null" for form in flat)


def _flattened(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "anyOf" not in schema:
        yield schema
    for form in schema.get("anyOf", ()):
        yield from _flattened(form)


def _range(schema: dict[str, Any]) -> list[str]:
    least, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    sentences = [_between(least, schema.get("maximum"), "", above=above)]
    if "format" not in schema:
        sentences.append(_between(schema.get("minLength"), schema.get("maxLength"), " character"))
    sentences.append(_between(schema.get("minItems"), schema.get("maxItems"), " item"))
    if items := _items(schema):
        sentences.append(items)
    return [sentence for sentence in sentences if sentence]


def _items(schema: dict[str, Any]) -> str:
    each = schema.get("items", {})
    between = _between(each.get("minLength"), each.get("maxLength"), " character")
    return f"Each: {between[:1].lower()}{between[1:]}" if between else ""


def _between(low: Any, high: Any, unit: str, *, above: Any = None) -> str:
    counted = unit if not unit or (high if high is not None else low) == 1 else f"{unit}s"
    if low is not None and high is not None:
        return f"{low:,} to {high:,}{counted}." if low != high else f"Exactly {high:,}{counted}."
    if above is not None:
        return f"More than {above:,}{'' if high is None else f', at most {high:,}'}{counted}."
    if high is not None:
        return f"At most {high:,}{counted}."
    return f"At least {low:,}{counted}." if low is not None else ""


def _default(schema: dict[str, Any]) -> str:
    """The default, or nothing where it is null."""
    default = schema.get("default")
    if default is None:
        return ""
    if default in ("", [], {}):
        return "empty"
    if isinstance(default, dict):
        return "that of each of its fields"
    if isinstance(default, str):
        return f"`{default}`"
    return f"{default:,}" if not isinstance(default, bool) else str(default).lower()
