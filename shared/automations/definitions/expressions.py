"""Evaluates users' CEL conditions and fills their placeholders in a sandbox: a text is evaluated once, without effects.

CEL is the language of Firestore rules and Eventarc filters: no loops, no calls, always ends; `condition_cost` bounds
its time.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from shared.automations.definitions.condition_cost import check_cost
from shared.errors import Invalid
from shared.kit.fields import ReadFields
from shared.kit.patterns import lazy_pattern
from shared.store.large_values import MAX_BYTES

if TYPE_CHECKING:
    import cel

    from shared.automations.definitions.sandbox import Sandbox

_LARGEST = 2**63  # of Firestore's integers
_BOUND = lazy_pattern(r"\.\s*(?:all|exists|exists_one|filter|map)\s*\(\s*(\w+)\s*,")  # the items of a list, by a macro
_TYPES = {"bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint"}
_STEP = lazy_pattern(r"(?<![\w.])steps\s*(?:\.\s*([A-Za-z]\w*)\b(?!\s*\()|\[\s*['\"]([\w-]+)['\"]\s*\])")
_STEPS = lazy_pattern(r"(?<![\w.])steps\b")
_TEXT = lazy_pattern(
    r"(\[\s*(?:\"[^\"]*\"|'[^']*')\s*\])|\"[^\"]*\"|'[^']*'"
)  # in a condition; the key in steps['x'] stays


class Named(NamedTuple):
    """The variables that an expression uses, and the steps that it names; with `all_steps` it goes through them, too,
    as `steps.values()` does."""

    variables: set[str]
    steps: set[str]
    all_steps: bool = False


@lru_cache(maxsize=512)
def _program(source: str) -> "cel.Program":
    import cel

    return cel.compile(source)


def condition(source: str) -> Named:
    """Parses a condition for the names it uses. Raises Invalid."""
    try:
        program = _program(source)
    except Exception as error:  # the binding raises its own, undocumented types
        raise Invalid.of("expression", f"`{source}` is not a valid CEL expression") from error
    check_cost(source, {})
    bare = _TEXT.sub(lambda text: text[1] or "''", source)
    steps = [dotted or quoted for dotted, quoted in _STEP.findall(bare)]
    variables = set(program.variables()) - set(_BOUND.findall(source)) - _TYPES
    return Named(variables, set(steps), all_steps=len(_STEPS.findall(bare)) > len(steps))


def value(source: str, variables: ReadFields) -> Any:
    """Evaluates an expression. Raises Invalid if it cannot be evaluated, or could take too long on these variables."""
    try:
        program = _program(source)
        used = {name: variables[name] for name in program.variables() if name in variables}
        check_cost(source, used)
        return _stored(program.execute(used))
    except Invalid:
        raise
    except KeyError as error:
        raise Invalid.of(
            "expression", f"`{source}` cannot be evaluated on this data: there is no {error.args[0]}."
        ) from error
    except TypeError as error:
        raise Invalid.of(
            "expression", f"`{source}` cannot be evaluated on this data: a value is of another kind, or empty."
        ) from error
    except Exception as error:
        raise Invalid.of("expression", f"`{source}` cannot be evaluated on this data.") from error


def holds(source: str, variables: ReadFields) -> bool:
    """Whether a condition is true. Raises Invalid if it cannot be evaluated, or is neither true nor false."""
    result = value(source, variables)
    if not isinstance(result, bool):
        raise Invalid.of("expression", f"The condition `{source}` must be true or false.")
    return result


@lru_cache(maxsize=2)
def _environment(*, strict: bool = True) -> "Sandbox":
    from shared.automations.definitions.sandbox import Sandbox

    return Sandbox(strict=strict)


def placeholders(text: str) -> Named:
    """Parses a text for the names that its placeholders use. Raises Invalid."""
    from jinja2 import TemplateSyntaxError

    try:
        return Named(*_environment().named(text))
    except TemplateSyntaxError as error:
        why = (error.message or "").rstrip(".")
        raise Invalid.of("expression", f"the placeholder in “{_shown(text)}” cannot be read: {why}") from error
    except (RecursionError, ValueError) as error:
        raise Invalid.of(
            "expression", f"the placeholder in “{_shown(text)}” cannot be read: it is too long or too deep"
        ) from error


@lru_cache(maxsize=512)
def literals(text: str) -> tuple[str, ...]:
    """The parts of a text outside of its placeholders and of `{% raw %}` blocks."""
    from jinja2 import TemplateSyntaxError

    if "{" not in text:
        return (text,)
    words, raw = [], False
    try:
        for _, kind, value in _environment().lex(text):
            raw = kind == "raw_begin" or (raw and kind != "raw_end")
            if kind == "data" and not raw:
                words.append(value)
    except TemplateSyntaxError:
        return (text,)
    return tuple(words)


def render(value: object, variables: ReadFields, *, strict: bool = True, typed: bool = False) -> Any:
    """Fills the placeholders in a setting, at any depth; inserted text is never evaluated again.

    A text that is nothing but one placeholder becomes the list or the object that it names, if `typed` also the number,
    boolean or null. Raises Invalid for a placeholder that cannot be filled; unless `strict`, an undefined name inserts
    nothing.
    """
    if isinstance(value, dict):
        return {key: render(child, variables, strict=strict, typed=typed) for key, child in value.items()}
    if isinstance(value, list):
        return [render(child, variables, strict=strict, typed=typed) for child in value]
    if not isinstance(value, str) or "{" not in value:
        return value
    from jinja2 import UndefinedError

    from shared.automations.definitions.metering import metered

    sandbox = _environment(strict=strict)
    try:
        with metered():
            if whole := _whole(sandbox, value, variables, typed=typed):
                return whole[0]
            text = _text(sandbox.from_string(value).generate(variables))
    except (Invalid, UndefinedError) as error:
        raise Invalid.of("expression", f"The placeholder in “{_shown(value)}” cannot be filled: {error}") from error
    except Exception as error:  # a template can fail in any way its author can think of
        raise Invalid.of("expression", f"The placeholder in “{_shown(value)}” cannot be filled.") from error
    return text


def _text(parts: Iterator[str]) -> str:
    """Joins the parts of a text. Raises Invalid if it is larger than a step's output may be."""
    rendered: list[str] = []
    size = 0
    for part in parts:
        size += len(part.encode())  # half a surrogate pair is no text
        if size > MAX_BYTES:
            raise Invalid.of(
                "expression",
                f"the text would have more than {MAX_BYTES:,} bytes; insert less of the value, or a part of it.",
            )
        rendered.append(part)
    return "".join(rendered)


def _shown(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:80]}…"


def _whole(sandbox: "Sandbox", text: str, variables: ReadFields, *, typed: bool) -> tuple[object] | None:
    """The value of a text that is nothing but one placeholder, in a tuple; None if the text has to be rendered."""
    from jinja2 import TemplateSyntaxError, Undefined

    from shared.automations.definitions.sandbox import listed

    stripped = text.strip()
    if not (stripped.startswith("{{") and stripped.endswith("}}") and stripped.count("{{") == 1):
        return None
    try:
        result = listed(sandbox.compile_expression(stripped[2:-2], undefined_to_none=False)(**variables))
    except TemplateSyntaxError:
        return None  # the text is more than one placeholder
    unrendered: Any = dict | list | bool | int | float | None if typed else dict | list
    return (_stored(result),) if isinstance(result, unrendered) and not isinstance(result, Undefined) else None


def _stored(value: object) -> object:
    """Converts a computed value to one that Firestore stores. Raises ValueError for any other, which fails the step."""
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
