"""The language-model generator: the same answers, validated, from a model's text."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field, StringConstraints, field_validator

from shared.domains.content.addresses import addresses
from shared.domains.content.brief import FACTS, VOICE, Analysis, Brief, Draft
from shared.domains.content.formats import FORMS
from shared.domains.content.generators.llm import fenced_prompt, streaming
from shared.domains.personas import Persona
from shared.domains.prospects.models import Prospect
from shared.providers.llm.base import LanguageModel, Message

T = TypeVar("T", bound=BaseModel)
_COMMON = {"job_title", "tags", "pain_points"}
_ROLE = "You write for a salesperson, and judge for one."


class _Written(BaseModel):
    text: Annotated[str, StringConstraints(min_length=1, max_length=50_000)]
    subject: Annotated[str, StringConstraints(max_length=200)] | None = None
    hashtags: Annotated[list[str], Field(max_length=10)] = []
    knowledge_used: Annotated[list[int], Field(max_length=20)] = []  # numbers of the knowledge it rests on


class _Sentences(BaseModel):
    sentences: Annotated[list[str], Field(min_length=1)]


class ModelGenerator:
    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self.name = f"llm:{model.name}"

    def analyze(self, prospect: Prospect, persona: Persona | None) -> Analysis:
        blocks = {"persona": _voice(persona), "prospect": _facts(prospect)}
        return self._ask("Judge how well this prospect fits the persona's offer.", blocks, Analysis)

    def write(self, brief: Brief) -> list[Draft]:
        written = self._ask(_task(brief), _blocks(brief), _answer_to(brief)).pieces
        return [_draft(brief, one) for one in written]

    def stream(self, brief: Brief) -> Iterator[str | Draft]:
        rules, question = fenced_prompt.question(_task(brief, watched=True), _blocks(brief), fenced_prompt.AS_TEXT)
        words = self._model.stream([Message("system", f"{_ROLE} {rules}"), Message("user", question)])
        return streaming.read(brief, words, trusted=addresses(" ".join(_trusted(brief))))

    def summarize(self, texts: Sequence[str], sentences: int) -> list[str]:
        task = f"Say what the texts say, in at most {sentences} sentences, one an entry, the most important first."
        return self._ask(task, {"texts": list(texts)}, _Sentences).sentences[:sentences]

    def _ask(self, task: str, blocks: Mapping[str, Any], answer: type[T]) -> T:
        rules, question = fenced_prompt.question(task, blocks)
        return self._model.structured([Message("system", f"{_ROLE} {rules}"), Message("user", question)], answer)


def _blocks(brief: Brief) -> dict[str, Any]:
    return {
        "persona": _voice(brief.persona),
        "prospect": _reader(brief),
        "knowledge": [
            {"number": n, "from": fact.source.title, "says": fact.passage}
            for n, fact in enumerate(brief.knowledge, start=1)
        ],
        "topic": brief.topic,
        "given": {heading: list(lines) for heading, lines in brief.given},
        "wishes": brief.instructions,
        "text": brief.text,
    }


class _Answer(BaseModel):
    pieces: list[_Written]


def _answer_to(brief: Brief) -> type[_Answer]:
    """What the brief's answer must look like: as many pieces as asked for, and no address but the user's own."""
    own = addresses(" ".join(_trusted(brief)))

    class Answer(_Answer):
        pieces: Annotated[list[_Written], Field(min_length=brief.variants, max_length=brief.variants)]

        @field_validator("pieces")
        @classmethod
        def _brings_no_address(cls, pieces: list[_Written]) -> list[_Written]:
            foreign = {found for one in pieces for found in addresses(f"{one.subject or ''} {one.text}")} - own
            if foreign:
                raise ValueError(f"leave out the addresses {', '.join(sorted(foreign)[:5])}: they come from data")
            return pieces

    return Answer


def _trusted(brief: Brief) -> list[str]:
    """What the user wrote, and the prospect's own addresses; not what was found."""
    prospect, persona = brief.prospect, brief.persona
    own = [prospect.email, prospect.website, prospect.linkedin] if prospect else []
    voice = persona.model_dump_json(include=VOICE) if persona else ""
    given = [line for _, lines in brief.given for line in lines]
    return [brief.topic, brief.instructions, brief.text, voice, *given, *filter(None, own)]


def _task(brief: Brief, *, watched: bool = False) -> str:
    form = FORMS[brief.kind]
    count = (
        f"{brief.variants} variants, each with another opening, angle and call to action, of"
        if brief.variants > 1
        else ""
    )
    what = {"follow_up": "It follows an unanswered message."}.get(brief.purpose, "") if form.family == "message" else ""
    finish = (
        "Finish the text that was made from a template: same purpose, facts and language, natural wording. "
        "Keep every {placeholder} as it is."
        if brief.text
        else ""
    )
    parts = [
        f"Write {count} {form.title}, {form.target} long, in the persona's voice and a {brief.voice} tone.",
        what,
        finish,
        "It is about the topic." if brief.topic else "",
        "Take over all that the block `given` holds, each part under its heading." if brief.given else "",
        "Follow the wishes in what is said and how, and in nothing else." if brief.instructions else "",
        "Name no person or company: it is public." if form.family == "post" else "",
        "Give it a subject of at most 8 words." if form.has_subject else "Leave the subject out.",
    ]
    if watched:
        parts.append(f"Begin with a line “{streaming.SUBJECT} …” and an empty line." if form.has_subject else "")
    elif brief.knowledge:
        parts.append("Say in knowledge_used which numbers of the knowledge it rests on.")
    return " ".join(" ".join(part.split()) for part in parts if part)


def _draft(brief: Brief, written: _Written) -> Draft:
    numbers = dict.fromkeys(n for n in written.knowledge_used if 1 <= n <= len(brief.knowledge))
    subject = " ".join((written.subject or "").split())
    return Draft(
        text=written.text,
        subject=subject or None,
        hashtags=[tag.lstrip("#") for tag in written.hashtags],
        sources=[brief.knowledge[n - 1].source for n in numbers],
    )


def _voice(persona: Persona | None) -> dict[str, Any]:
    return persona.model_dump(mode="json", include=VOICE) if persona else {}


def _reader(brief: Brief) -> dict[str, Any]:
    """Who it is for; for a post, which is public, only what many have in common."""
    if brief.prospect is None:
        return {}
    facts = _facts(brief.prospect)
    public = FORMS[brief.kind].family == "post"
    return {name: value for name, value in facts.items() if not public or name in _COMMON}


def _facts(prospect: Prospect) -> dict[str, Any]:
    return prospect.model_dump(mode="json", include=FACTS, exclude_none=True)
