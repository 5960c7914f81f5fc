"""A user's index: searches all segments as one, in memory."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np

from shared.search.columns import moment
from shared.search.corpus import Corpus
from shared.search.entries import Key
from shared.search.expansion import synonyms_of
from shared.search.explanation import hits, suggestions
from shared.search.fusion import Meaning, by_passage, fused
from shared.search.packing import Array
from shared.search.ranking import in_order, selected
from shared.search.results import Filters, Mode, Passage, Results, filters_in
from shared.search.scoring import Scorer
from shared.search.segments import Segment
from shared.search.shown import Shown, page
from shared.search.text.query import Query

_ALL = Filters()
_NOTHING = Shown()


class Index:
    """Segments, oldest first; the newest that has a key owns it. The same live entries give the same results and
    scores however they are divided into segments.

    Bounded whatever the query: each of its terms (the parser allows 32) costs a few passes over the postings of its
    words; all words that a prefix begins are one run of postings, read once; a mistyped word stands for at most
    MAX_TYPOS words. No step walks entries in Python but for the hits of the page.
    """

    def __init__(self, segments: Sequence[Segment], synonyms: Mapping[str, Sequence[str]] | None = None) -> None:
        self._corpus = Corpus(segments)
        self._synonyms = synonyms_of(synonyms or {})
        self._meaning = Meaning(self._corpus)

    @property
    def documents(self) -> int:
        """The number of live documents."""
        return int(np.count_nonzero(self._corpus.live))

    def has_any(self, filters: Filters) -> bool:
        """Whether a live document passes: where none does, there is nothing to search."""
        return bool(self._corpus.allowed((filters,)).any())

    @property
    def entries(self) -> int:
        """The number of live entries."""
        return self._corpus.entries

    @property
    def model(self) -> str:
        """The model of most live entries' vectors: the one to embed a query with. Empty where none has a vector."""
        return self._meaning.model

    def search(
        self,
        query: Query,
        filters: Filters = _ALL,
        *,
        mode: Mode = "text",
        vector: Array | None = None,
        limit: int = 10,
        shown: Shown = _NOTHING,
    ) -> Results:
        """The best documents for a query, but for those that were shown on the pages before.

        Text: all of up to three words are required if any document has all, else any of them; phrases and words for
        one field always are. Without wanted words: all documents that pass, the newest first. Semantic: those whose
        meaning is near the query's `vector` (of `model`), which phrases, excluded words and filters restrict as well.
        Hybrid: both, fused. Without a vector every mode is text.
        """
        mode = "text" if vector is None or not self.model else mode
        allowed = self._allowed(query, filters)
        scorer = Scorer(self._corpus, self._synonyms)
        selection = selected(self._corpus, scorer, query, allowed)
        scores, cosine = selection.scores, None
        if mode != "text" and vector is not None:
            cosine = self._meaning.cosines(vector)
            scores = fused(self._corpus, selection, cosine, with_words=mode == "hybrid")
        documents = np.flatnonzero(scores.is_hit)
        by_document = scores.by_document[documents]
        best = page(self._corpus, documents, by_document, shown, limit)
        return Results(
            hits=hits(self._corpus, best, selection, scores, cosine),
            total=len(documents),
            facets=self._corpus.facets(documents),
            suggestions=suggestions(query, selection.terms),
        )

    def passages(
        self, query: Query, filters: Filters = _ALL, *, vector: Array | None = None, limit: int = 10
    ) -> list[Passage]:
        """The entries that answer a query best, also several of one document. A score is the share of the query's
        weight that the entry's words meet, fused with the cosine of its meaning: 0..1, and low where little fits."""
        allowed = self._allowed(query, filters)
        selection = selected(self._corpus, Scorer(self._corpus, self._synonyms), query, allowed)
        cosine = np.zeros(self._corpus.rows) if vector is None else self._meaning.cosines(vector)
        scores = by_passage(self._corpus, selection, cosine)
        rows = np.flatnonzero(scores)
        hashes = self._corpus.hashes[self._corpus.document_of[rows]]
        best = rows[np.lexsort((rows, hashes, -scores[rows]))][:limit]  # a document's parts ascend by row
        return [Passage(*self._corpus.passage(row), float(scores[row])) for row in best.tolist()]

    def all_matching(self, query: Query, filters: Filters = _ALL) -> list[tuple[Key, datetime]]:
        """All documents that have every wanted word, or one that begins with it or has its stem, and every phrase; the
        newest first. Neither synonyms nor typos count."""
        allowed = self._allowed(query, filters)
        scorer = Scorer(self._corpus, {}, typos=False)
        documents = in_order(self._corpus, scorer, query, allowed)
        return [(self._corpus.key(n), moment(int(self._corpus.times[n]))) for n in documents.tolist()]

    def _allowed(self, query: Query, filters: Filters) -> Array:
        """The documents that pass both the filters and those that the query names."""
        return self._corpus.allowed((filters, filters_in(query)))
