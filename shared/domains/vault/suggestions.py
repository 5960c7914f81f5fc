"""What an item is good for: whom of the user's own prospects it concerns and why, what to write, what to follow up."""

from collections.abc import Sequence
from typing import Any

from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import Prospect
from shared.domains.vault import meaning
from shared.domains.vault.models import VaultItem
from shared.domains.vault.repository import repository
from shared.kit import ranking
from shared.kit.clustering import key_phrases
from shared.kit.schema import Model
from shared.kit.sentences import sentences
from shared.kit.terms import terms
from shared.kit.text import shortened
from shared.providers import embed

_COMPARED = 300  # prospects, the best fits: a read each
_MOST = 5
_FEWEST_WORDS = 2  # telling words that item and prospect share, unless they
_ALIKE = 0.35  # have a cosine of this


class ProspectMatch(Model):
    """`reason` is what the prospect and the item have in common, `angle` the item's own words to write about."""

    prospect_id: str
    name: str
    company: str | None
    score: float
    reason: str
    angle: str


class ContentIdea(Model):
    title: str
    angle: str


class FollowUp(Model):
    action: str
    reason: str
    prospect_id: str | None = None


class Suggested(Model):
    outreach: list[ProspectMatch]
    content: list[ContentIdea]
    follow_ups: list[FollowUp]


def find(uid: str, id: str) -> Suggested:
    """One read and one query; raises NotFound."""
    item = repository.get(uid, id)
    return suggested(item, prospects.best_fits(uid, _COMPARED))


def suggested(item: VaultItem, candidates: Sequence[Prospect]) -> Suggested:
    """Pure."""
    points = item.highlights or sentences(item.summary)[:3] or [item.title]
    matched = _matched(item, [candidate for candidate in candidates if not candidate.refuses])
    return Suggested(
        outreach=[_match(item, points, prospect, score) for prospect, score in matched],
        content=_ideas(item, points),
        follow_ups=_follow_ups(item, [prospect for prospect, _ in matched]),
    )


def _matched(item: VaultItem, candidates: Sequence[Prospect]) -> list[tuple[Prospect, float]]:
    """Those whom the item concerns by words and meaning, the most concerned first."""
    subject = _about_item(item)
    texts = ["\n".join(_facts(prospect).values()) for prospect in candidates]
    alike = (embed.built_in().embed(texts) @ meaning.vectors([item])[0]).tolist()
    wanted = set(terms(subject))
    shared = [len(wanted & set(terms(text))) for text in texts]
    ranked = ranking.rank(subject, texts, len(texts), alike=alike)
    close = (
        candidate
        for candidate in ranked
        if alike[candidate.position] >= _ALIKE or shared[candidate.position] >= _FEWEST_WORDS
    )
    return [(candidates[candidate.position], candidate.score) for candidate in close][:_MOST]


def _about_item(item: VaultItem) -> str:
    return "\n".join([item.title, *item.tags, *item.highlights, item.summary[:1_000]])


def _facts(prospect: Prospect) -> dict[str, str]:
    """What is known of a prospect, what tells most first; named as a reason names it."""
    facts: dict[str, Any] = {
        "pain points": "; ".join(prospect.pain_points),
        "tags": ", ".join(prospect.tags),
        "role": prospect.job_title,
        "company": prospect.company,
        "summary": prospect.summary,
    }
    return {name: str(value) for name, value in facts.items() if value}


def _match(item: VaultItem, points: Sequence[str], prospect: Prospect, score: float) -> ProspectMatch:
    facts = _facts(prospect)
    best = ranking.rank("\n".join(facts.values()), points, 1, alike=_cosines("\n".join(facts.values()), points))
    return ProspectMatch(
        prospect_id=prospect.id,
        name=prospect.name,
        company=prospect.company,
        score=round(score, 4),
        reason=_reason(item, facts),
        angle=f"Refer to this: “{points[best[0].position if best else 0]}”",
    )


def _reason(item: VaultItem, facts: dict[str, str]) -> str:
    """The fact that has most words of the item; without one, that they mean something alike."""
    wanted = set(terms(_about_item(item)))
    shared = {name: len(wanted & set(terms(value))) for name, value in facts.items()}
    name = max(shared, key=lambda name: shared[name])
    verb = "are about" if name in ("pain points", "tags") else "is about" if name == "summary" else "belongs to"
    fact = shortened(facts[name], 120)
    reason = f"Their {name} ({fact}) {verb} what this item says."
    return reason if shared[name] else f"What is known of them ({fact}) is close to this item in meaning."


def _ideas(item: VaultItem, points: Sequence[str]) -> list[ContentIdea]:
    """The best points that differ from each other, each with what it is about as its headline."""
    chosen = ranking.diverse([1.0 - n / 100 for n in range(len(points))], embed.built_in().embed(points), 3)
    ideas = []
    for n in chosen:
        phrase = next(iter(key_phrases([points[n]], 1)), item.title)
        title = item.title if phrase.lower() in item.title.lower() else f"{item.title}: {phrase}"
        figure = any(char.isdigit() for char in points[n])
        how = "Build it around this figure" if figure else "Start from this point"
        ideas.append(ContentIdea(title=title, angle=f"{how}: “{points[n]}”"))
    return ideas


def _follow_ups(item: VaultItem, matched: Sequence[Prospect]) -> list[FollowUp]:
    matches = [
        FollowUp(
            action=f"Follow up with {match.name} and mention “{item.title}”",
            reason="They were contacted before, and this item concerns them.",
            prospect_id=match.id,
        )
        for match in matched
        if match.status in ("contacted", "follow_up_needed", "replied")
    ]
    if item.linked_outreach_ids:
        count = len(item.linked_outreach_ids)
        matches.append(
            FollowUp(action="See whether the linked messages were answered", reason=f"{count} made of this item.")
        )
    for source in item.sources[:2]:
        name = shortened(str(source.get("title") or source.get("url") or ""), 200)
        if name:
            matches.append(FollowUp(action=f"Look at {name} again", reason="This item rests on it; it may have news."))
    return matches[:_MOST]


def _cosines(text: str, points: Sequence[str]) -> list[float]:
    asked, *rows = embed.built_in().embed([text, *points])
    return [float(asked @ row) for row in rows]
