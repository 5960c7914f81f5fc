"""Unfinished texts are told from finished ones: nothing unfinished passes, and hardly anything finished is held."""

import pytest

from shared.domains.content import readiness
from tests.domains.readiness_texts import READY, UNFINISHED, Sample


def _findings(sample: Sample) -> list[readiness.Finding]:
    return readiness.of_text(sample.text, "body", sample.recipient)


@pytest.mark.parametrize("sample", UNFINISHED, ids=lambda sample: sample.text[:60])
def test_an_unfinished_text_is_found_unfinished(sample: Sample) -> None:
    found = _findings(sample)
    assert sample.wrong in [finding.kind for finding in found], found
    for finding in found:
        assert sample.text[finding.start : finding.end].startswith(finding.excerpt)


@pytest.mark.parametrize("sample", READY, ids=lambda sample: sample.text[:60])
def test_a_finished_text_is_not_held(sample: Sample) -> None:
    assert _findings(sample) == []
