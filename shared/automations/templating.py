"""The sandbox that placeholders are filled in: what is missing is said, and nothing can be blown up."""

import json
from typing import Any

from jinja2 import Undefined
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from shared.errors import Invalid

_MAX_REPEATED = 20_000  # characters, or items of a list
_MAX_POWER = 64
_MAX_RANGE = 1_000


class _Missing(Undefined):
    """False in a condition and replaced by `default`; a text that would have a hole instead is refused."""

    __str__ = Undefined._fail_with_undefined_error

    @property
    def _undefined_message(self) -> str:
        return f"there is no {self._undefined_name}."


def _shown(value: Any) -> Any:
    """Nothing for null, JSON for objects and lists."""
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return json.dumps(value, default=str, ensure_ascii=False)
    return value


def _range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > _MAX_RANGE:
        raise Invalid(f"range: at most {_MAX_RANGE:,} numbers.")
    return numbers


class Sandbox(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset({"*", "**"})

    def __init__(self) -> None:
        super().__init__(autoescape=False, undefined=_Missing, finalize=_shown)
        self.globals["range"] = _range

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "**" and abs(right) > _MAX_POWER:
            raise Invalid(f"a power of {right} is too large.")
        if operator == "*":
            for whole, times in ((left, right), (right, left)):
                if isinstance(whole, str | list | tuple) and len(whole) * times > _MAX_REPEATED:
                    raise Invalid(f"repeated {times} times it is too long.")
        return super().call_binop(context, operator, left, right)
