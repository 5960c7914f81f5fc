"""The language model's generator: builds the prompts and checks every answer before it becomes a draft."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field, StringConstraints, field_validator

from shared.domains.content.addresses import find_addresses
from shared.domains.content.brief import Brief, visible_persona, visible_prospect
from shared.domains.content.formats import FORMATS
from shared.domains.content.generators.base import Draft
from shared.domains.content.generators.llm import fenced_prompt, streaming
from shared.domains.content.generators.llm.task import writing_task
from shared.domains.content.prospect_fit import Analysis
from shared.domains.personas.models import Persona
from shared.domains.prospects.models import Prospect
from shared.kit.schema import Model
from shared.providers.llm.base import LanguageModel, Message

T = TypeVar("T", bound=BaseModel)
_PUBLIC_PROSPECT_FIELDS = {"job_title", "tags", "pain_points"}  # fields that many prospects share
_ROLE = "You write for a salesperson, and judge for one."


class _Written(Model):
    text: Annotated[str, StringConstraints(min_length=1, max_length=50_000)]
    subject: Annotated[str, StringConstraints(max_length=200)] | None = None
    hashtags: Annotated[list[str], Field(max_length=10)] = []
    knowledge_used: Annotated[list[int], Field(max_length=20)] = []  # the numbers of the facts that the text uses


class _Sentences(Model):
    sentences: Annotated[list[str], Field(min_length=1)]


class _Answer(Model):
    pieces: list[_Written]


class LlmGenerator:
    """Writes with a language model; its name is the model's name after `llm:`."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self.name = f"llm:{model.name}"

    def analyze(self, prospect: Prospect, persona: Persona | None) -> Analysis:
        """Asks the model how well the prospect fits the persona's offer."""
        blocks = {"persona": _persona_block(persona), "prospect": visible_prospect(prospect)}
        return self._ask("Judge how well this prospect fits the persona's offer.", blocks, Analysis)

    def write(self, brief: Brief) -> list[Draft]:
        """Asks the model for all variants of the brief in one call."""
        answer = self._ask(writing_task(brief), _blocks(brief), _answer_type(brief))
        return [_draft(brief, written) for written in answer.pieces]

    def stream(self, brief: Brief) -> Iterator[str | Draft]:
        """Streams the first variant of the brief."""
        task = writing_task(brief, streamed=True)
        rules, prompt = fenced_prompt.build_prompt(task, _blocks(brief), fenced_prompt.AS_TEXT)
        chunks = self._model.stream([Message("system", f"{_ROLE} {rules}"), Message("user", prompt)])
        return streaming.stream_draft(brief, chunks, trusted=_trusted_addresses(brief))

    def summarize(self, texts: Sequence[str], sentences: int) -> list[str]:
        """Asks the model to summarize the texts."""
        task = f"Say what the texts say, in at most {sentences} sentences, one an entry, the most important first."
        return self._ask(task, {"texts": list(texts)}, _Sentences).sentences[:sentences]

    def _ask(self, task: str, blocks: Mapping[str, Any], answer_type: type[T]) -> T:
        rules, prompt = fenced_prompt.build_prompt(task, blocks)
        return self._model.structured([Message("system", f"{_ROLE} {rules}"), Message("user", prompt)], answer_type)


def _blocks(brief: Brief) -> dict[str, Any]:
    """The brief's data for the prompt, by the names that the task uses for them."""
    return {
        "persona": _persona_block(brief.persona),
        "prospect": _prospect_block(brief),
        "knowledge": [
            {"number": n, "from": fact.source.title, "says": fact.passage}
            for n, fact in enumerate(brief.facts, start=1)
        ],
        "topic": brief.topic,
        "given": {section.heading: list(section.lines) for section in brief.sections},
        "wishes": brief.instructions,
        "text": brief.template_text,
    }


def _persona_block(persona: Persona | None) -> dict[str, Any]:
    return visible_persona(persona) if persona else {}


def _prospect_block(brief: Brief) -> dict[str, Any]:
    """The prospect's fields; for a post, which is public, only those that many prospects share."""
    if brief.prospect is None:
        return {}
    is_public = FORMATS[brief.kind].family == "post"
    fields = visible_prospect(brief.prospect)
    return {name: value for name, value in fields.items() if not is_public or name in _PUBLIC_PROSPECT_FIELDS}


def _answer_type(brief: Brief) -> type[_Answer]:
    """The type of the model's answer: as many pieces as the brief wants variants, with trusted addresses alone."""
    trusted = _trusted_addresses(brief)

    class Answer(_Answer):
        pieces: Annotated[list[_Written], Field(min_length=brief.variants, max_length=brief.variants)]

        @field_validator("pieces")
        @classmethod
        def _has_trusted_addresses_alone(cls, pieces: list[_Written]) -> list[_Written]:
            texts = (f"{piece.subject or ''} {piece.text}" for piece in pieces)
            foreign = {address for text in texts for address in find_addresses(text)} - trusted
            if foreign:
                raise ValueError(f"leave out the addresses {', '.join(sorted(foreign)[:5])}: they come from data")
            return pieces

    return Answer


def _trusted_addresses(brief: Brief) -> set[str]:
    """The addresses in the user's own words, and the prospect's own; those in facts are not trusted."""
    prospect, persona = brief.prospect, brief.persona
    prospect_addresses = [prospect.email, prospect.website, prospect.linkedin] if prospect else []
    persona_text = json.dumps(visible_persona(persona), ensure_ascii=False) if persona else ""
    lines = [line for section in brief.sections for line in section.lines]
    request = [brief.topic, brief.instructions, brief.template_text]
    return find_addresses(" ".join([*request, persona_text, *lines, *filter(None, prospect_addresses)]))


def _draft(brief: Brief, written: _Written) -> Draft:
    numbers = dict.fromkeys(n for n in written.knowledge_used if 1 <= n <= len(brief.facts))
    subject = " ".join((written.subject or "").split())
    return Draft(
        text=written.text,
        subject=subject or None,
        hashtags=[tag.lstrip("#") for tag in written.hashtags],
        sources=[brief.facts[n - 1].source for n in numbers],
    )
