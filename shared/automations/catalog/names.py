"""Checks the names that conditions and placeholders of a definition use when the definition is written.

A condition on a name that no execution defines could never hold, and a text with such a placeholder would have a gap:
the author gets an error for both, before any execution fails by it.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache

from shared.automations.actions.action import Condition
from shared.automations.catalog.registry import action_named
from shared.automations.definitions import expressions, program
from shared.automations.definitions.documents import noun_of
from shared.automations.definitions.expressions import Named
from shared.automations.definitions.models import Step
from shared.automations.triggers import TRIGGERS
from shared.errors import Invalid


def subject(collection: str | None) -> str:
    """The name by which expressions know the document of an event: prospects -> prospect."""
    return noun_of(collection or "input")


EVENT_NAMES = frozenset({"before", "after"})
EXECUTION_NAMES = EVENT_NAMES | {subject(trigger.collection) for trigger in TRIGGERS.values()}
EXECUTION_NAMES |= {"event", "trigger", "steps", "vars", "automation", "execution", "now"}
_LOOP_NAMES = frozenset({"item", "index"})
_POSITION_NAMES = _LOOP_NAMES | {"vars"}


def check_filter(field: str, source: str) -> None:
    """Raises Invalid for a filter that names anything but the document before and after."""
    _Scope(EVENT_NAMES).check(field, expressions.condition, source)


def check_steps(field: str, steps: Sequence[Step]) -> None:
    """Raises Invalid for the first unknown name in conditions or placeholders of the steps and of those within them."""
    ids = frozenset(instruction.step.id for instruction in program.compiled(steps))
    _check_block(field, steps, _Scope(EXECUTION_NAMES, ids))


@dataclass(frozen=True)
class _Scope:
    names: frozenset[str]
    steps: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()  # the steps that may have run by then

    def after(self, *steps: Step) -> "_Scope":
        """The scope of a step that comes after the given ones."""
        ids = frozenset(instruction.step.id for instruction in program.compiled(steps))
        return replace(self, done=self.done | ids)

    def check(self, field: str, read: Callable[[str], Named], source: str, *, secret: bool = False) -> None:
        """Raises Invalid for a text that cannot be parsed, or that uses an unknown name."""
        try:
            named = read(source)
        except Invalid as error:
            raise Invalid.at(field, "the placeholder in it cannot be read" if secret else error.detail) from error
        if unknown := sorted(named.variables - self.names):
            raise Invalid.at(field, f"unknown name {unknown[0]}; use one of {', '.join(sorted(self.names))}")
        if "steps" in named.variables and (unknown := sorted(named.steps - self.steps)):
            ids = ", ".join(sorted(self.steps))
            raise Invalid.at(field, f"there is no step {unknown[0]}; the steps are {ids}")
        if "steps" in named.variables and (later := sorted(named.steps - self.done)):
            raise Invalid.at(field, f"step {later[0]} has not run by then; name a step that comes before this one")


def _check_block(field: str, steps: Sequence[Step], scope: _Scope) -> None:
    for position, step in enumerate(steps):
        _check_step(f"{field}.{position}", step, scope)
        scope = scope.after(step)


def _check_step(field: str, step: Step, scope: _Scope) -> None:
    if step.when:
        scope.check(f"{field}.when", expressions.condition, step.when)
    action = action_named(step.action)
    for condition in action.conditions(step.config):
        scope.check(f"{field}.config.{condition.field}", expressions.condition, condition.source)
    for condition in _matches(step):
        # A match is evaluated when the event happens, for an execution but not for a position within it.
        without_position = replace(scope, names=scope.names - _POSITION_NAMES)
        without_position.check(f"{field}.config.{condition.field}", expressions.condition, condition.source)
    for name, text in _placeholders(step):
        scope.check(f"{field}.config.{name}", expressions.placeholders, text, secret=name in action.secrets)
    inner = replace(scope, done=scope.done | {step.id})
    if action.repeats:  # the steps of an earlier item have run
        inner = replace(inner.after(step), names=scope.names | _LOOP_NAMES)
    for name, block in program.nested(step):
        _check_block(f"{field}.config.{name}", block, inner)
    _check_block(f"{field}.on_error_steps", program.handler(step), scope.after(step))


def used(step: Step) -> Named:
    """The variables and steps that a step's texts use, without those of steps within it; a text that cannot be parsed
    uses none."""
    conditions = [step.when] if step.when else []
    conditions += [condition.source for condition in _conditions(step)]
    return _used(tuple(conditions), tuple(text for _, text in _placeholders(step)))


@lru_cache(maxsize=512)
def _used(conditions: tuple[str, ...], texts: tuple[str, ...]) -> Named:
    parts: list[Named] = []
    for read, sources in ((expressions.condition, conditions), (expressions.placeholders, texts)):
        for source in sources:
            with suppress(Invalid):
                parts.append(read(source))
    return Named(
        variables={name for part in parts for name in part.variables},
        steps={id for part in parts for id in part.steps},
        all_steps=any(part.all_steps for part in parts),
    )


def _conditions(step: Step) -> list[Condition]:
    """The CEL expressions among a step's settings."""
    return [*action_named(step.action).conditions(step.config), *_matches(step)]


def _matches(step: Step) -> list[Condition]:
    """The conditions of a step that select which of the awaited events count."""
    return [awaited.match for awaited in action_named(step.action).awaits(step.config) if awaited.match]


def _placeholders(step: Step) -> Iterator[tuple[str, str]]:
    """The texts among a step's settings in which placeholders are filled, each with its setting."""
    verbatim = action_named(step.action).verbatim | {condition.field for condition in _conditions(step)}
    for name, value in step.config.items():
        for text in _texts(value) if name not in verbatim else ():
            yield name, text


def _texts(value: object) -> Iterator[str]:
    """The texts with placeholders in a setting."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for child in value:
            yield from _texts(child)
    elif isinstance(value, str) and "{" in value:
        yield value
