"""Intervals and tests that hold for small counts. Pure.

Wilson's score interval (E. B. Wilson, JASA 22, 1927). Of a difference, Newcombe's method 10 (R. G. Newcombe, Statistics
in Medicine 17, 1998, 873-890). Fisher's exact test, two-sided, of all tables no likelier than the one at hand (R. A.
Fisher, 1935; A. Agresti, Categorical Data Analysis, 3.5). Of two counts, the test given their sum (J. Przyborowski and
H. Wilenski, Biometrika 31, 1940).
"""

from collections.abc import Sequence
from math import erfc, exp, inf, lgamma, log, sqrt

Z = 1.959963984540054  # 95 %
_MANY = 500  # expected in the smallest cell, above which the normal distribution serves: as exact, and at once
_TIED = 1e-7  # relative: probabilities that differ by less are equal, as in R's fisher.test
Interval = tuple[float, float]


def wilson(part: int, whole: int, z: float = Z) -> Interval:
    """The interval of a proportion; all there is, where nothing was tried."""
    if whole <= 0:
        return 0.0, 1.0
    share = part / whole
    scale = 1 + z * z / whole
    middle = (share + z * z / (2 * whole)) / scale
    width = z * sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole)) / scale
    return max(0.0, middle - width), min(1.0, middle + width)


def difference(part_a: int, whole_a: int, part_b: int, whole_b: int) -> Interval:
    """The interval of b's proportion less a's."""
    a, b = part_a / whole_a, part_b / whole_b
    (low_a, high_a), (low_b, high_b) = wilson(part_a, whole_a), wilson(part_b, whole_b)
    low = b - a - sqrt((b - low_b) ** 2 + (high_a - a) ** 2)
    high = b - a + sqrt((high_b - b) ** 2 + (a - low_a) ** 2)
    return max(-1.0, low), min(1.0, high)


def fisher(part_a: int, whole_a: int, part_b: int, whole_b: int) -> float:
    """How likely two groups with the same proportion are at least as far apart."""
    parts = part_a + part_b
    if min(parts, whole_a + whole_b - parts) * min(whole_a, whole_b) > _MANY * (whole_a + whole_b):
        pooled = parts / (whole_a + whole_b)
        spread = sqrt(pooled * (1 - pooled) * (1 / whole_a + 1 / whole_b))
        return erfc(abs(part_a / whole_a - part_b / whole_b) / spread / sqrt(2))
    first, last = max(0, parts - whole_b), min(parts, whole_a)
    whole = _log_choose(whole_a + whole_b, parts)
    terms = [_log_choose(whole_a, k) + _log_choose(whole_b, parts - k) - whole for k in range(first, last + 1)]
    return _no_likelier(terms, part_a - first)


def two_counts(a: int, b: int, time_a: float = 1, time_b: float = 1) -> float:
    """How likely two counts of the same rate, over the given times, are at least as far apart."""
    total, share = a + b, time_a / (time_a + time_b)
    if total * min(share, 1 - share) > _MANY:
        return erfc(abs(a - total * share) / sqrt(total * share * (1 - share)) / sqrt(2))
    terms = [_log_choose(total, k) + k * log(share) + (total - k) * log(1 - share) for k in range(total + 1)]
    return _no_likelier(terms, a)


def ratio_of_counts(a: int, b: int, time_a: float = 1, time_b: float = 1) -> Interval:
    """The interval of b's rate by a's, from that of b's share of both."""
    low, high = wilson(b, a + b)
    scale = time_a / time_b
    return low / (1 - low) * scale, (high / (1 - high) * scale if high < 1 else inf)


def _no_likelier(terms: list[float], at: int) -> float:
    bound = terms[at] + _TIED
    return min(1.0, sum(exp(term) for term in terms if term <= bound))


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def dispersion(numbers: Sequence[int], lengths: Sequence[float], every: int) -> float:
    """The variance of numbers about the mean of those that stand alike, as days of a weekday, by what Poisson counts
    of such lengths have."""
    squares, freedom = 0.0, 0
    for place in range(every):
        same = [(number, length) for number, length in zip(numbers, lengths, strict=True) if length][place::every]
        if mean := sum(number for number, _ in same) / (sum(length for _, length in same) or 1):
            squares += sum((number - mean * length) ** 2 / (mean * length) for number, length in same)
            freedom += len(same) - 1
    return squares / freedom if freedom else 1.0
