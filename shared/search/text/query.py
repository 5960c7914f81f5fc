"""What a user looks for: a query's terms and filters.

Syntax: words; "a phrase"; -word, -"a phrase"; title:word (any of FIELDS); kind:, tag:, status: with one value or
several (kind:prospects,vault), any of which a document may have; word* for all words that begin so.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from shared.kit.patterns import lazy_pattern
from shared.search.text.compounds import Word, spelled_out
from shared.search.text.languages import is_common
from shared.search.text.scripts import is_spaceless
from shared.search.text.stems import stem
from shared.search.text.syntax import Piece, pieces, refusal
from shared.search.text.tokens import fold, written_words

_FURNITURE = lazy_pattern(r"^(?:https?://(?:www\.)?|www\.)(?=\w)", re.IGNORECASE)  # of an address on the web
MAX_TERMS = 32  # words and phrases that a query may have
_TOKENS_OF_A_TERM = 4  # what is written in one may be taken apart into so many and still count as one


@dataclass(frozen=True)
class Term:
    """A word that documents must have, or with several `words` a phrase: these words, one after the other."""

    words: tuple[str, ...]  # folded
    field: str | None = None  # the one field that counts; None: any
    prefix: bool = False  # the last word may go on
    quoted: bool = False  # the words themselves count, no other forms of them and no misspellings
    # Words that stand for it as well: "followup" for each of the two words of follow-up, "mueller" for Müller.
    spellings: tuple[str, ...] = ()
    spellings_prefix: bool = False  # the spellings may go on: "e-mai" is on its way to "email"
    surfaces: tuple[str, ...] = ()  # the words with their diacritics, as stemmers need them

    def stems(self, language: str) -> tuple[str, ...]:
        """The stems of its words in a language; of a quoted term the words themselves."""
        if self.quoted:
            return self.words
        return tuple(stem(surface, language) for surface in self.surfaces or self.words)


@dataclass(frozen=True)
class Query:
    """A query, taken apart. Without wanted terms it stands for all documents that pass its filters."""

    wanted: tuple[Term, ...] = ()
    excluded: tuple[Term, ...] = ()
    kinds: tuple[str, ...] = ()  # of these, any; empty: all
    tags: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    text: str = ""  # the wanted words as written: what is embedded
    ignored: tuple[str, ...] = ()  # words that are not looked for, since there are too many
    written: str = field(default="", compare=False)  # as it was sent
    # Where in that its words stand that may be mistyped, and these as they are folded.
    places: tuple[tuple[int, int, str], ...] = field(default=(), compare=False)

    def corrected(self, corrections: Mapping[str, str]) -> str:
        """As it was sent, with some of its (folded) words replaced: phrases, signs and filters stay as they are."""
        pieces, end = list[str](), 0
        for start, behind, word in self.places:
            if word in corrections:
                pieces += self.written[end:start], corrections[word]
                end = behind
        return "".join([*pieces, self.written[end:]])


def parsed(
    text: str, *, as_you_type: bool = False, kinds: Collection[str] = (), statuses: Collection[str] = ()
) -> Query:
    """The query that a user wrote; as they type, the last word may go on.

    Raises Invalid for a text that is too long, has too many words, or uses a field, a kind or a status that there is
    not: it names the place and the way out. Where `kinds` or `statuses` are left out, all are taken.
    """
    reader = _Reader(text, kinds, statuses)
    for piece in pieces(text, is_unfinished=as_you_type):
        reader.read(piece, is_last=as_you_type and piece.end == len(text))
    return reader.query


def plain(text: str) -> Query:
    """The query for the words of a text that is none: a question, or what is typed above a list. No sign means
    anything, and nothing is refused: of more than MAX_TERMS words the most telling are taken, the rest `ignored`."""
    written = list(written_words(text))
    groups = [_terms(words, "", False) for _, _, words in written]
    terms = [*dict.fromkeys(term for group in groups for term in group)]
    telling = {*sorted(terms, key=lambda term: how_telling(term.words[0]), reverse=True)[:MAX_TERMS]}
    ignored = tuple(term.surfaces[0] for term in terms if term not in telling)
    wanted = tuple(term for term in terms if term in telling)
    places = tuple(place for start, _, words in written for place in _places(words, start))
    return Query(wanted, text=text, ignored=ignored, written=text, places=places)


def is_plain(text: str) -> bool:
    """Whether a query uses no syntax."""
    return not any(piece.quoted or piece.excluded or piece.starred or piece.name for piece in pieces(text))


class _Reader:
    """Collects the terms and filters of a query."""

    def __init__(self, written: str, kinds: Collection[str], statuses: Collection[str]) -> None:
        self._written = written
        self._allowed = {"kind": kinds, "status": statuses, "tag": ()}
        self._values: dict[str, dict[str, None]] = {"kind": {}, "tag": {}, "status": {}}
        self._wanted: dict[Term, None] = {}
        self._excluded: dict[Term, None] = {}
        self._texts: list[str] = []
        self._places: list[tuple[int, int, str]] = []
        self._cost = 0

    @property
    def query(self) -> Query:
        kinds, tags, status = (tuple(self._values[name]) for name in ("kind", "tag", "status"))
        return Query(
            tuple(self._wanted),
            tuple(self._excluded),
            kinds,
            tags,
            status,
            text=" ".join(self._texts),
            written=self._written,
            places=tuple(self._places),
        )

    def read(self, piece: Piece, *, is_last: bool) -> None:
        if piece.name in self._values:
            self._filter(piece)
            return
        prefix = piece.starred or (is_last and not piece.excluded)
        value = piece.value if piece.quoted else _FURNITURE.sub("", piece.value)
        written = list(written_words(value))
        groups = [words for _, _, words in written]
        if piece.quoted or piece.excluded:
            self._count(piece, sum(map(len, groups)))
            (self._excluded if piece.excluded else self._wanted).update(_phrase(piece, groups, prefix))
        else:
            self._count(piece, sum(1 + (len(words) - 1) // _TOKENS_OF_A_TERM for words in groups))
            for number, words in enumerate(groups):
                self._wanted.update(dict.fromkeys(_terms(words, piece.name, prefix and number == len(groups) - 1)))
            first = piece.start + len(piece.value) - len(value)
            self._places += [place for start, _, words in written for place in _places(words, first + start)]
        if not piece.excluded:
            self._texts.append(piece.value.removesuffix("*"))

    def _count(self, piece: Piece, words: int) -> None:
        self._cost += words
        if self._cost > MAX_TERMS:
            raise refusal(piece.start, f"a query has at most {MAX_TERMS} words; leave out those from here on")

    def _filter(self, piece: Piece) -> None:
        if piece.excluded:
            raise refusal(piece.start, f"{piece.name}: cannot be excluded; name those that you look for")
        values = [value.strip() for value in ([piece.value] if piece.quoted else piece.value.split(","))]
        if not any(values):
            raise refusal(piece.start, f"no value stands behind {piece.name}:; name those that you look for")
        for value in filter(None, values):
            folded = value if piece.name == "tag" else value.lower()
            allowed = self._allowed[piece.name]
            if allowed and folded not in allowed:
                raise refusal(piece.start, f"there is no {piece.name} {value}; use {', '.join(sorted(allowed))}")
            self._values[piece.name][folded] = None


def how_telling(word: str) -> tuple[bool, int]:
    """Sorts words by how much they tell of what is looked for."""
    return not is_common(word), len(word)


def _places(words: Iterable[Word], first: int) -> Iterator[tuple[int, int, str]]:
    """Where the parts of what is written in one stand, counted from where it begins."""
    return ((first + word.start, first + word.end, word.folded) for word in words if not word.joined)


def _terms(words: Iterable[Word], name: str, prefix: bool) -> list[Term]:
    """A term for each part of what is written in one."""
    words = list(words)
    parts = [word for word in words if not word.joined]
    joined = [word for word in words if word.joined]
    last = parts[-1] if parts else None
    return [
        Term(
            (part.folded,),
            name or None,
            (prefix and part is last) or (len(part.surface) == 1 and is_spaceless(part.surface)),
            spellings=_spellings(part, joined),
            spellings_prefix=prefix,
            surfaces=(part.surface,),
        )
        for part in parts
    ]


def _spellings(part: Word, joined: list[Word]) -> tuple[str, ...]:
    """The compounds that a part is of, and the word itself without umlauts."""
    others = [word.folded for word in joined if word.start <= part.start and part.end <= word.end]
    if spelling := spelled_out(part.surface):
        others.append(fold(spelling))
    return tuple(dict.fromkeys(others))


def _phrase(piece: Piece, groups: list[tuple[Word, ...]], prefix: bool) -> dict[Term, None]:
    parts = [word for words in groups for word in words if not word.joined]
    if not parts:
        return {}
    joined = [word for word in groups[0] if word.joined] if len(groups) == 1 else []
    whole = [word.folded for word in joined if word.start <= parts[0].start and word.end >= parts[-1].end]
    is_word = len(parts) == 1 and not piece.quoted
    term = Term(
        tuple(word.folded for word in parts),
        piece.name or None,
        prefix,
        quoted=piece.quoted or len(parts) > 1,
        spellings=_spellings(parts[0], joined) if is_word else tuple(whole[:1]),
        surfaces=tuple(word.surface for word in parts),
    )
    return {term: None}
