"""Internal links: words of a text that name what another page, or an item of the vault, is about."""

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from shared.domains.vault import answers
from shared.domains.vault.models import Question
from shared.kit.schema import Input, LongText, Name, Url
from shared.kit.sentences import sentences
from shared.kit.terms import is_telling, stem, terms

_SEARCHED = 2_000  # characters of the text that the vault is searched with
_FOUND = 50
_LONGEST = 6  # words of an anchor


class Page(Input):
    title: Name
    url: Url


class LinkingInput(Input):
    """`pages` are what may be linked to; without them, what the vault holds on the text's subject."""

    text: Annotated[LongText, StringConstraints(min_length=1)]
    pages: Annotated[list[Page], Field(max_length=200)] = []
    max_links: Annotated[int, Field(ge=1, le=50)] = 10


class Link(BaseModel):
    """`anchor` stands in `sentence` as it is; `coverage` is the share of the title's telling words in it."""

    anchor: str
    sentence: str
    title: str
    url: str
    coverage: float


class Linking(BaseModel):
    links: list[Link]
    considered: int


def suggest(uid: str, data: LinkingInput) -> Linking:
    """One link to a page at most, the closest first: the vault's search, or nothing where pages are given."""
    pages = [(page.title, page.url) for page in data.pages] or _known(uid, data.text)
    links = sorted(filter(None, (_link(data.text, *page) for page in pages)), key=lambda link: -link.coverage)
    return Linking(links=links[: data.max_links], considered=len(pages))


def _known(uid: str, text: str) -> list[tuple[str, str]]:
    query = text[:_SEARCHED].strip()
    found = answers.search(uid, Question(query=query, top_k=_FOUND)).results if query else []
    titles = {passage.source_id: str(passage.metadata["title"]) for passage in found}
    return [(title, f"vault:{id}") for id, title in titles.items()]


def _link(text: str, title: str, url: str) -> Link | None:
    """The words of the text that say most of the title; a part of a long title is too little."""
    wanted = set(terms(title))
    chosen: Link | None = None
    for sentence in sentences(text) if wanted else ():
        for anchor, said in _anchors(sentence, wanted):
            coverage = round(len(said) / len(wanted), 3)
            if coverage >= 0.5 and (chosen is None or coverage > chosen.coverage):
                chosen = Link(anchor=anchor, sentence=sentence, title=title, url=url, coverage=coverage)
    return chosen


def _anchors(sentence: str, wanted: set[str]) -> Iterator[tuple[str, set[str]]]:
    """Runs of words that begin and end with a word of the title and hold no other telling one."""
    found = list(re.finditer(r"\w+", sentence))
    folded = [stem(word.group().lower()) for word in found]
    for start, first in enumerate(folded):
        if first not in wanted:
            continue
        said: set[str] = set()
        for end in range(start, min(start + _LONGEST, len(found))):
            if folded[end] in wanted:
                said.add(folded[end])
                yield sentence[found[start].start() : found[end].end()], set(said)
            elif is_telling(found[end].group().lower()):
                break
