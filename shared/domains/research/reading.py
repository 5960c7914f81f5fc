"""What a page says: its sentences, without the furniture around them and without orders to the reader."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared.domains.research.guard import gives_orders, is_imperative, names_an_address, visible
from shared.kit.sentences import sentences
from shared.providers.web.base import Page

MAX_PAGES = 50
_MAX_CHARS = 60_000  # of a page, and
_MAX_SENTENCES = 250  # of a page: together they bound the time that reading takes
_SHORTEST, _LONGEST = 30, 420  # characters
_FEWEST_WORDS = 5
_FURNITURE = re.compile(
    r"\bcookies?\b|privacy (?:policy|settings|notice)|terms (?:of (?:use|service)|and conditions)|"
    r"all rights reserved|©|"
    r"copyright \(?c|(?:our|the|this|weekly|daily) newsletter|subscribe (?:to|now|for)|unsubscribe|"
    r"sign (?:up|in) (?:to|for|now)|"
    r"\blog ?in\b|your browser|\bjavascript\b|ad ?blocker|\badvertisement\b|sponsored (?:by|content|post)|"
    r"affiliate links?|"
    r"(?:read|learn|see|find out) more\b|click (?:here|on|the|to|below)|skip to|share (?:this|on)|follow us|"
    r"related (?:articles|posts|stories)|posted (?:by|on|in)|\bmin(?:ute)?s? read\b|leave a (?:comment|"
    r"reply)|contact us|"
    r"book a (?:demo|call)|free trial|get started|add to cart|page not found|powered by|photo(?:graph)?(?: credit)?:|"
    r"last updated|table of contents|in this (?:article|post|guide|section)|we use (?:your|this|these|third)|"
    r"our (?:site|website|partners|privacy)|opt[ -]out|your (?:consent|email address|inbox|cart|account)",
    re.IGNORECASE,
)
_WRAPPED = re.compile(r"(?<=[a-z,;]) ?\n(?=[a-z(])")  # a line break within a sentence, as PDFs have them
_BULLET = re.compile(r"^\s*(?:[-*•‣▪–—·]+|\d{1,2}[.)])\s+")
_BETWEEN = re.compile(r" [|\u203a»·•>/] ")  # what stands between the entries of a menu
_CODE = re.compile(r"[{}=<>\\]|\(\)|#\d|@\w|\w_\w|\w\.\w+\(")
_MARKUP = re.compile(r"!?\[([^\[\]]{0,300})\]\([^)]{0,300}\)|[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}|^>\s*")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True)
class Sentence:
    """`page` is the position of its page; `place` is 0 at the page's first sentence and nears 1 at its last."""

    text: str
    page: int
    place: float


def read(pages: Sequence[Page]) -> list[Sentence]:
    """The sentences that report something, in the order of the pages; each is as it stands in its page's text."""
    found: list[Sentence] = []
    for number, page in enumerate(pages[:MAX_PAGES]):
        said = list(dict.fromkeys(_sentences(page.text[:_MAX_CHARS])))[:_MAX_SENTENCES]
        found += [Sentence(text, number, position / len(said)) for position, text in enumerate(said)]
    return found


def _sentences(text: str) -> Iterator[str]:
    """A line with an order in it is left out as a whole: what stands beside an order belongs to it."""
    for line in _WRAPPED.sub(" ", visible(text)).splitlines():
        said = sentences(_MARKUP.sub(r"\1", _BULLET.sub("", line)))
        if line.lstrip().startswith(("#", "|", "<")) or any(gives_orders(sentence) for sentence in said):
            continue
        listed = bool(_BULLET.match(line))
        yield from (sentence for sentence in said if _reports(sentence, listed=listed))


def _reports(sentence: str, *, listed: bool) -> bool:
    """Whether it is a statement of prose, and no heading, menu, code, question, request or notice."""
    words = sentence.split()
    ideographs = len(_CJK.findall(sentence))
    if len(sentence) + ideographs < _SHORTEST or len(sentence) > _LONGEST:
        return False
    if len(words) + ideographs // 2 < _FEWEST_WORDS or sentence.rstrip("\"'”’»)")[-1] in "?？:":  # noqa: RUF001
        return False
    ended = sentence.rstrip("\"'”’»)")[-1] in ".!…。！"  # noqa: RUF001
    letters = sum(char.isalpha() or char.isspace() for char in sentence) / len(sentence)
    capitals = sum(word[:1].isupper() for word in words[1:]) / max(1, len(words) - 1)
    heading = not ended and not listed and len(words) + ideographs // 2 < 3 * _FEWEST_WORDS
    menu = capitals > 0.65 or letters < 0.7 or len(_BETWEEN.findall(sentence)) > 1
    code = len(_CODE.findall(sentence)) > 1
    return not (
        heading or menu or code or _FURNITURE.search(sentence) or is_imperative(sentence) or names_an_address(sentence)
    )
