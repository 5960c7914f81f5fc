"""The names that conditions and placeholders may use, checked when a definition is written.

A condition on a name that no run gives could never hold, and a text with one would have a hole: both
are told to whoever writes them, not found out by the run.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shared.automations import expressions, program
from shared.automations.actions import ACTIONS
from shared.automations.models import Step
from shared.automations.triggers import TRIGGERS
from shared.errors import Invalid

_STEP = re.compile(r"\bsteps(?:\.([A-Za-z]\w*)\b(?!\s*\()|\[\s*['\"]([\w-]+)['\"]\s*\])")


def subject(collection: str | None) -> str:
    """What a run calls the document that started it: prospects -> prospect."""
    return (collection or "input").rstrip("s")


OF_AN_EVENT = frozenset({"before", "after"})
OF_A_RUN = OF_AN_EVENT | {subject(trigger.collection) for trigger in TRIGGERS.values()}
OF_A_RUN |= {"event", "trigger", "steps", "vars", "automation", "execution", "now"}
_OF_A_LOOP = frozenset({"item", "index"})


def check_filter(field: str, source: str) -> None:
    """Raises Invalid."""
    _Scope(OF_AN_EVENT).check(field, source, expressions.names)


def check_steps(field: str, steps: Sequence[Step]) -> None:
    """Conditions and placeholders of all steps, those within others included. Raises Invalid for the first."""
    ids = frozenset(instruction.step.id for instruction in program.compiled(steps))
    _check_block(field, steps, _Scope(OF_A_RUN, ids))


@dataclass(frozen=True)
class _Scope:
    names: frozenset[str]
    steps: frozenset[str] = frozenset()

    def check(self, field: str, source: str, named: Any) -> None:
        """Raises Invalid where the text cannot be read, or names what is not there."""
        try:
            found = named(source)
        except Invalid as error:
            raise Invalid.at(field, error.detail) from error
        if unknown := sorted(found - self.names):
            raise Invalid.at(field, f"unknown name {unknown[0]}; use one of {', '.join(sorted(self.names))}")
        mentioned = {dotted or quoted for dotted, quoted in _STEP.findall(source)} if "steps" in found else set()
        if unknown := sorted(mentioned - self.steps):
            raise Invalid.at(field, f"there is no step {unknown[0]}; the steps are {', '.join(sorted(self.steps))}")


def _check_block(field: str, steps: Sequence[Step], scope: _Scope) -> None:
    for position, step in enumerate(steps):
        _check_step(f"{field}.{position}", step, scope)


def _check_step(field: str, step: Step, scope: _Scope) -> None:
    if step.when:
        scope.check(f"{field}.when", step.when, expressions.names)
    conditions = dict(_conditions(step))
    for name, source in conditions.items():
        known = scope.names - {"vars"} if name == "match" else scope.names  # it is not evaluated by a step
        replace(scope, names=known).check(f"{field}.config.{name}", source, expressions.names)
    verbatim = ACTIONS[step.action].verbatim | conditions.keys()
    for name, value in step.config.items():
        for text in _texts(value) if name not in verbatim else ():
            scope.check(f"{field}.config.{name}", text, expressions.placeholders)
    inner = replace(scope, names=scope.names | _OF_A_LOOP) if step.action == "for_each" else scope
    for name, block in program.blocks(step.action, step.config):
        _check_block(f"{field}.config.{name}", [Step.model_validate(one) for one in block], inner)
    handler = [Step.model_validate(one.model_dump()) for one in step.on_error_steps]
    _check_block(f"{field}.on_error_steps", handler, scope)


def _conditions(step: Step) -> Iterator[tuple[str, str]]:
    """The CEL expressions among a step's settings."""
    for number, case in enumerate(step.config.get("cases", []) if step.action == "branch" else []):
        yield f"cases.{number}.when", case["when"]
    if step.action == "wait_for_event" and step.config.get("match"):
        yield "match", step.config["match"]
    items = step.config.get("items")
    if step.action == "for_each" and isinstance(items, str) and "{{" not in items:
        yield "items", items


def _texts(value: Any) -> Iterator[str]:
    """The texts with placeholders in a setting."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for child in value:
            yield from _texts(child)
    elif isinstance(value, str) and "{" in value:
        yield value
