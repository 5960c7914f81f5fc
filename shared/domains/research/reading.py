"""What a page says: its sentences, without the furniture around them and without orders to the reader."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared.domains.research.claims import numbers
from shared.domains.research.cues import language, section_of
from shared.domains.research.furniture import is_furniture
from shared.domains.research.guard import gives_orders, is_imperative, names_an_address, visible
from shared.kit import ranking
from shared.kit.patterns import lazy_pattern
from shared.kit.sentences import sentences
from shared.providers.web.base import Page

MAX_PAGES = 50
MAX_CHARS = 200_000  # of a page
_MOST, _MOST_OF_ALL = 600, 2_500  # sentences of a page, and of all: what is compared; of a longer page its best
_TELLS = 0.15  # what a figure counts, or a pain or an opening, beside the share of the question's words
_LONGEST = 700  # characters
_SHORTEST, _FEWEST_WORDS = 30, 5  # characters and words; on a page that the user chose
_SHORTEST_CHOSEN, _FEWEST_CHOSEN, _SHORTEST_FIGURE = 14, 3, 8  # the last of a line with a figure
_USUAL_WORDS = 15  # from which on a line without a full stop is no heading
_WRAPPED = lazy_pattern(
    r"(?<=[a-zäöüßáéíóúñç,;]) ?\n(?=[a-zäöüßáéíóúñç(])"
)  # a line break within a sentence, as PDFs have
_BULLET = lazy_pattern(r"^\s*(?:[-*•‣▪–—·]+|\d{1,2}[.)])\s+")
_LABELLED = lazy_pattern(r"[^:;.!?]{2,40}: \S[^:]*(?:; [^:;]{1,60}: [^:]+)*")  # what a table's row or a form says
_BETWEEN = lazy_pattern(r" [|\u203a»·•>/] ")  # what stands between the entries of a menu
_CODE = lazy_pattern(r"[{}=<>\\]|\(\)|#\d|@\w|\w_\w|\w\.\w+\(")
_MARKUP = lazy_pattern(r"!?\[([^\[\]]{0,300})\]\([^)]{0,300}\)|[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}|^>\s*")
_CJK = lazy_pattern(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SMALL_WORD = lazy_pattern(r"(?<!\w)[^\W\d_A-Z][^\W\d_]+")
_ASKING_OR_LEADING = ("", "?", "？", ":", "：")  # noqa: RUF001
_CLOSING = "\"'”’»)」』）"  # noqa: RUF001


@dataclass(frozen=True)
class Sentence:
    """`page` is the position of its page; `place` is 0 at the page's first sentence and nears 1 at its last."""

    text: str
    page: int
    place: float


def read(pages: Sequence[Page], *, chosen: bool = False, question: str = "") -> list[Sentence]:
    """The sentences that report something, in the order of the pages; each is as it stands in its page's text.

    Of pages that the user has `chosen` also the short ones, and lines that are no sentences but say something.
    """
    chosen_sentences: list[Sentence] = []
    most = min(_MOST, max(50, _MOST_OF_ALL // max(1, len(pages))))
    for number, page in enumerate(pages[:MAX_PAGES]):
        texts = list(dict.fromkeys(_sentences(page.text[:MAX_CHARS], chosen=chosen)))
        kept = _best(texts, question or page.title, most)
        chosen_sentences += [Sentence(texts[position], number, position / len(texts)) for position in kept]
    return chosen_sentences


def excerpt(text: str, question: str, size: int) -> str:
    """A text's best chunks for a question within `size` characters, in its order; short texts whole."""
    if len(text) <= size:
        return text
    lines = [line for line in text.splitlines() if line.strip()]
    pieces = [piece for line in lines for piece in ranking.chunks(line)]
    scores = _worth(pieces, question)
    chosen, room = set[int](), size
    for n in sorted(range(len(pieces)), key=lambda n: (-scores[n], n)):
        if len(pieces[n]) + 1 <= room:
            chosen.add(n)
            room -= len(pieces[n]) + 1
    return "\n".join(pieces[n] for n in sorted(chosen))


def _best(texts: Sequence[str], question: str, most: int) -> list[int]:
    """The positions of the sentences that are kept, in order."""
    if len(texts) <= most:
        return list(range(len(texts)))
    scores = _worth(texts, question)
    return sorted(sorted(range(len(texts)), key=lambda n: (-scores[n], n))[:most])


def _worth(texts: Sequence[str], question: str) -> list[float]:
    """What each says by its words and figures: cheap, for texts that are too many to be compared by meaning."""
    spoken = language("\n".join(texts[:20]))
    return [
        share + (_TELLS if numbers(text) else 0.0) + (_TELLS if section_of(text, spoken) else 0.0)
        for share, text in zip(ranking.shares(question, texts), texts, strict=True)
    ]


def _sentences(text: str, *, chosen: bool) -> Iterator[str]:
    """A line with an order in it is left out as a whole: what stands beside an order belongs to it."""
    for line in _WRAPPED.sub(" ", visible(text)).splitlines():
        no_text = not line.strip() or line.lstrip().startswith(("#", "<")) or line.count("|") > 1
        if no_text and not (chosen and _is_row(line)):
            continue
        bare = _MARKUP.sub(r"\1", _BULLET.sub("", line)).strip()
        texts = [bare] if _LABELLED.fullmatch(bare) or _is_row(line) else sentences(bare)
        listed = bool(_BULLET.match(line)) or (chosen and len(texts) == 1 and bool(_LABELLED.fullmatch(bare)))
        kept = [sentence for sentence in texts if _reports(sentence, listed=listed, chosen=chosen)]
        if kept and not any(gives_orders(sentence) for sentence in texts):
            yield from kept


def _is_row(line: str) -> bool:
    """Whether it is a table's row with a figure in it."""
    cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
    return len(cells) > 1 and bool(numbers(line)) and all(0 < len(cell) <= 200 for cell in cells)


def _reports(sentence: str, *, listed: bool, chosen: bool) -> bool:
    """Whether it is a statement, and no heading, menu, code, question, request or notice."""
    words = sentence.split()
    ideographs = len(_CJK.findall(sentence))
    length, count = len(sentence) + ideographs, len(words) + ideographs // 2
    figure = chosen and bool(numbers(sentence))
    shortest = _SHORTEST_FIGURE if figure else _SHORTEST_CHOSEN if chosen else _SHORTEST
    fewest = 2 if figure and listed else _FEWEST_CHOSEN if chosen else _FEWEST_WORDS
    last = sentence.rstrip(_CLOSING)[-1:]
    if not shortest <= length <= _LONGEST or count < fewest or last in _ASKING_OR_LEADING:
        return False
    ended = last in ".!…。！"  # noqa: RUF001
    return not (
        _is_no_prose(sentence, words, ended=ended, listed=listed, chosen=chosen)
        or (
            not ended and not listed and count < _USUAL_WORDS and not (chosen and _says_something(sentence, ideographs))
        )
        or is_furniture(sentence, ended=ended)
        or is_imperative(sentence)
        or names_an_address(sentence)
    )


def _is_no_prose(sentence: str, words: Sequence[str], *, ended: bool, listed: bool, chosen: bool) -> bool:
    """Whether it looks like a menu or like code."""
    letters = sum(char.isalpha() or char.isspace() for char in sentence) / len(sentence)
    capitals = sum(word[:1].isupper() for word in words[1:]) / max(1, len(words) - 1)
    row = chosen and _is_row(sentence)
    menu = capitals > (0.85 if ended or listed or chosen else 0.65) or letters < (0.4 if numbers(sentence) else 0.7)
    return not row and (menu or len(_BETWEEN.findall(sentence)) > 1 or len(_CODE.findall(sentence)) > 1)


def _says_something(line: str, ideographs: int) -> bool:
    """Whether a line without a full stop may be more than a heading or a name: it has small words, or a figure."""
    return ideographs > 8 or bool(_SMALL_WORD.search(line.partition(" ")[2]))
