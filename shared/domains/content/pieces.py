"""A finished text with its scores, and the choice of the best among variants."""

from collections.abc import Sequence

from shared.domains.content.generators.base import Draft
from shared.domains.content.scoring import Scores


class Piece(Draft):
    """A finished text: the number of its variant, its tone, its generator and its scores. `unsupported_words` are what
    its generator has asserted although nothing that it was given says so."""

    variant: int
    tone: str
    generator: str
    scores: Scores
    unsupported_words: list[str] = []


def best_piece(pieces: Sequence[Piece]) -> Piece:
    """The piece with the highest overall score, of those without invented facts if there are any; of equals, the first
    variant."""
    return max(pieces, key=lambda piece: (not piece.unsupported_words, overall_score(piece), -piece.variant))


def overall_score(piece: Piece) -> float:
    """The weighted mean: 50 % personalisation, 30 % length, 20 % readability."""
    scores = piece.scores
    return 0.5 * scores.personalisation.value + 0.3 * scores.length.value + 0.2 * scores.readability.value
