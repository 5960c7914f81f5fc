"""What the user knows that bears on a text: passages of the vault and statements of insights, found by search."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass

from shared.domains.content.addresses import addresses
from shared.domains.content.brief import Brief, Fact, Source
from shared.domains.files import service as files
from shared.domains.knowledge import answers
from shared.domains.knowledge.models import Passage, Question
from shared.domains.research import findings
from shared.domains.research.models import Insight
from shared.domains.vault import service as vault
from shared.domains.vault.models import VaultItem
from shared.kit import ranking
from shared.kit.sentences import sentences
from shared.kit.terms import terms

MAX_FACTS = 4
_PASSAGES = 6
_MAX_QUERY = 2_000
_MAX_SENTENCE = 300
_SECTIONS = ("key_findings", "summary", "pain_points", "opportunities")
_parallel = ThreadPoolExecutor(max_workers=8, thread_name_prefix="context")


@dataclass(frozen=True)
class Gathered:
    """The facts that may be used, and the items that the caller named."""

    facts: tuple[Fact, ...] = ()
    items: tuple[VaultItem, ...] = ()


def gather(
    uid: str, query: str, *, vault_ids: Sequence[str] = (), search: bool = True, limit: int = MAX_FACTS
) -> Gathered:
    """The best facts for the query, at most `limit`: of the items that are named, else of all that the user knows.

    A read of the named items, and one of files among them; or, in parallel, a search of the vault and a read of the
    latest insights; or nothing. Raises NotFound where a named item does not exist.
    """
    query = query[:_MAX_QUERY].strip()
    if vault_ids:
        items = vault.get_each(uid, vault_ids)
        return Gathered(_of_items(items, query), tuple(items))
    if not search or not terms(query):
        return Gathered()
    insights = _parallel.submit(copy_context().run, findings.recent, uid)
    passages = answers.search(uid, Question(query=query, top_k=max(_PASSAGES, limit))).results
    found = [_fact(passage, query) for passage in passages]
    facts = [fact for fact in found if fact and _bears_on(fact, query)]
    return Gathered(_best([*facts, *_of_insights(insights.result(), query)], query, limit))


def query_for(brief: Brief) -> str:
    """What to look for: the topic, else what is known of the prospect and what the persona cares about."""
    prospect, persona = brief.prospect, brief.persona
    asked = [brief.topic, brief.instructions]
    pains = [pain.rsplit(": ", 1)[-1] for pain in prospect.pain_points] if prospect else []
    about = [prospect.company, prospect.job_title, *prospect.tags, *pains] if prospect else []
    focus = [*persona.industry_focus, *persona.use_cases] if persona and not any(asked) else []
    return " ".join(filter(None, [*asked, *about, *focus]))


def _of_items(items: Sequence[VaultItem], query: str) -> tuple[Fact, ...]:
    """Of each named item its best passage; one that shares no word with the query is quoted from its beginning."""
    facts: list[Fact] = []
    read = files.passages_of(items) if query else {}
    for item in items:
        ranked = answers.passages([item], Question(query=query, top_k=1), read) if query else []
        text = ranked[0].chunk if ranked else "\n".join(item.highlights) or item.summary or item.title
        if said := _sentence(text, query):
            source = Source(kind="vault", id=item.id, title=item.title)
            facts.append(Fact(text=said, passage=text[: ranking.CHUNK_CHARS], source=source))
    return tuple(facts)


def _fact(passage: Passage, query: str) -> Fact | None:
    said = _sentence(passage.chunk, query)
    source = Source(kind="vault", id=passage.source_id, title=str(passage.metadata["title"]))
    return Fact(text=said, passage=passage.chunk, source=source) if said else None


def _of_insights(insights: Sequence[Insight], query: str) -> list[Fact]:
    """Statements that their sources bear out, with the title of the first of these."""
    facts: list[Fact] = []
    for insight in insights:
        for statement in insight.statements:
            if statement.section not in _SECTIONS or not statement.supported or addresses(statement.text):
                continue
            cited = [insight.sources[n] for n in statement.sources if n < len(insight.sources)]
            title = (cited[0].title or cited[0].site or "") if cited else ""
            source = Source(kind="insight", id=insight.id, title=title)
            facts.append(Fact(text=statement.text, passage=statement.evidence or statement.text, source=source))
    return [fact for fact in facts if _bears_on(fact, query)]


def _best(facts: Sequence[Fact], query: str, limit: int) -> tuple[Fact, ...]:
    """The most telling ones, no sentence twice."""
    distinct = list({fact.text: fact for fact in reversed(facts)}.values())[::-1]
    ranked = ranking.rank(query, [f"{fact.source.title} {fact.text}" for fact in distinct], limit)
    return tuple(distinct[one.position] for one in ranked)


def _sentence(text: str, query: str) -> str:
    """The sentence of the text to quote: none with an address in it, none that is too long."""
    fit = [said for said in sentences(text) if len(said) <= _MAX_SENTENCE and not addresses(said)]
    ranked = ranking.rank(query, fit, 1) if query else []
    return fit[ranked[0].position] if ranked else fit[0] if fit else ""


def _bears_on(fact: Fact, query: str) -> bool:
    """Whether it shares two telling words with the query, or the only one: a single one may be chance."""
    wanted = set(terms(query))
    return len(wanted & set(terms(f"{fact.source.title} {fact.text}"))) >= min(2, len(wanted))
