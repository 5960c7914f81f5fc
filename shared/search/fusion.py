"""Scores by meaning: cosines of vectors, alone or fused with the scores of the words."""

from collections import Counter
from functools import cached_property

import numpy as np

from shared.search.corpus import Corpus
from shared.search.packing import Array
from shared.search.ranking import Scores, Selection, best_of
from shared.search.vectors import cosines, mean_of

RELATED = 0.3  # the cosine, the corpus's mean subtracted, from which a text that shares no word is a hit
WORDS = 0.65  # the share of the words in a fused score; the rest is the meaning's


class Meaning:
    """The vectors of a corpus that are of one model."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    @cached_property
    def model(self) -> str:
        counts = Counter[str]()
        for segment, live in zip(self._corpus.segments, self._corpus.rows_live, strict=True):
            if segment.vectors:
                counts[segment.vectors.model] += segment.entries if live is None else int(np.count_nonzero(live))
        return max(counts, key=lambda model: (counts[model], model), default="")

    @cached_property
    def _mean(self) -> Array:
        return mean_of(
            [
                (segment.vectors, live)
                for segment, live in zip(self._corpus.segments, self._corpus.rows_live, strict=True)
                if segment.vectors and segment.vectors.model == self.model
            ]
        )

    def cosines(self, vector: Array) -> Array:
        """Of each row the cosine with a vector; 0 for one without a vector of the model."""
        result = np.zeros(self._corpus.rows)
        for segment, first in zip(self._corpus.segments, self._corpus.first_rows, strict=False):
            if segment.vectors and segment.vectors.model == self.model:
                result[first : first + segment.entries] = cosines(segment.vectors, vector, self._mean)
        return result


def fused(corpus: Corpus, selection: Selection, cosine: Array, *, with_words: bool) -> Scores:
    """Scores by meaning alone, or by both.

    Both: the words' score, divided by the best among the hits, and the cosine, divided by the best among the permitted.
    """
    near = np.maximum(cosine, 0.0)
    related = selection.permitted & (best_of(corpus, near) >= RELATED)
    if not with_words:
        return Scores(near, best_of(corpus, near), related)
    is_hit = selection.scores.is_hit | related
    rows = is_hit[corpus.document_of]
    by_words = np.where(selection.scores.is_hit[corpus.document_of], selection.scores.by_row, 0.0)
    highest, nearest = (float(scores[rows].max(initial=0.0)) or 1.0 for scores in (by_words, near))
    by_row = WORDS * by_words / highest + (1 - WORDS) * near / nearest
    return Scores(by_row, best_of(corpus, by_row), is_hit)


def by_passage(corpus: Corpus, selection: Selection, cosine: Array) -> Array:
    """Of each entry a score that says how well it fits by itself; 0 for one that does not."""
    permitted = selection.permitted[corpus.document_of]
    by_words = np.where(selection.scores.is_hit[corpus.document_of], selection.scores.by_row, 0.0)
    fits = permitted & ((by_words > 0) | (cosine >= RELATED))
    return np.asarray(np.where(fits, WORDS * by_words + (1 - WORDS) * np.maximum(cosine, 0.0), 0.0))
