"""The span of a step that is attempted, resumed or performed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from shared import tracing
from shared.automations.definitions.models import Step
from shared.automations.runs.models import Execution
from shared.tracing import Span


@dataclass
class StepSpan:
    """A step under way, and the seconds that it has taken once it is over."""

    span: Span
    seconds: float = 0.0

    def came_to(self, result: Any) -> None:
        """Tell what became of it: the kind of its result, and of a failure the error's code."""
        error = getattr(result, "error", None)
        outcome = type(result).__name__.lower() if result else "waiting"
        self.span.set({"outcome": outcome, "error.type": error.code if error else None})


@contextmanager
def of_step(execution: Execution, step: Step) -> Iterator[StepSpan]:
    attributes: dict[str, str | int] = {"execution_id": execution.id, "step": step.id, "action": step.action}
    attributes["attempt"] = len(execution.attempts) + 1
    began = perf_counter()
    with tracing.span(f"step {step.action}", attributes=attributes) as span:
        watch = StepSpan(span)
        try:
            yield watch
        finally:
            watch.seconds = perf_counter() - began
