"""A playbook's prompts, filled with the input: what a model is asked, and without one, the pack that a person gets."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from shared.domains.content.brief import Fact
from shared.domains.content.generators.llm.prompt_chain import ChainStep
from shared.domains.content.phrasing import joined_with_and
from shared.domains.personas import Persona
from shared.domains.playbooks.models import LibraryPlaybook, PlaybookInput
from shared.domains.prospects.models import Prospect
from shared.errors import FieldError, Invalid
from shared.kit import placeholders
from shared.kit.personal_names import full_name, is_no_value
from shared.kit.placeholders import Filled, TooLong

NAME = "local-prompt-pack"
MAX_PACK = 100_000  # characters, so that a run is a document of well below 1 MiB
_LINE = re.compile(r"^[ \t]*([^\W\d][\w -]{0,59}?)[ \t]*[:=][ \t]*(\S.*)$", re.MULTILINE)
_RULE = "\n\n---\n\n"
_PREFACE = (
    "{title}: a prompt pack\n\n"
    "Prepared by the local generator: these are the playbook's prompts filled with your input, not a language "
    "model's answers. Give them to a model of your choice, one after the other in the same conversation."
)
_KNOWN = "What you know about it already; give it to the model together with the first prompt:\n\n"


def prepare(playbook: LibraryPlaybook, values: Mapping[str, str], facts: Sequence[Fact]) -> Filled:
    """The numbered prompts as one text. Raises Invalid when the input makes it too long."""
    steps = [f"{n}. {prompt.title}\n\n{prompt.prompt}" for n, prompt in enumerate(playbook.prompts, start=1)]
    filled = _filled(_RULE.join([_PREFACE.replace("{title}", playbook.name), *steps]), values)
    parts = [filled.text]
    if facts:
        parts.append(_KNOWN + "\n".join(f"- {fact.quotation}" for fact in facts))
    if filled.missing:
        open_ones = ", ".join(f"{{{name}}}" for name in filled.missing)
        example = f"“{filled.missing[0]}: …”"
        parts.append(f"Still to fill in: {open_ones}. Add lines like {example} to the input to have it done here.")
    return Filled(_RULE.join(parts), filled.missing)


def steps(playbook: LibraryPlaybook, values: Mapping[str, str]) -> tuple[list[ChainStep], list[str]]:
    """The filled prompts, and the placeholders that have no value. Raises Invalid where one is too long."""
    filled = [_filled(prompt.prompt, values) for prompt in playbook.prompts]
    made = [ChainStep(prompt.title, one.text) for prompt, one in zip(playbook.prompts, filled, strict=True)]
    return made, list(dict.fromkeys(name for one in filled for name in one.missing))


def values_of(data: PlaybookInput, persona: Persona | None, prospect: Prospect | None) -> dict[str, str]:
    """What fills the placeholders: the input's lines and the metadata, then what persona and prospect say."""
    lines = {_variable(name): value.strip() for name, value in _LINE.findall(data.input)}
    given = {name: value for name, value in data.metadata.items() if _is_text(value)}
    return {**_known(persona, prospect), **lines, **given, "input": data.input}


def _filled(text: str, values: Mapping[str, str]) -> Filled:
    try:
        return placeholders.fill_braces(text, values, limit=MAX_PACK)
    except TooLong as error:
        raise Invalid(
            f"input and metadata: {error}; shorten them.", errors=[FieldError("input", str(error))]
        ) from error


def _known(persona: Persona | None, prospect: Prospect | None) -> dict[str, str]:
    said: dict[str, str | None] = {}
    if persona:
        offer, audience = joined_with_and(persona.use_cases), joined_with_and(persona.industry_focus)
        said |= {"tone": persona.outreach_tone, "offer": offer, "audience": audience}
    if prospect:
        said |= {"company": prospect.company, "name": full_name(prospect.name), "job_title": prospect.job_title}
    return {name: value for name, value in said.items() if value and not is_no_value(value)}


def _variable(name: str) -> str:
    return re.sub(r"[ -]+", "_", name.strip().lower())


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
