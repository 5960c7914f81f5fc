"""What a language model has asserted that nothing it was given says: flagged with its words, and less worth."""

import json
from collections.abc import Iterator, Sequence

from shared.domains.content.brief import Brief, visible_persona, visible_prospect
from shared.domains.content.generators.base import Draft
from shared.domains.content.scoring import Score, Scores
from shared.providers import llm
from shared.verification.foreign import foreign

_PENALTY = 0.5  # the factor on the personalisation, and on the length and readability, whatever the number of words
_SHOWN = 5


def find_unsupported(brief: Brief, drafts: Sequence[Draft]) -> list[list[str]]:
    """The words of each draft and its subject that neither the prospect's record, the persona, the knowledge nor the
    user's own request bears out, each once: by rules and, where LLM_CHECK_MODEL is set, by one call of that model."""
    facts = list(_given(brief))
    by_rules = [
        [part.words for text in (draft.subject or "", draft.text) for part in foreign(text, facts)] for draft in drafts
    ]
    model = llm.second()
    if model is None:
        by_model: list[list[str]] = [[] for _ in drafts]
    else:
        from shared.domains.content.model_check import find_invented

        by_model = find_invented(model, facts, [f"{draft.subject or ''}\n{draft.text}" for draft in drafts])
    return [list(_distinct([*rules, *beside])) for rules, beside in zip(by_rules, by_model, strict=True)]


def _distinct(parts: Sequence[str]) -> Iterator[str]:
    """Each once, in one line, and none that a longer one before has."""
    shown: list[str] = []
    for words in (" ".join(part.split()) for part in parts):
        if not any(words in longer for longer in shown):
            shown.append(words)
            yield words


def _given(brief: Brief) -> Iterator[str]:
    """All that a writer of this brief has been given."""
    yield from (brief.topic, brief.instructions, brief.template_text)
    yield from (line for section in brief.sections for line in (section.heading, *section.lines))
    if brief.prospect:
        yield _plain(visible_prospect(brief.prospect))
        yield brief.prospect.email or ""
    if brief.persona:
        yield _plain(visible_persona(brief.persona))
    yield from (text for fact in brief.facts for text in (fact.passage, fact.source.title))


def _plain(fields: object) -> str:
    """The fields' texts, each on a line of its own."""
    return "\n".join(json.dumps(fields, ensure_ascii=False, indent=0).replace("\\n", "\n").split('"'))


def lowered(scores: Scores, unsupported: Sequence[str]) -> Scores:
    """The scores of a text with such words: half of each, with the words as the reason."""
    if not unsupported:
        return scores
    shown = ", ".join(f"“{words}”" for words in unsupported[:_SHOWN])
    reason = f"Nothing that is known bears out {shown}."
    return Scores(
        **{
            name: Score(value=round(score.value * _PENALTY, 3), reason=f"{reason} {score.reason}")
            for name, score in scores
        }
    )
