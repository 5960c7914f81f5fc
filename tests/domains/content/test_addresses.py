"""Web and mail addresses are recognised in prose."""

import pytest

from shared.domains.content.addresses import find_addresses


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        (
            "See https://X.io/a?b=1. Or (www.y.org/z), or mail a.b@c.io!",
            {"https://x.io/a?b=1", "www.y.org/z", "a.b@c.io"},
        ),
        ("javascript://alert ftp://f.io", {"javascript://alert", "ftp://f.io"}),
        ("Nothing here: 3.5 % at noon, e.g. v1.2", set()),
    ],
)
def test_addresses_are_found_without_the_sentences_punctuation(text: str, addresses: set[str]) -> None:
    assert find_addresses(text) == addresses
