"""Runs a playbook: a language model answers prompt by prompt; without a model, the user gets a prompt pack."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.domains.content.brief import Brief, Source
from shared.domains.content.generators.llm import prompt_chain
from shared.domains.content.generators.llm.prompt_chain import ChainResult
from shared.domains.content.knowledge import find_knowledge
from shared.domains.personas.models import Persona
from shared.domains.playbooks import prompt_pack
from shared.domains.playbooks.models import LibraryPlaybook, PlaybookInput, PlaybookRun
from shared.domains.prospects.models import Prospect
from shared.errors import AppError


@dataclass(frozen=True)
class RunResult:
    """The result of a run, not yet stored. With an `error`, the later steps have no answer."""

    output: str
    generator: str
    missing_variables: list[str]
    sources: list[Source]
    error: AppError | None = None


def run_playbook(
    uid: str, playbook: LibraryPlaybook, data: PlaybookInput, persona: Persona | None, prospect: Prospect | None
) -> RunResult:
    """Runs the playbook: a search for facts, and a call of the model for each prompt; stores nothing.

    Raises Invalid for an input that is too long, and AppError where the model refuses the first prompt.
    """
    knowledge = find_knowledge(uid, data.input, vault_ids=data.vault_ids, search=data.use_knowledge)
    values = prompt_pack.placeholder_values(data, persona, prospect)
    steps, missing = prompt_pack.build_steps(playbook, values)
    brief = Brief("research", persona=persona, prospect=prospect, facts=knowledge.facts)
    sources = list({fact.source.id: fact.source for fact in knowledge.facts}.values())
    chain = prompt_chain.run_chain(steps, brief)
    if chain is None:
        filled = prompt_pack.build_pack(playbook, values, knowledge.facts)
        return RunResult(filled.text, prompt_pack.GENERATOR_NAME, filled.missing, sources)
    return RunResult(_join_answers(playbook, chain), chain.generator, missing, sources, chain.error)


def build_run(
    playbook: LibraryPlaybook, data: PlaybookInput, result: RunResult, entity_fields: Mapping[str, Any]
) -> PlaybookRun:
    """Builds the run to store; `entity_fields` are the fields that every entity begins with."""
    return PlaybookRun(
        **entity_fields,
        playbook_id=playbook.id,
        playbook_name=playbook.name,
        input=data.input,
        output=result.output,
        generator=result.generator,
        complete=result.error is None,
        missing_variables=result.missing_variables,
        sources=result.sources,
        persona_id=data.persona_id,
        prospect_id=data.prospect_id,
        metadata=data.metadata,
    )


def _join_answers(playbook: LibraryPlaybook, chain: ChainResult) -> str:
    """The answers as one Markdown text, each under its prompt's title, and a note on prompts without an answer."""
    answers, prompts = chain.answers, playbook.prompts
    sections = [f"## {n}. {prompts[n - 1].title}\n\n{answer}" for n, answer in enumerate(answers, start=1)]
    parts = [f"# {playbook.name}", *sections]
    if chain.error:
        unanswered = ", ".join(f"“{prompt.title}”" for prompt in prompts[len(answers) :])
        parts.append(f"Not done: {unanswered}. {chain.error.detail}")
    return "\n\n".join(parts)
