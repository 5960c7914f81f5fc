"""Several prompts, one after the other: each is answered by a language model that sees the earlier answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, StringConstraints

from shared.domains.content.brief import FACTS, VOICE, Brief
from shared.domains.content.generators.llm import fenced_prompt
from shared.errors import AppError
from shared.providers import llm
from shared.providers.llm.base import Message

MAX_ANSWER = 12_000
_MAX_EARLIER = 30_000  # characters of earlier answers that a prompt comes with: the latest
_ROLE = (
    "You work through a playbook with its user, one prompt at a time; earlier prompts and your answers are given. "
    "Answer the last prompt completely, in Markdown without a title, in the language of the user's input. "
    "What a prompt asks you to wait for will not come: go on with what you have, and say what is missing. "
    "A name in braces has no value: work with what fits the input best, and say that you assume it."
)


@dataclass(frozen=True)
class Step:
    title: str
    prompt: str


@dataclass(frozen=True)
class Series:
    """The answers in the order of the prompts; with a `problem`, those before it."""

    answers: list[str]
    generator: str
    problem: AppError | None = None


class _Answer(BaseModel):
    answer: Annotated[str, StringConstraints(min_length=1, max_length=MAX_ANSWER)]


def run(steps: Sequence[Step], brief: Brief) -> Series | None:
    """A call of the model for each step; None where no model is configured.

    `brief` brings persona, prospect and knowledge. A refusal of the first step is raised; a later one ends the
    series, and what was answered until then is kept.
    """
    model = llm.configured()
    if model is None:
        return None
    rules, about = fenced_prompt.question("What is known beside the prompts:", _blocks(brief))
    opening = [
        Message("system", f"{_ROLE} {rules}"),
        *([Message("user", about)] if any(_blocks(brief).values()) else []),
    ]
    answers: list[str] = []
    for step in steps:
        earlier = _latest(steps, answers)
        try:
            asked = [*opening, *earlier, Message("user", f"{step.title}\n\n{step.prompt}")]
            answers.append(model.structured(asked, _Answer).answer.strip())
        except AppError as error:
            if not answers:
                raise
            return Series(answers, f"llm:{model.name}", error)
    return Series(answers, f"llm:{model.name}")


def _blocks(brief: Brief) -> dict[str, object]:
    return {
        "persona": brief.persona.model_dump(mode="json", include=VOICE) if brief.persona else None,
        "prospect": brief.prospect.model_dump(mode="json", include=FACTS, exclude_none=True)
        if brief.prospect
        else None,
        "knowledge": [{"from": fact.source.title, "says": fact.passage} for fact in brief.knowledge],
    }


def _latest(steps: Sequence[Step], answers: Sequence[str]) -> list[Message]:
    """The latest prompts and answers that fit, in order."""
    room, shown = _MAX_EARLIER, list[Message]()
    for step, answer in reversed(list(zip(steps, answers, strict=False))):
        room -= len(answer)
        if room < 0:
            break
        shown = [Message("user", f"{step.title}\n\n{step.prompt}"), Message("assistant", answer), *shown]
    return shown
