"""The local generator of playbooks: their prompts, filled with the input. No network, no model, nothing made up."""

import re
from collections.abc import Mapping
from typing import Any

from shared.domains.playbooks.models import LibraryPlaybook, RunInput
from shared.errors import FieldError, Invalid
from shared.kit import placeholders
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


def prepare(playbook: LibraryPlaybook, data: RunInput) -> Filled:
    """The numbered prompts as one text. Raises Invalid when the input makes it too long."""
    steps = [f"{n}. {prompt.title}\n\n{prompt.prompt}" for n, prompt in enumerate(playbook.prompts, start=1)]
    text = _RULE.join([_PREFACE.replace("{title}", playbook.name), *steps])
    try:
        filled = placeholders.fill(text, _values(data), limit=MAX_PACK)
    except TooLong as error:
        raise Invalid(
            f"input and metadata: {error}; shorten them.", errors=[FieldError("input", str(error))]
        ) from error
    if not filled.missing:
        return filled
    open_ones = ", ".join(f"{{{name}}}" for name in filled.missing)
    hint = f"Still to fill in: {open_ones}. Add lines like “{filled.missing[0]}: …” to the input to have it done here."
    return Filled(f"{filled.text}{_RULE}{hint}", filled.missing)


def _values(data: RunInput) -> Mapping[str, str]:
    lines = {_variable(name): value.strip() for name, value in _LINE.findall(data.input)}
    given = {name: value for name, value in data.metadata.items() if _is_text(value)}
    return {**lines, **given, "input": data.input}


def _variable(name: str) -> str:
    return re.sub(r"[ -]+", "_", name.strip().lower())


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
