"""What pages say about a question, in their own words: chosen and cited without a language model.

Sentences are ranked by the question's words (BM25), its meaning, what the pages as a whole are about, where they stand,
and how many sources say them; maximal marginal relevance keeps what was said from being said again. The same pages
always make the same statements. `evidence.verify` finds each of them in its sources.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.domains.research import claims, cues, reading
from shared.domains.research.models import Section, Statement
from shared.domains.research.reading import Sentence
from shared.kit import ranking
from shared.kit.clustering import key_phrases
from shared.kit.patterns import lazy_pattern
from shared.providers import embed
from shared.providers.web.base import Page

MAX_SUMMARY, MAX_FINDINGS, MAX_POINTS, MAX_ADVICE = 3, 8, 6, 4
_CHOSEN_FINDINGS, _CHOSEN_POINTS = 30, 12  # of one page that the user chose; a half as many more for each further one
_MOST = 90  # findings, and half as many points
_ABOUT, _EARLY, _SPECIFIC, _AGREED = 0.25, 0.06, 0.04, 0.12  # what is added to a score of words and meaning
_NAMED, _CUED = 0.05, 0.2  # on a chosen page: of what names somebody, or says that it is a pain or an opening
_ADDRESSED, _FRAGMENT = 0.1, 0.1  # what is taken off a sentence that talks to its reader, or is none
_RELEVANT = 0.4  # the share of the best score below which a sentence says nothing to the question
_OFF_TOPIC = 0.2  # the cosine with the question below which a sentence must share a word with it
_SAME_MEANING, _SAME_WORDS, _REPEATED = 0.8, 0.6, 0.9  # from which two sentences of two pages, or of one, are the same
_COPIED = 0.5  # the share of the shorter page's sentences from which two pages are copies of one text
_CONSIDERED = 400  # sentences, the best: what is compared with each other
_QUOTED = 300
_TO_THE_READER = lazy_pattern(r"\b(?:you|your|we['’]ve|let['’]s)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Finding:
    """A sentence, how well it answers, all pages that say it, its own first; and where its wording puts it."""

    text: str
    score: float
    pages: list[int]
    place: Section | None = None


def synthesise(question: str, pages: Sequence[Page], *, chosen: bool = False) -> list[Statement]:
    """Statements of all sections, each with its sources' positions and its evidence; none where nothing is said. Pure.

    What the pages that the user has `chosen` say belongs to the answer whatever the question is: nothing of it is left
    out but for length. Ten usual pages take a quarter of a second, fifty of the longest about three.
    """
    spoken = reading.read(pages, chosen=chosen, question=question)
    if not spoken:
        return []
    vectors = embed.built_in().embed([question, *(sentence.text for sentence in spoken)])
    languages = [cues.language(page.text) for page in pages]
    places = [cues.section_of(sentence.text, languages[sentence.page]) for sentence in spoken]
    if chosen:
        scores = _scores_of_chosen(spoken, places, vectors[0], vectors[1:])
    else:
        scores = _scores(question, spoken, vectors[0], vectors[1:])
    findings, kept = _findings(spoken, scores, places, vectors[1:])
    most = _room(len(pages)) if chosen else (MAX_FINDINGS, MAX_POINTS)
    sections = _choose(findings, vectors[1:][kept], *most)
    facts = [_fact(section, finding) for section, chosen_findings in sections.items() for finding in chosen_findings]
    return [*facts, *_outreach(sections), *_angles(sections)]


def _room(pages: int) -> tuple[int, int]:
    """How many findings, and points of each kind, so many chosen pages may have."""
    share = (1 + pages) / 2
    return min(_MOST, int(_CHOSEN_FINDINGS * share)), min(_MOST // 2, int(_CHOSEN_POINTS * share))


def _scores_of_chosen(
    spoken: Sequence[Sentence], places: Sequence[Section | None], asked: Any, vectors: Any
) -> list[float]:
    """How much each sentence says; none is 0. What is told by figures and names counts, more than what it resembles."""
    alike, central = vectors @ asked, vectors @ _unit(vectors.mean(axis=0))
    return [
        max(
            0.01,
            0.3
            + 0.15 * float(alike[n])
            + _ABOUT * float(central[n])
            + _EARLY * (1 - sentence.place)
            + (3 * _SPECIFIC if claims.numbers(sentence.text) else 0.0)
            + (_NAMED if claims.names(sentence.text) else 0.0)
            + (_CUED if places[n] else 0.0)
            + _manner(sentence.text),
        )
        for n, sentence in enumerate(spoken)
    ]


def _scores(question: str, spoken: Sequence[Sentence], asked: Any, vectors: Any) -> list[float]:
    """How well each sentence answers; 0 for one that has nothing to do with the question."""
    texts = [sentence.text for sentence in spoken]
    shared = ranking.shares(question, texts)
    alike = vectors @ asked
    central = vectors @ _unit(vectors.mean(axis=0))
    asks = (
        any(shared) or float(alike.max()) >= ranking.RELATED
    )  # else it names nothing: what the pages are about counts
    best = max(shared) or 1.0
    scores = []
    for n, sentence in enumerate(spoken):
        if asks and shared[n] == 0 and alike[n] < _OFF_TOPIC:
            scores.append(0.0)
            continue
        base = 0.5 * shared[n] / best + 0.5 * max(0.0, float(alike[n])) if asks else 0.5 * float(central[n])
        scores.append(base + _ABOUT * float(central[n]) + _EARLY * (1 - sentence.place) + _manner(sentence.text))
    floor = _RELEVANT * max(scores) if asks else 0.0
    return [score if score >= floor else 0.0 for score in scores]


def _manner(text: str) -> float:
    """What the way in which it is said adds to a sentence's score."""
    specific = _SPECIFIC if claims.numbers(text) else 0.0
    addressed = _ADDRESSED if _TO_THE_READER.search(text) else 0.0
    return specific - addressed - (0.0 if text.rstrip("\"'”’»)")[-1:] in ".!…。！" else _FRAGMENT)  # noqa: RUF001


def _findings(
    spoken: Sequence[Sentence], scores: Sequence[float], places: Sequence[Section | None], vectors: Any
) -> tuple[list[Finding], list[int]]:
    """The sentences that answer, the same one of several pages once; and their positions. The best of each is kept."""
    order = sorted((n for n, score in enumerate(scores) if score > 0), key=lambda n: (-scores[n], n))[:_CONSIDERED]
    origins = _origins(spoken)
    order.sort(key=lambda n: origins[spoken[n].page] != spoken[n].page)  # copies come last: what they copy is cited
    findings: list[Finding] = []
    kept: list[int] = []
    for n in order:
        likeness = vectors[kept] @ vectors[n] if kept else []
        near = [k for k, cosine in enumerate(likeness) if cosine >= _SAME_MEANING]
        page = spoken[n].page
        same = next(
            (k for k in near if _says_the_same(spoken[n].text, findings[k].text, page in findings[k].pages)), None
        )
        if same is None:
            findings.append(Finding(spoken[n].text, scores[n], [page], places[n]))
            kept.append(n)
        elif origins[page] not in {origins[agreed] for agreed in findings[same].pages}:
            agreed = findings[same]
            findings[same] = Finding(agreed.text, agreed.score + _AGREED, [*agreed.pages, page], agreed.place)
    return findings, kept


def _origins(spoken: Sequence[Sentence]) -> dict[int, int]:
    """For each page the first that it is a copy of, or itself: an agency's text on two sites is one source."""
    texts: dict[int, set[str]] = {}
    for sentence in spoken:
        texts.setdefault(sentence.page, set()).add(claims.folded(sentence.text))
    origins: dict[int, int] = {}
    for page, own in texts.items():
        earlier = (
            other
            for other in origins
            if len(own) > 1 and len(own & texts[other]) > _COPIED * min(len(own), len(texts[other]))
        )
        origins[page] = origins[first] if (first := next(earlier, None)) is not None else page
    return origins


def _says_the_same(text: str, other: str, same_page: bool) -> bool:
    """Whether the two claim the same: so the source of either bears the other. One page seldom says it twice."""
    if claims.numbers(text) != claims.numbers(other) or claims.denies(text) != claims.denies(other):
        return False
    if same_page and claims.names(text) != claims.names(other):
        return False
    shared = min(claims.coverage(text, other), claims.coverage(other, text))
    return shared >= (_REPEATED if same_page else _SAME_WORDS)


def _choose(
    findings: Sequence[Finding], vectors: Any, most_findings: int, most_points: int
) -> dict[Section, list[Finding]]:
    """By section. A finding stands in one of them, unless there are too few for all."""
    chosen: dict[Section, list[Finding]] = {"summary": [], "key_findings": [], "pain_points": [], "opportunities": []}
    scores = [finding.score for finding in findings]
    best = ranking.diverse(scores, vectors, MAX_SUMMARY)
    chosen["summary"] = [findings[n] for n in sorted(best, key=lambda n: (findings[n].pages[0], -scores[n]))]
    many = len(findings) > 2 * MAX_SUMMARY
    used = set(best) if many else set()
    sections: tuple[Section, ...] = ("pain_points", "opportunities")
    for section in sections:
        cued = [score if findings[n].place == section else 0.0 for n, score in enumerate(scores)]
        picked = ranking.diverse(cued, vectors, most_points)
        chosen[section] = [findings[n] for n in picked]
        used |= set(picked[2:]) if many else set()
    left = [0.0 if n in used else score for n, score in enumerate(scores)]
    chosen["key_findings"] = [findings[n] for n in ranking.diverse(left, vectors, most_findings)] or chosen["summary"]
    return chosen


def _fact(section: Section, finding: Finding) -> Statement:
    return Statement(section=section, text=finding.text, sources=finding.pages, evidence=finding.text)


def _outreach(chosen: dict[Section, list[Finding]]) -> list[Statement]:
    """What to say to a prospect: each names the finding that it rests on."""
    openers: list[tuple[str, list[Finding]]] = [
        ("Ask how they deal with this:", chosen["pain_points"][:2]),
        ("Offer your help with this:", chosen["opportunities"][:2]),
        ("Open with this finding:", chosen["key_findings"]),
    ]
    advice = [(opener, finding) for opener, findings in openers for finding in findings][:MAX_ADVICE]
    return [_advice("suggested_outreach", opener, finding) for opener, finding in advice]


def _angles(chosen: dict[Section, list[Finding]]) -> list[Statement]:
    """What to write about, from findings that agree, have a figure, or are simply the best."""
    findings = list(
        {
            finding.text: finding
            for section in ("key_findings", "pain_points", "summary")
            for finding in chosen[section]
        }.values()
    )
    phrases = key_phrases([finding.text for finding in findings], 3) if findings else []
    ranked = sorted(
        findings, key=lambda finding: (-len(finding.pages), not claims.numbers(finding.text), findings.index(finding))
    )
    return [_advice("content_angles", _angle(finding, phrases), finding) for finding in ranked[:MAX_ADVICE]]


def _angle(finding: Finding, phrases: Sequence[str]) -> str:
    if len(finding.pages) > 1:
        return "Explain what several sources agree on:"
    if claims.numbers(finding.text):
        return "Build a post around this figure:"
    named = next((phrase for phrase in phrases if claims.coverage(phrase, finding.text) == 1), None)
    return f"Write about {named} with this example:" if named else "Write about this:"


def _advice(section: Section, opener: str, finding: Finding) -> Statement:
    quote = finding.text if len(finding.text) <= _QUOTED else finding.text[:_QUOTED].rsplit(" ", 1)[0] + " …"
    return Statement(section=section, text=f"{opener} “{quote}”", sources=finding.pages, evidence=finding.text)


def _unit(vector: Any) -> Any:
    return vector / (float((vector @ vector) ** 0.5) or 1.0)
