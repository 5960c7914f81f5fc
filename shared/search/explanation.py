"""Says of each hit how it met the query, and of a mistyped query how it was meant."""

from collections.abc import Sequence

import numpy as np

from shared.search.columns import moment
from shared.search.corpus import Corpus
from shared.search.expansion import HOWS
from shared.search.packing import Array, ranges
from shared.search.ranking import Scores, Selection
from shared.search.results import Hit, Match
from shared.search.scoring import TermRows, words_met
from shared.search.text.fields import FIELDS
from shared.search.text.query import Query, Term

_MAX_WORDS = 10  # of an explanation


def hits(
    corpus: Corpus, documents: Array, selection: Selection, scores: Scores, cosine: Array | None
) -> tuple[Hit, ...]:
    """The hits of a page, each with its best part and how each term is met."""
    spans = [range(*corpus.first_row[document : document + 2].tolist()) for document in documents.tolist()]
    best = [span.start + int(np.argmax(scores.by_row[span.start : span.stop])) for span in spans]
    matched: list[dict[str, Match]] = [{} for _ in spans]
    for term, contributions in selection.contributions:
        for number, match in _matches(corpus, term, contributions, documents, best).items():
            matched[number][_label(term.term)] = match
    for number, row in enumerate(best):
        if cosine is not None and cosine[row] > 0:
            matched[number]["~"] = Match("meaning", (), (), float(cosine[row]))
    result = []
    for document, row, own in zip(documents.tolist(), best, matched, strict=True):
        position, _ = corpus.at(document)
        part = int(corpus.segments[position].columns.parts[row - corpus.first_rows[position]])
        score, time = float(scores.by_document[document]), int(corpus.times[document])
        result.append(Hit(corpus.key(document), part, score, own, moment(time), int(corpus.hashes[document])))
    return tuple(result)


def _label(term: Term) -> str:
    words = " ".join(term.words)
    return f"{term.field}:{words}" if term.field else words


def _matches(
    corpus: Corpus, term: TermRows, contributions: Array, documents: Array, best: Sequence[int]
) -> dict[int, Match]:
    """By the number of a hit: how a term is met in its document; its score is what it adds in the best part."""
    met: dict[int, list[tuple[int, str, int]]] = {}
    of_document = {document: number for number, document in enumerate(documents.tolist())}
    for position, segment in enumerate(corpus.segments):
        first = corpus.first_rows[position]
        own = [n for n in of_document if corpus.at(n)[0] == position]
        if own:
            numbers = np.array(own)
            rows = ranges(corpus.first_row[numbers], corpus.first_row[numbers + 1])
            rows = rows[np.isin(rows, term.rows)] - first
            for row, how, word, field in words_met(segment, term, position, rows):
                met.setdefault(of_document[int(corpus.document_of[row + first])], []).append((how, word, field))
    result = {}
    for number, ways in met.items():
        how = min(way for way, *_ in ways)
        words = dict.fromkeys(word for way, word, _ in sorted(ways) if way == how)
        fields = dict.fromkeys(FIELDS[field] for *_, field in sorted(ways, key=lambda way: way[2]))
        place = int(np.searchsorted(term.rows, best[number]))
        score = contributions[place] if place < len(term.rows) and term.rows[place] == best[number] else 0.0
        result[number] = Match(HOWS[how], tuple(words)[:_MAX_WORDS], tuple(fields), float(score))
    return result


def suggestions(query: Query, terms: Sequence[TermRows]) -> tuple[str, ...]:
    """The query as it was sent, with each word that no entry has replaced by the likeliest that some has."""
    corrections = {term.term.words[0]: right for term in terms if (right := term.expansion.correction)}
    return (query.corrected(corrections),) if corrections else ()
