"""CEL conditions and sandboxed placeholders: a user's text is evaluated once, and cannot do anything.

CEL is the language of Firestore rules and Eventarc filters: no loops, no calls, always ends.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from math import isfinite
from typing import Any

from shared.errors import Invalid

MAX_RENDERED = 20_000
_LARGEST = 2**63  # of Firestore's integers
_BOUND = re.compile(r"\.(?:all|exists|exists_one|filter|map)\(\s*(\w+)\s*,")  # by a macro, for the items of a list


@lru_cache(maxsize=512)
def _program(source: str) -> Any:
    import cel

    return cel.compile(source)


def names(source: str) -> set[str]:
    """The variables that a condition names. Raises Invalid if it cannot be parsed."""
    try:
        program = _program(source)
    except Exception as error:  # the binding raises its own, undocumented types
        raise Invalid(f"`{source}` is not a valid CEL expression") from error
    return set(program.variables()) - set(_BOUND.findall(source))


def value(source: str, variables: Mapping[str, Any]) -> Any:
    """What the expression gives. Raises Invalid where it cannot be evaluated."""
    try:
        return _stored(_program(source).execute(dict(variables)))
    except KeyError as error:
        raise Invalid(f"`{source}` cannot be evaluated on this data: there is no {error.args[0]}.") from error
    except TypeError as error:
        raise Invalid(f"`{source}` cannot be evaluated on this data: a value is of another kind, or empty.") from error
    except Exception as error:
        raise Invalid(f"`{source}` cannot be evaluated on this data.") from error


def holds(source: str, variables: Mapping[str, Any]) -> bool:
    """Whether the condition is true. Raises Invalid where it cannot be evaluated or is no yes or no."""
    found = value(source, variables)
    if not isinstance(found, bool):
        raise Invalid(f"The condition `{source}` must be true or false.")
    return found


@lru_cache(maxsize=1)
def _environment() -> Any:
    from shared.automations.templating import Sandbox

    return Sandbox()


def placeholders(text: str) -> set[str]:
    """The variables that a text's placeholders name. Raises Invalid if they cannot be read."""
    from jinja2 import TemplateSyntaxError, meta

    try:
        return meta.find_undeclared_variables(_environment().parse(text))
    except TemplateSyntaxError as error:
        raise Invalid(
            f"the placeholder in “{text[:80]}” cannot be read: {(error.message or '').rstrip('.')}"
        ) from error


def render(value: Any, variables: Mapping[str, Any]) -> Any:
    """Fill the placeholders of a configuration. What is inserted is never evaluated again.

    A text that is nothing but one placeholder becomes the list or the object that it names.
    """
    if isinstance(value, dict):
        return {key: render(child, variables) for key, child in value.items()}
    if isinstance(value, list):
        return [render(child, variables) for child in value]
    if not isinstance(value, str) or "{" not in value:
        return value
    from jinja2 import UndefinedError

    try:
        if (whole := _whole(value, variables)) is not None:
            return whole
        text: str = _stored(_environment().from_string(value).render(variables))
    except (Invalid, UndefinedError) as error:
        raise Invalid(f"The placeholder in “{value[:80]}” cannot be filled: {error}") from error
    except Exception as error:  # a template can fail in any way its author can think of
        raise Invalid(f"The placeholder in “{value[:80]}” cannot be filled.") from error
    return text[:MAX_RENDERED]


def _whole(text: str, variables: Mapping[str, Any]) -> dict[str, Any] | list[Any] | None:
    stripped = text.strip()
    if not (stripped.startswith("{{") and stripped.endswith("}}") and stripped.count("{{") == 1):
        return None
    found = _environment().compile_expression(stripped[2:-2])(**variables)
    return _stored(found) if isinstance(found, dict | list) else None


def _stored(value: Any) -> Any:
    """What was computed, as a document keeps it. Raises ValueError for what none can: a step fails by it."""
    match value:
        case dict():
            return {str(name): _stored(child) for name, child in value.items()}
        case list() | tuple():
            return [_stored(child) for child in value]
        case str():
            value.encode()  # half a surrogate pair is no text
        case None | bool() | datetime() | bytes():
            pass
        case int() if abs(value) < _LARGEST:
            pass
        case float() if isfinite(value):
            pass
        case _:
            raise ValueError(f"{type(value).__name__} cannot be stored")
    return value
