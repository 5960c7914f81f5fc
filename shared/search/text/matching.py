"""Whether a document has what a query looks for, without an index: as alerts compare each written document."""

from collections.abc import Iterable
from functools import cached_property

from shared.search.entries import Entry
from shared.search.text.query import Query, Term, how_telling
from shared.search.text.stems import STEMMERS
from shared.search.text.tokens import Token, language_of, tokens


def matches(query: Query, entries: Entry | Iterable[Entry]) -> bool:
    """Whether a document passes a query's filters and has all of its wanted terms and none of the excluded ones.

    `entries` are those of one document; a phrase stands within one text of it.
    """
    return matching([query], entries) == [query]


def matching(queries: Iterable[Query], entries: Entry | Iterable[Entry]) -> list[Query]:
    """Those of the queries that a document matches. Its texts are taken apart once, and one at a time."""
    parts = [entries] if isinstance(entries, Entry) else list(entries)
    facets = _facets(parts)
    open_ = [
        (query, set(query.wanted))
        for query in queries
        if parts and all(map(_passes, (query.kinds, query.tags, query.status), facets))
    ]
    for field, text in (text for entry in parts for text in entry.texts):
        if not any(missing or query.excluded for query, missing in open_):
            break
        read = _Text(field, text)
        open_ = [(query, missing) for query, missing in open_ if not any(map(read.has, query.excluded))]
        for _, missing in open_:
            missing.difference_update([term for term in missing if read.has(term)])
    return [query for query, missing in open_ if not missing]


def _facets(entries: list[Entry]) -> tuple[set[str], set[str], set[str]]:
    return (
        {entry.key.kind for entry in entries},
        {tag for entry in entries for tag in entry.tags},
        {entry.status for entry in entries},
    )


def _passes(wanted: tuple[str, ...], values: set[str]) -> bool:
    return not wanted or not values.isdisjoint(wanted)


class _Text:
    """A text, ready to be asked for terms."""

    def __init__(self, field: str, text: str) -> None:
        self.field = field
        self.language = language_of(text)
        self.tokens = tokens(text, self.language)

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(token.word for token in self.tokens)

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(token.stem for token in self.tokens)

    @cached_property
    def sequence(self) -> list[Token]:
        return [token for token in self.tokens if not token.joined]

    def has(self, term: Term) -> bool:
        """Whether the text is of the term's field and holds it."""
        if term.field not in (None, self.field):
            return False
        if not self.words.isdisjoint(term.spellings):
            return True
        if term.spellings_prefix and term.spellings and any(word.startswith(term.spellings) for word in self.words):
            return True
        if len(term.words) > 1:
            return self._has_phrase(term)
        word = term.words[0]
        if word in self.words or (term.prefix and any(other.startswith(word) for other in self.words)):
            return True
        return not term.quoted and term.stems(self.language)[0] in self.stems

    def _has_phrase(self, term: Term) -> bool:
        *firsts, last = term.words
        if not self.words.issuperset(firsts):
            return False
        words = [token.word for token in self.sequence]
        for start in range(len(words) - len(firsts)):
            if words[start] == firsts[0] and words[start : start + len(firsts)] == firsts:
                final = words[start + len(firsts)]
                if final == last or (term.prefix and final.startswith(last)):
                    return True
        return False


def required_terms(query: Query) -> list[str]:
    """The words and stems of the query's most telling term: each document that `matches` has one among its `terms_of`.

    Empty where no term is required: then each document has to be compared.
    """
    terms = [term for term in query.wanted if not (term.prefix and len(term.words) == 1)]
    if not terms:
        return []
    term = max(terms, key=lambda term: max(map(how_telling, term.words[: len(term.words) - term.prefix])))
    words = term.words[: len(term.words) - term.prefix]
    place = max(range(len(words)), key=lambda place: how_telling(words[place]))
    stems = () if term.quoted else (term.stems(language)[place] for language in STEMMERS)
    return sorted({words[place], *term.spellings, *stems})


def terms_of(entries: Entry | Iterable[Entry]) -> set[str]:
    """All words and stems of a document, for `required_terms`."""
    parts = [entries] if isinstance(entries, Entry) else entries
    return {
        term
        for entry in parts
        for _, text in entry.texts
        for token in tokens(text, language_of(text))
        for term in (token.word, token.stem)
    }
