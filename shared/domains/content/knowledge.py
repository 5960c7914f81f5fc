"""Searches the user's vault and research insights for facts that a text may use."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass

from shared.domains.content.addresses import find_addresses
from shared.domains.content.brief import Brief, Fact, Source
from shared.domains.files import service as files
from shared.domains.knowledge import answers, retrieval
from shared.domains.knowledge.models import Passage, Question
from shared.domains.research import service as research
from shared.domains.research.models import Insight
from shared.domains.vault import service as vault
from shared.domains.vault.models import VaultItem
from shared.kit import firm_names, ranking
from shared.kit.personal_names import is_no_value
from shared.kit.sentences import sentences
from shared.kit.terms import terms

MAX_FACTS = 4
_PASSAGES = 6
_MAX_QUERY = 2_000
_MAX_SENTENCE = 300
_SECTIONS = ("key_findings", "summary", "pain_points", "opportunities")
_pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="knowledge")


@dataclass(frozen=True)
class Knowledge:
    """The facts that a text may use, and the vault items that the caller named."""

    facts: tuple[Fact, ...] = ()
    items: tuple[VaultItem, ...] = ()


def find_knowledge(
    uid: str, query: str, *, vault_ids: Sequence[str] = (), search: bool = True, limit: int = MAX_FACTS
) -> Knowledge:
    """Finds facts that match the query: a fact of each vault item in `vault_ids`, else the best `limit` of all.

    Costs a read of the named items and another of files among them; or, in parallel, a search of the vault and a
    read of the latest insights; or nothing. Raises NotFound where a named item does not exist.
    """
    query = query[:_MAX_QUERY].strip()
    if vault_ids:
        items = vault.get_each(uid, vault_ids)
        return Knowledge(_facts_of_items(items, query), tuple(items))
    if not search or not terms(query):
        return Knowledge()
    insights = _pool.submit(copy_context().run, research.latest_insights, uid)
    passages = retrieval.search(uid, Question(query=query, top_k=max(_PASSAGES, limit))).results
    quotable = [_fact_of_passage(passage, query) for passage in passages]
    facts = [fact for fact in quotable if fact and _is_relevant(fact, query)]
    return Knowledge(_best_facts([*facts, *_facts_of_insights(insights.result(), query)], query, limit))


def search_query(brief: Brief) -> str:
    """The words to search for: topic and instructions, then the prospect's fields.

    A brief without topic and instructions adds the persona's industries and use cases.
    """
    prospect, persona = brief.prospect, brief.persona
    request = [brief.topic, brief.instructions]
    pains = [pain.rsplit(": ", 1)[-1] for pain in prospect.pain_points] if prospect else []
    who = [firm_names.spoken(prospect.company), prospect.job_title] if prospect else []
    reader = [*(text for text in who if not is_no_value(text)), *prospect.tags, *pains] if prospect else []
    focus = [*persona.industry_focus, *persona.use_cases] if persona and not any(request) else []
    return " ".join(filter(None, [*request, *reader, *focus]))


def _facts_of_items(items: Sequence[VaultItem], query: str) -> tuple[Fact, ...]:
    """A fact of each item's best passage; an item that shares no word with the query is quoted from its beginning."""
    facts: list[Fact] = []
    read = files.passages_of(items) if query else {}
    for item in items:
        ranked = answers.passages([item], Question(query=query, top_k=1), read) if query else []
        text = ranked[0].chunk if ranked else "\n".join(item.highlights) or item.summary or item.title
        if sentence := _best_sentence(text, query):
            source = Source(kind="vault", id=item.id, title=item.title)
            facts.append(Fact(text=sentence, passage=text[: ranking.CHUNK_CHARS], source=source))
    return tuple(facts)


def _fact_of_passage(passage: Passage, query: str) -> Fact | None:
    sentence = _best_sentence(passage.chunk, query)
    source = Source(kind="vault", id=passage.source_id, title=str(passage.metadata["title"]))
    return Fact(text=sentence, passage=passage.chunk, source=source) if sentence else None


def _facts_of_insights(insights: Sequence[Insight], query: str) -> list[Fact]:
    """A fact of each relevant statement that its sources support, with the title of the first source."""
    facts: list[Fact] = []
    for insight in insights:
        for statement in insight.statements:
            if statement.section not in _SECTIONS or not statement.supported or find_addresses(statement.text):
                continue
            cited = [insight.sources[n] for n in statement.sources if n < len(insight.sources)]
            title = (cited[0].title or cited[0].site or "") if cited else ""
            source = Source(kind="insight", id=insight.id, title=title)
            facts.append(Fact(text=statement.text, passage=statement.evidence or statement.text, source=source))
    return [fact for fact in facts if _is_relevant(fact, query)]


def _best_facts(facts: Sequence[Fact], query: str, limit: int) -> tuple[Fact, ...]:
    """The `limit` facts that match the query best, without repeated sentences."""
    distinct = list({fact.text: fact for fact in reversed(facts)}.values())[::-1]
    ranked = ranking.rank(query, [f"{fact.source.title} {fact.text}" for fact in distinct], limit)
    return tuple(distinct[entry.position] for entry in ranked)


def _best_sentence(text: str, query: str) -> str:
    """The text's sentence to quote, at most 300 characters and without an address; empty where there is none."""
    quotable = [
        sentence for sentence in sentences(text) if len(sentence) <= _MAX_SENTENCE and not find_addresses(sentence)
    ]
    ranked = ranking.rank(query, quotable, 1) if query else []
    return quotable[ranked[0].position] if ranked else quotable[0] if quotable else ""


def _is_relevant(fact: Fact, query: str) -> bool:
    """Whether the fact shares two terms with the query, or the query's only term: one of many may be chance."""
    wanted = set(terms(query))
    return len(wanted & set(terms(f"{fact.source.title} {fact.text}"))) >= min(2, len(wanted))
