"""Fills a playbook's prompts: as steps for a language model, or as a prompt pack that a person copies."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from shared.domains.content import job_titles
from shared.domains.content.brief import Fact
from shared.domains.content.generators.llm.prompt_chain import ChainStep
from shared.domains.content.phrasing import joined_with_and
from shared.domains.personas.models import Persona
from shared.domains.playbooks.models import LibraryPlaybook, PlaybookInput
from shared.domains.prospects.models import Prospect
from shared.errors import FieldError, Invalid
from shared.kit import firm_names, placeholders
from shared.kit.patterns import lazy_pattern
from shared.kit.personal_names import full_name, is_no_value
from shared.kit.placeholders import Filled, TooLong

GENERATOR_NAME = "local-prompt-pack"
MAX_PACK = 100_000  # characters; a run has to fit into a document of 1 MiB
_ASSIGNMENT = lazy_pattern(r"^[ \t]*([^\W\d][\w -]{0,59}?)[ \t]*[:=][ \t]*(\S.*)$", re.MULTILINE)
_DIVIDER = "\n\n---\n\n"
_PREFACE = (
    "{title}: a prompt pack\n\n"
    "Prepared by the local generator: these are the playbook's prompts filled with your input, not a language "
    "model's answers. Give them to a model of your choice, one after the other in the same conversation."
)
_FACTS_HEADING = "What you know about it already; give it to the model together with the first prompt:\n\n"


def build_pack(playbook: LibraryPlaybook, values: Mapping[str, str], facts: Sequence[Fact]) -> Filled:
    """Builds the pack: the numbered prompts, the facts, and a note on open placeholders. Raises Invalid above 100,000
    characters."""
    steps = [f"{n}. {prompt.title}\n\n{prompt.prompt}" for n, prompt in enumerate(playbook.prompts, start=1)]
    filled = _filled(_DIVIDER.join([_PREFACE.replace("{title}", playbook.name), *steps]), values)
    parts = [filled.text]
    if facts:
        parts.append(_FACTS_HEADING + "\n".join(f"- {fact.quotation}" for fact in facts))
    if filled.missing:
        names = ", ".join(f"{{{name}}}" for name in filled.missing)
        example = f"“{filled.missing[0]}: …”"
        parts.append(f"Still to fill in: {names}. Add lines like {example} to the input to have it done here.")
    return Filled(_DIVIDER.join(parts), filled.missing)


def build_steps(playbook: LibraryPlaybook, values: Mapping[str, str]) -> tuple[list[ChainStep], list[str]]:
    """Fills each prompt; returns the steps and the names of the open placeholders. Raises Invalid for a prompt above
    100,000 characters."""
    filled = [_filled(prompt.prompt, values) for prompt in playbook.prompts]
    steps = [ChainStep(prompt.title, each.text) for prompt, each in zip(playbook.prompts, filled, strict=True)]
    return steps, list(dict.fromkeys(name for each in filled for name in each.missing))


def placeholder_values(data: PlaybookInput, persona: Persona | None, prospect: Prospect | None) -> dict[str, str]:
    """Collects the placeholders' values: from persona and prospect, the input's lines `name: value`, and the metadata.

    The metadata's value takes precedence over a line's, and a line's over that of persona and prospect.
    """
    lines = {_placeholder_name(name): value.strip() for name, value in _ASSIGNMENT.findall(data.input)}
    metadata = {name: value for name, value in data.metadata.items() if _is_text(value)}
    return {**_profile_values(persona, prospect), **lines, **metadata, "input": data.input}


def _filled(text: str, values: Mapping[str, str]) -> Filled:
    try:
        return placeholders.fill_braces(text, values, limit=MAX_PACK)
    except TooLong as error:
        raise Invalid(
            f"input and metadata: {error}; shorten them.", errors=[FieldError("input", str(error))]
        ) from error


def _profile_values(persona: Persona | None, prospect: Prospect | None) -> dict[str, str]:
    values: dict[str, str | None] = {}
    if persona:
        offer, audience = joined_with_and(persona.use_cases), joined_with_and(persona.industry_focus)
        values |= {"tone": persona.outreach_tone, "offer": offer, "audience": audience}
    if prospect:
        company, title = firm_names.spoken(prospect.company), job_titles.spoken(prospect.job_title)
        values |= {"company": company, "name": full_name(prospect.name), "job_title": title}
    return {name: value for name, value in values.items() if value and not is_no_value(value)}


def _placeholder_name(name: str) -> str:
    return re.sub(r"[ -]+", "_", name.strip().lower())


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
