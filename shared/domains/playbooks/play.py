"""Working a playbook through: step by step with a language model, else as a pack of its prompts."""

from dataclasses import dataclass
from typing import Any

from shared.domains.content import knowledge
from shared.domains.content.brief import Brief, Source
from shared.domains.content.generators.llm import prompt_chain
from shared.domains.content.generators.llm.prompt_chain import ChainResult
from shared.domains.personas import Persona
from shared.domains.playbooks import pack
from shared.domains.playbooks.models import LibraryPlaybook, PlaybookInput, PlaybookRun
from shared.domains.prospects.models import Prospect
from shared.errors import AppError


@dataclass(frozen=True)
class Played:
    """What came of it; nothing is stored yet. With a `problem` the later steps are missing."""

    output: str
    generator: str
    missing: list[str]
    sources: list[Source]
    problem: AppError | None = None


def play(
    uid: str, playbook: LibraryPlaybook, data: PlaybookInput, persona: Persona | None, prospect: Prospect | None
) -> Played:
    """Costs a search for knowledge, and a call of the model for each prompt. Raises Invalid, AppError."""
    known = knowledge.find_knowledge(uid, data.input, vault_ids=data.vault_ids, search=data.use_knowledge)
    values = pack.values_of(data, persona, prospect)
    steps, missing = pack.steps(playbook, values)
    brief = Brief("research", persona=persona, prospect=prospect, facts=known.facts)
    sources = list({fact.source.id: fact.source for fact in known.facts}.values())
    answered = prompt_chain.run_chain(steps, brief)
    if answered is None:
        filled = pack.prepare(playbook, values, known.facts)
        return Played(filled.text, pack.NAME, filled.missing, sources)
    return Played(_assembled(playbook, answered), answered.generator, missing, sources, answered.error)


def build(playbook: LibraryPlaybook, data: PlaybookInput, played: Played, stamp: dict[str, Any]) -> PlaybookRun:
    """The run, not yet stored; `stamp` has the fields that every entity needs."""
    return PlaybookRun(
        **stamp,
        playbook_id=playbook.id,
        playbook_name=playbook.name,
        input=data.input,
        output=played.output,
        generator=played.generator,
        complete=played.problem is None,
        missing_variables=played.missing,
        sources=played.sources,
        persona_id=data.persona_id,
        prospect_id=data.prospect_id,
        metadata=data.metadata,
    )


def _assembled(playbook: LibraryPlaybook, answered: ChainResult) -> str:
    """The answers under their prompts' titles."""
    answers, prompts = answered.answers, playbook.prompts
    done = [f"## {n}. {prompts[n - 1].title}\n\n{answer}" for n, answer in enumerate(answers, start=1)]
    parts = [f"# {playbook.name}", *done]
    if answered.error:
        left = ", ".join(f"“{prompt.title}”" for prompt in prompts[len(answers) :])
        parts.append(f"Not done: {left}. {answered.error.detail}")
    return "\n\n".join(parts)
