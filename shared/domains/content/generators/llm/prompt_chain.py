"""Answers a chain of prompts with the language model, which sees its earlier answers at each prompt."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import StringConstraints

from shared.domains.content.brief import Brief, visible_persona, visible_prospect
from shared.domains.content.generators.llm import fenced_prompt
from shared.errors import AppError
from shared.kit.schema import Model
from shared.providers import llm
from shared.providers.llm.base import Message

MAX_ANSWER = 12_000
_MAX_EARLIER = 30_000  # characters of earlier answers that the model sees: the latest
_ROLE = (
    "You work through a playbook with its user, one prompt at a time; earlier prompts and your answers are given. "
    "Answer the last prompt completely, in Markdown without a title, in the language of the user's input. "
    "What a prompt asks you to wait for will not come: go on with what you have, and say what is missing. "
    "A name in braces has no value: work with what fits the input best, and say that you assume it."
)


@dataclass(frozen=True)
class ChainStep:
    """A prompt of the chain, with its title."""

    title: str
    prompt: str

    @property
    def message(self) -> Message:
        """The user message that asks the step's prompt."""
        return Message("user", f"{self.title}\n\n{self.prompt}")


@dataclass(frozen=True)
class ChainResult:
    """The answers, in the order of the steps; `error` is the refusal that ended the chain early."""

    answers: list[str]
    generator: str
    error: AppError | None = None


class _Answer(Model):
    answer: Annotated[str, StringConstraints(min_length=1, max_length=MAX_ANSWER)]


def run_chain(steps: Sequence[ChainStep], brief: Brief) -> ChainResult | None:
    """Asks the model each step's prompt: a call each. None where no model is configured.

    The brief's persona, prospect and facts come with every prompt. Raises AppError where the model refuses the first
    step; the refusal of a later step ends the chain, which keeps its answers.
    """
    model = llm.configured()
    if model is None:
        return None
    opening = _opening(brief)
    generator = f"llm:{model.name}"
    answers: list[str] = []
    for step in steps:
        try:
            messages = [*opening, *_earlier(steps, answers), step.message]
            answers.append(model.structured(messages, _Answer).answer.strip())
        except AppError as error:
            if not answers:
                raise
            return ChainResult(answers, generator, error)
    return ChainResult(answers, generator)


def _opening(brief: Brief) -> list[Message]:
    """The system message, and the brief's data where it has any."""
    blocks: dict[str, Any] = {
        "persona": visible_persona(brief.persona) if brief.persona else None,
        "prospect": visible_prospect(brief.prospect) if brief.prospect else None,
        "knowledge": [{"from": fact.source.title, "says": fact.passage} for fact in brief.facts],
    }
    rules, data = fenced_prompt.build_prompt("What is known beside the prompts:", blocks)
    return [Message("system", f"{_ROLE} {rules}"), *([Message("user", data)] if any(blocks.values()) else [])]


def _earlier(steps: Sequence[ChainStep], answers: Sequence[str]) -> list[Message]:
    """The latest prompts with their answers, in order, at most 30,000 characters of answers."""
    room, messages = _MAX_EARLIER, list[Message]()
    for step, answer in reversed(list(zip(steps, answers, strict=False))):
        room -= len(answer)
        if room < 0:
            break
        messages = [step.message, Message("assistant", answer), *messages]
    return messages
