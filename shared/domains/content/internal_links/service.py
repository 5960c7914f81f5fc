"""Internal links: words of a text that name what another page, or an item of the vault, is about."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.domains.content.internal_links import website
from shared.domains.content.internal_links.website import Article
from shared.domains.knowledge import answers
from shared.domains.knowledge.models import Question
from shared.errors import Invalid
from shared.kit.schema import Input, LongText, Name, OneLine, Url
from shared.kit.sentences import sentences
from shared.kit.terms import is_telling, stem, terms

_SEARCHED = 2_000  # characters of the text that the vault is searched with
_RESULTS = 50
_LONGEST = 6  # words of an anchor
_MIN_COVERAGE = 0.5  # of a title's telling words; fewer may be chance
_OWN_TEXT = "The given text"


class Page(Input):
    title: Name
    url: Url


def _needed(name: str) -> dict[str, Any]:
    return {"required": [name], "properties": {name: {"type": "string", "minLength": 1}}}


class LinkingInput(Input):
    """Links for one `text`, or between the articles of a website (`website_url`); one of the two is needed.

    For a text, `pages` are what may be linked to; without them, what the vault holds on its subject. Of a website,
    `num_articles` pages are read, from `section_path` on, at most `depth` links away.
    """

    model_config = ConfigDict(json_schema_extra={"allOf": [{"anyOf": [_needed("text"), _needed("website_url")]}]})

    text: LongText = ""
    pages: Annotated[list[Page], Field(max_length=200)] = []
    max_links: Annotated[int, Field(ge=1, le=50)] = 10
    website_url: Url = ""
    section_path: Annotated[str, StringConstraints(max_length=500), OneLine] = ""
    num_articles: Annotated[int, Field(ge=1, le=50)] = 10
    depth: Annotated[int, Field(ge=0, le=3)] = 2


class Link(BaseModel):
    """`anchor` stands in `sentence` as it is; `coverage` is the share of the title's telling words in it."""

    anchor: str
    sentence: str
    title: str
    url: str
    coverage: float


class Opportunity(BaseModel):
    """A link that an article could have: `anchor_text` stands in its sentence `context`."""

    source_article: str
    source_url: str | None
    target_article: str
    target_url: str
    anchor_text: str
    context: str
    relevance: float


class Linking(BaseModel):
    """`considered` pages could be linked to; `notes` name pages of a website that were not read, and why."""

    links: list[Link]
    considered: int
    opportunities: list[Opportunity]
    total_opportunities: int
    notes: list[str]


def suggest(uid: str, data: LinkingInput) -> Linking:
    """The closest links first, one to each page at most. Reads the website, or searches the vault, or neither."""
    if data.website_url:
        return _between_articles(data)
    if not data.text:
        raise Invalid.at("text", "give a text, or the website_url whose articles are to be linked")
    pages = [(page.title, page.url) for page in data.pages] or _stored_items(uid, data.text)
    links = _closest(_links(data.text, pages))[: data.max_links]
    opportunities = [_opportunity(_OWN_TEXT, None, link) for link in links]
    return Linking(
        links=links,
        considered=len(pages),
        opportunities=opportunities,
        total_opportunities=len(opportunities),
        notes=[],
    )


def _between_articles(data: LinkingInput) -> Linking:
    """Links from each article to each other that it does not link to yet, at most `max_links` of one article."""
    read = website.read(data.website_url, data.section_path, pages=data.num_articles, depth=data.depth)
    opportunities = [
        (link, _opportunity(article.title, article.url, link))
        for article in read.articles
        for link in _closest(_links(article.text, _targets(article, read.articles)))[: data.max_links]
    ]
    opportunities.sort(key=lambda pair: -pair[0].coverage)
    return Linking(
        links=[link for link, _ in opportunities],
        considered=len(read.articles),
        opportunities=[opportunity for _, opportunity in opportunities],
        total_opportunities=len(opportunities),
        notes=read.notes,
    )


def _targets(article: Article, articles: Sequence[Article]) -> list[tuple[str, str]]:
    others = (other for other in articles if other.url != article.url and other.title != article.title)
    return [(other.title, other.url) for other in others if other.url not in article.links]


def _opportunity(title: str, url: str | None, link: Link) -> Opportunity:
    return Opportunity(
        source_article=title,
        source_url=url,
        target_article=link.title,
        target_url=link.url,
        anchor_text=link.anchor,
        context=link.sentence,
        relevance=link.coverage,
    )


def _stored_items(uid: str, text: str) -> list[tuple[str, str]]:
    query = text[:_SEARCHED].strip()
    results = answers.search(uid, Question(query=query, top_k=_RESULTS)).results if query else []
    titles = {passage.source_id: str(passage.metadata["title"]) for passage in results}
    return [(title, f"vault:{id}") for id, title in titles.items()]


def _closest(links: Iterator[Link]) -> list[Link]:
    return sorted(links, key=lambda link: -link.coverage)


@dataclass(frozen=True)
class _Sentence:
    text: str
    words: tuple[re.Match[str], ...]
    stems: tuple[str, ...]


def _links(text: str, pages: Sequence[tuple[str, str]]) -> Iterator[Link]:
    """For each page the words of the text that say most of its title; a part of a long title is too little."""
    parsed = [_parsed(sentence) for sentence in sentences(text)]
    for title, url in pages:
        wanted = set(terms(title))
        chosen: Link | None = None
        for sentence in parsed if wanted else ():
            if len(wanted.intersection(sentence.stems)) < _MIN_COVERAGE * len(wanted):
                continue
            for anchor, matched in _anchors(sentence, wanted):
                coverage = round(matched / len(wanted), 3)
                if coverage >= _MIN_COVERAGE and (chosen is None or coverage > chosen.coverage):
                    chosen = Link(anchor=anchor, sentence=sentence.text, title=title, url=url, coverage=coverage)
        if chosen:
            yield chosen


def _parsed(sentence: str) -> _Sentence:
    words = tuple(re.finditer(r"\w+", sentence))
    return _Sentence(sentence, words, tuple(stem(word.group().lower()) for word in words))


def _anchors(sentence: _Sentence, wanted: set[str]) -> Iterator[tuple[str, int]]:
    """Runs of words that begin and end with a word of the title and hold no other telling one.

    With each, how many different words of the title it has.
    """
    for start, first in enumerate(sentence.stems):
        if first not in wanted:
            continue
        matched: set[str] = set()
        for end in range(start, min(start + _LONGEST, len(sentence.words))):
            if sentence.stems[end] in wanted:
                matched.add(sentence.stems[end])
                yield sentence.text[sentence.words[start].start() : sentence.words[end].end()], len(matched)
            elif is_telling(sentence.words[end].group().lower()):
                break
