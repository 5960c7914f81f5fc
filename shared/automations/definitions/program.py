"""Compiles a definition to a program: a flat list of its steps, with jumps for nested ones. Pure.

A branch has the position at which each of its cases begins, a loop that of its body; the last step of a body leads back
to the loop. An execution's position is therefore a number and, within loops, a frame for each.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.automations.definitions import declared
from shared.automations.definitions.declared import Block
from shared.automations.definitions.models import Step
from shared.kit.fields import Fields, ReadFields
from shared.kit.schema import Part


class Frame(Part):
    """A loop under way: its step's position in the program, and the index of its present item."""

    at: int
    index: int = 0
    count: int
    failed: int = 0

    def summary(self) -> Fields:
        """The output of the loop's step: how many items there were, and how many failed."""
        return {"count": self.count, "failed": self.failed}


@dataclass(frozen=True)
class Instruction:
    """One step, with the positions that follow it, begin its blocks, and handle its failure."""

    step: Step
    next: int
    entries: tuple[int, ...] = ()
    handler: int | None = None


Program = Sequence[Instruction]


def blocks(action: str, config: ReadFields) -> Iterable[tuple[str, Block]]:
    """The lists of steps within a step's settings, each after its field, in the order of `entries`."""
    return declared.action_named(action).blocks(config)


def compiled(steps: Sequence[Step]) -> Program:
    """Compiles the steps of a definition."""
    size = sum(_size(step) for step in steps)
    placed: dict[int, Instruction] = {}
    _place(placed, steps, 0, leave=size)
    return [placed[at] for at in range(size)]


def nested(step: Step) -> list[tuple[str, list[Step]]]:
    """The lists of steps within a step, each after its field, as models."""
    return [(name, [Step.model_validate(s) for s in block]) for name, block in blocks(step.action, step.config)]


def _repeats(step: Step) -> bool:
    return declared.action_named(step.action).repeats


def handler(step: Step) -> list[Step]:
    """The steps that handle a step's failure."""
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
    """The positions of the loops around a position, from the outermost."""
    return [at for at, each in enumerate(program) if _repeats(each.step) and position in _body(each)]


def _body(loop: Instruction) -> range:
    first = loop.entries[0]
    return range(first, first + sum(_size(step) for _, block in nested(loop.step) for step in block))


def key(program: Program, position: int, frames: Sequence[Frame]) -> str:
    """Names one occurrence of a step: its id and, within loops, the numbers of the items."""
    return program[position].step.id + "".join(f"[{frame.index}]" for frame in frames)


def arrive(program: Program, frames: list[Frame], target: int) -> tuple[int, list[Frame]]:
    """Moves to `target`, or into the next item of a loop that is reached again; answers the position and the loops that
    ended. Changes `frames`."""
    ended: list[Frame] = []
    while frames and frames[-1].at == target:
        frames[-1].index += 1
        if frames[-1].index < frames[-1].count:
            return program[target].entries[0], ended
        ended.append(frames.pop())
        target = program[target].next
    return target, ended


def recover(program: Program, frames: list[Frame], position: int) -> int | None:
    """The position at which an execution goes on after a step's final failure; None if the failure ends it.

    The step's own handler or `continue` decides, else those of the loops around it: `continue` on a loop skips the
    item. Drops the frames of loops that end.
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
