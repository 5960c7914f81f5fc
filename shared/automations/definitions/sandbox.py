"""Fills placeholders in a Jinja sandbox: undefined names raise; numbers, widths and texts are bounded here, the work by
`metering`."""

import json
from collections.abc import Callable, ItemsView, Iterable, Iterator, KeysView, ValuesView
from datetime import UTC, datetime
from functools import wraps
from typing import Any, cast

from jinja2 import TemplateAssertionError, Undefined, nodes
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from shared.automations.definitions import metering
from shared.errors import Invalid
from shared.kit.patterns import lazy_pattern

_MOST = 20_000  # characters, or items of a list
_MAX_BITS = 4_096
_MAX_RANGE = 1_000
_WIDE = lazy_pattern(r"\d{4,}|\*")  # in a format: a width that is no layout any more
_PADDING = ("batch", "center", "indent", "slice")  # filters whose output is as long as a number says
_PREDEFINED = {"loop", "self", "super", "caller", "varargs", "kwargs"}  # by the template language itself


class _Missing(Undefined):
    """An undefined name: false in a condition, replaced by `default`; inserting it into a text raises."""

    __str__ = Undefined._fail_with_undefined_error

    @property
    def _undefined_message(self) -> str:
        return self._undefined_hint or f"there is no {self._undefined_name}."


def _shown(value: object) -> object:
    """Converts a value that is inserted into a text: nothing for null, JSON for objects and lists."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(plain := listed(value), dict | list):
        return as_json(metering.read(plain))
    if callable(value) and not isinstance(value, Undefined):
        raise Invalid.of("expression", "it names what can be done with a value, not a value.")
    return value


def listed(value: object) -> object:
    """Converts iterators and views, which filters and methods answer, to a list; answers any other value itself."""
    return (
        list(metering.each(value)) if isinstance(value, Iterator | KeysView | ValuesView | ItemsView | range) else value
    )


def as_json(value: object, **options: object) -> str:
    """Formats a value as JSON; moments as the API does."""
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(odd: object) -> str:
    return moment(odd) if isinstance(odd, datetime) else str(odd)


def moment(value: datetime) -> str:
    """Formats a moment as the API does."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > _MAX_RANGE:
        raise Invalid.of("expression", f"range: at most {_MAX_RANGE:,} numbers.")
    return numbers


def _refuse_wide(*values: object) -> None:
    for value in values:
        if isinstance(value, int) and abs(value) > _MOST:
            raise Invalid.of("expression", f"{value:,} is too many; at most {_MOST:,}.")


def _padding(filter: Callable[..., object]) -> Callable[..., object]:
    @wraps(filter)
    def bounded(*args: object, **named: object) -> object:
        _refuse_wide(*args, *named.values())
        return filter(*args, **named)

    return bounded


def _bits(value: object) -> int:
    return value.bit_length() if isinstance(value, int) else 0


class Sandbox(ImmutableSandboxedEnvironment):
    """A Jinja environment that bounds the numbers, texts and work of a template."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, *, strict: bool) -> None:
        super().__init__(autoescape=False, undefined=_Missing if strict else Undefined, finalize=_shown)
        self.globals["range"] = _range
        self.filters |= {name: _padding(self.filters[name]) for name in _PADDING}
        self.policies["json.dumps_function"] = as_json
        del self.filters["format"]  # what it does, `~` and `round` do
        del self.globals["lipsum"]
        metering.install(self)

    def concat(self, parts: Iterable[str]) -> str:
        return metering.joined(parts)

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        tree = metering.Rewriter().visit(source)
        tree.set_environment(self)
        return super()._generate(tree, name, filename, defer_init=defer_init)

    def named(self, text: str) -> tuple[set[str], set[str], bool]:
        """The variables that a text uses, the steps that it names, and whether it goes through all steps.

        Raises TemplateSyntaxError; runs and folds nothing.
        """
        tree = self.parse(text)
        for node in tree.find_all((nodes.Filter, nodes.Test)):
            registered = self.filters if isinstance(node, nodes.Filter) else self.tests
            if node.name not in registered:
                kind = type(node).__name__.lower()
                raise TemplateAssertionError(f"No {kind} named {node.name!r}.", node.lineno)
        every = list(tree.find_all(nodes.Name))
        assigned = {name.name for name in every if name.ctx != "load"}
        assigned |= {macro.name for macro in tree.find_all(nodes.Macro)}
        used = {name.name for name in every if name.ctx == "load"} - assigned - _PREDEFINED - self.globals.keys()
        steps = list(_steps(tree))
        return used, set(steps), sum(name.name == "steps" for name in every) > len(steps)

    def getattr(self, obj: object, attribute: str) -> object:
        """Reads an attribute; a field comes before a method of the same name, such as `items`."""
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def wrap_str_format(self, value: object) -> None:
        """Does nothing, as `is_safe_attribute` refuses `format`."""

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        if isinstance(obj, str) and attr in ("format", "format_map"):
            return False
        return super().is_safe_attribute(obj, attr, value)

    def call(self, context: Context, obj: object, *args: object, **named: object) -> object:
        metering.spend(1)
        owner = getattr(obj, "__self__", None)
        if isinstance(owner, str):
            _refuse_wide(*args, *named.values())
            metering.before_method(owner, getattr(obj, "__name__", ""), [*args, *named.values()])
        if isinstance(obj, LoopContext):  # of a recursive loop
            args = tuple(map(metering.each, cast("tuple[Iterable[object], ...]", args)))
        return super().call(context, obj, *args, **named)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        metering.spend(1)
        if operator == "+":
            metering.read((left, right))
            if isinstance(left, str) and isinstance(right, str):
                metering.bounded(len(left) + len(right))
        if operator == "**" and _bits(left) * abs(right) > _MAX_BITS:
            raise Invalid.of("expression", f"a power of {right} is too large.")
        if operator == "*":
            for whole, times in ((left, right), (right, left)):
                if isinstance(whole, str | list | tuple) and len(whole) * times > _MOST:
                    raise Invalid.of("expression", f"repeated {times} times it is too long.")
            if _bits(left) + _bits(right) > _MAX_BITS:
                raise Invalid.of("expression", "the product is too large.")
        if operator == "%" and isinstance(left, str):
            _check_format(left, right)
        return super().call_binop(context, operator, left, right)


def _check_format(text: str, values: object) -> None:
    """Raises Invalid if the text filled with `%` would be very long."""
    if _WIDE.search(text):
        raise Invalid.of("expression", "the format is too wide.")
    longest = max(
        (len(value) for value in (values if isinstance(values, tuple) else [values]) if isinstance(value, str)),
        default=0,
    )
    metering.read(values)
    metering.bounded(len(text) + text.count("%") * longest)


def _steps(tree: nodes.Template) -> Iterator[str]:
    """The steps that a template names as `steps.x` or `steps['x']`; `steps.items()` names none."""
    called = {id(call.node) for call in tree.find_all(nodes.Call)}
    for part in tree.find_all((nodes.Getattr, nodes.Getitem)):
        if id(part) in called or not (isinstance(part.node, nodes.Name) and part.node.name == "steps"):  # type: ignore[attr-defined]
            continue
        if isinstance(part, nodes.Getattr):
            yield part.attr
        elif isinstance(part, nodes.Getitem) and isinstance(part.arg, nodes.Const):
            yield str(part.arg.value)
