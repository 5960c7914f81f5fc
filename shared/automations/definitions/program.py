"""A definition as a program: steps in one line, with jumps where they are nested. Pure.

A branch knows where each of its cases begins, a loop where its body does; the last step of a body
leads back to the loop. Where a run is, is therefore one number and, within loops, a frame each.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from shared.automations.definitions import declared
from shared.automations.definitions.declared import Block
from shared.automations.definitions.models import Step
from shared.kit.schema import Part


class Frame(Part):
    """A loop under way: its step's place in the program, and which item it is at."""

    at: int
    index: int = 0
    count: int
    failed: int = 0

    def summary(self) -> dict[str, Any]:
        return {"count": self.count, "failed": self.failed}


@dataclass(frozen=True)
class Instruction:
    """One step: where the run goes after it, into it, and when it fails."""

    step: Step
    next: int
    entries: tuple[int, ...] = ()
    handler: int | None = None


Program = Sequence[Instruction]


def blocks(action: str, config: dict[str, Any]) -> Iterable[tuple[str, Block]]:
    """The lists of steps within a step's configuration, each with its field; in the order of `entries`."""
    return declared.action_named(action).blocks(config)


def compiled(steps: Sequence[Step]) -> Program:
    """The program of a definition."""
    size = sum(_size(step) for step in steps)
    placed: dict[int, Instruction] = {}
    _place(placed, steps, 0, leave=size)
    return [placed[at] for at in range(size)]


def nested(step: Step) -> list[tuple[str, list[Step]]]:
    """The steps within a step, each list with its field."""
    return [(name, [Step.model_validate(s) for s in block]) for name, block in blocks(step.action, step.config)]


def _repeats(step: Step) -> bool:
    return declared.action_named(step.action).repeats


def handler(step: Step) -> list[Step]:
    """What is done instead of the step when it has failed."""
    return [Step.model_validate(s.model_dump()) for s in step.on_error_steps]


def _size(step: Step) -> int:
    within = [block for _, block in nested(step)]
    return 1 + sum(_size(inner) for block in [*within, handler(step)] for inner in block)


def _place(placed: dict[int, Instruction], block: Sequence[Step], at: int, *, leave: int) -> None:
    for number, step in enumerate(block):
        following = at + _size(step)
        onward = following if number + 1 < len(block) else leave
        inner, entries = at + 1, []
        for _, body in nested(step):
            entries.append(inner if body else onward)
            _place(placed, body, inner, leave=at if _repeats(step) else onward)
            inner += sum(_size(s) for s in body)
        instead = handler(step)
        _place(placed, instead, inner, leave=onward)
        placed[at] = Instruction(step, onward, tuple(entries), inner if instead else None)
        at = following


def loops_around(program: Program, position: int) -> list[int]:
    """The loops in whose bodies a step is, from the outermost."""
    return [at for at, each in enumerate(program) if _repeats(each.step) and position in _body(each)]


def _body(loop: Instruction) -> range:
    first = loop.entries[0]
    return range(first, first + sum(_size(step) for _, block in nested(loop.step) for step in block))


def key(program: Program, position: int, frames: Sequence[Frame]) -> str:
    """Names one occurrence of a step: its id and, within loops, the numbers of the items."""
    return program[position].step.id + "".join(f"[{frame.index}]" for frame in frames)


def arrive(program: Program, frames: list[Frame], target: int) -> tuple[int, list[Frame]]:
    """Where a run is that goes to `target`, and the loops that ended by it; back at a loop is its next item."""
    ended: list[Frame] = []
    while frames and frames[-1].at == target:
        frames[-1].index += 1
        if frames[-1].index < frames[-1].count:
            return program[target].entries[0], ended
        ended.append(frames.pop())
        target = program[target].next
    return target, ended


def recover(program: Program, frames: list[Frame], position: int) -> int | None:
    """Where a run goes whose step has failed for good; None where it ends.

    The step's own handler or `continue`, else those of the loops around it: `continue` on a loop
    passes over the item. Frames of loops that are left are dropped.
    """
    instruction = program[position]
    if (onward := _after_failure(instruction)) is not None:
        return onward
    while frames:
        loop = program[frames[-1].at]
        if loop.step.on_error == "continue":
            frames[-1].failed += 1
            return frames[-1].at
        frames.pop()
        if (onward := _after_failure(loop)) is not None:
            return onward
    return None


def _after_failure(instruction: Instruction) -> int | None:
    if instruction.step.on_error == "continue":
        return instruction.next
    return instruction.handler if instruction.step.on_error == "branch" else None
