"""What two sources say against each other is shown side by side, and nothing else is."""

import pytest

from shared.domains.research.contradictions import find_contradictions
from shared.domains.research.evidence import verify
from shared.domains.research.models import Contradiction, Statement

FIRST = "Initech sold 61 warehouse robots in the first quarter of 2026."


def _found(second: str) -> list[Contradiction]:
    texts = [f"News of the day.\n{FIRST}", f"Other news.\n{second}"]
    statements = verify([Statement(section="key_findings", text=FIRST, sources=[0])], texts)
    return find_contradictions(statements, texts)


@pytest.mark.parametrize(
    "second",
    [
        "In the first quarter of 2026, Initech sold 48 warehouse robots.",
        "Initech sold no 61 warehouse robots in the first quarter of 2026.",
    ],
)
def test_both_are_shown_with_their_sources(second: str) -> None:
    [pair] = _found(second)
    assert (pair.texts, pair.sources) == ([FIRST, second], [0, 1])


@pytest.mark.parametrize(
    "second",
    [
        FIRST,
        "Hooli sold 48 warehouse robots in the first quarter of 2026.",
        "Initech sold 48 warehouse robots in the first quarter of 2025.",
        "Initech leased 48 lawn mowers to hotels in the first quarter of 2026.",
        "Initech sold 61 warehouse robots.",
    ],
)
def test_what_can_both_be_right_is_no_contradiction(second: str) -> None:
    assert _found(second) == []
