"""The names that conditions and placeholders may use, checked when a definition is written.

A condition on a name that no run gives could never hold, and a text with one would have a hole: both
are told to whoever writes them, not found out by the run.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from shared.automations.actions.action import Condition
from shared.automations.catalog.registry import action_named
from shared.automations.definitions import expressions, program
from shared.automations.definitions.expressions import Named
from shared.automations.definitions.models import Step
from shared.automations.triggers import TRIGGERS
from shared.errors import Invalid


def subject(collection: str | None) -> str:
    """What a run calls the document that started it: prospects -> prospect."""
    return (collection or "input").rstrip("s")


OF_AN_EVENT = frozenset({"before", "after"})
OF_A_RUN = OF_AN_EVENT | {subject(trigger.collection) for trigger in TRIGGERS.values()}
OF_A_RUN |= {"event", "trigger", "steps", "vars", "automation", "execution", "now"}
_OF_A_LOOP = frozenset({"item", "index"})
_OF_A_PLACE = _OF_A_LOOP | {"vars"}


def check_filter(field: str, source: str) -> None:
    """Raises Invalid."""
    _Scope(OF_AN_EVENT).check(field, expressions.condition, source)


def check_steps(field: str, steps: Sequence[Step]) -> None:
    """Conditions and placeholders of all steps, those within others included. Raises Invalid for the first."""
    ids = frozenset(instruction.step.id for instruction in program.compiled(steps))
    _check_block(field, steps, _Scope(OF_A_RUN, ids))


@dataclass(frozen=True)
class _Scope:
    names: frozenset[str]
    steps: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()  # the steps that may have run by then

    def after(self, *steps: Step) -> "_Scope":
        ids = frozenset(instruction.step.id for instruction in program.compiled(steps))
        return replace(self, done=self.done | ids)

    def check(self, field: str, read: Callable[[str], Named], source: str, *, secret: bool = False) -> None:
        """Raises Invalid where the text cannot be read, or names what is not there."""
        try:
            found = read(source)
        except Invalid as error:
            raise Invalid.at(field, "the placeholder in it cannot be read" if secret else error.detail) from error
        if unknown := sorted(found.variables - self.names):
            raise Invalid.at(field, f"unknown name {unknown[0]}; use one of {', '.join(sorted(self.names))}")
        if "steps" in found.variables and (unknown := sorted(found.steps - self.steps)):
            known = ", ".join(sorted(self.steps))
            raise Invalid.at(field, f"there is no step {unknown[0]}; the steps are {known}")
        if "steps" in found.variables and (later := sorted(found.steps - self.done)):
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
        # It is evaluated where the event happens, which knows the run but not its place in it.
        known = replace(scope, names=scope.names - _OF_A_PLACE)
        known.check(f"{field}.config.{condition.field}", expressions.condition, condition.source)
    for name, text in _placeholders(step):
        scope.check(f"{field}.config.{name}", expressions.placeholders, text, secret=name in action.secrets)
    inner = replace(scope, done=scope.done | {step.id})
    if action.repeats:  # where the steps of an earlier item have run
        inner = replace(inner.after(step), names=scope.names | _OF_A_LOOP)
    for name, block in program.nested(step):
        _check_block(f"{field}.config.{name}", block, inner)
    _check_block(f"{field}.on_error_steps", program.handler(step), scope.after(step))


def used(step: Step) -> Named:
    """The variables and steps that the step itself uses, those of steps within it left out; a text that cannot be read
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
    """Those of them that say which of the awaited events count."""
    return [awaited.match for awaited in action_named(step.action).awaits(step.config) if awaited.match]


def _placeholders(step: Step) -> Iterator[tuple[str, str]]:
    """The texts among a step's settings in which placeholders are filled, each with its setting."""
    verbatim = action_named(step.action).verbatim | {condition.field for condition in _conditions(step)}
    for name, value in step.config.items():
        for text in _texts(value) if name not in verbatim else ():
            yield name, text


def _texts(value: Any) -> Iterator[str]:
    """The texts with placeholders in a setting."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for child in value:
            yield from _texts(child)
    elif isinstance(value, str) and "{" in value:
        yield value
