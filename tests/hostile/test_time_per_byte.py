"""Whatever a stranger can send costs time in proportion to its size: twice the text, about twice the time.

Measured is the CPU time of this process, the best of several attempts, where it is long enough to compare. Two
doublings have to agree.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from shared.domains.content import addresses, phrasing
from shared.domains.content.readiness import checks, missing_values, salutations
from shared.domains.files import chunks
from shared.domains.research import answered, claims, cues, guard, reading
from shared.errors import AppError
from shared.kit import (
    clock,
    clustering,
    mailboxes,
    personal_names,
    placeholders,
    ranking,
    sentences,
    tokens,
    whitespace,
)
from shared.providers.extract import html, kinds, markdown, pdf, text
from shared.providers.mail.message import header_text
from shared.providers.web import sniffing
from shared.providers.web.base import Page
from shared.search.text import highlights, query
from shared.search.text import tokens as search_tokens
from tests.hostile import shapes

Reader = Callable[[str], Any]

LENGTH = 12_000
_WORTH_COMPARING = 0.1  # seconds: below, it may be noise, and a quadratic reader of 24,000 characters takes longer
_MOST = 3.0  # times, for twice the text
_PER_CHARACTER = 150e-6  # seconds: so a text of 24,000 characters has 3.6, on a slow machine


_QUERY = query.parsed('a "a b" x 王* 1 the word', as_you_type=True)


def _encoded(value: str) -> bytes:
    return value.encode("utf-8", "replace")


def _page(value: str) -> Page:
    return Page(url="https://a.example/", title="", text=value, retrieved_at=clock.now(), content_hash="", site="")


READERS: dict[str, Reader] = {
    "sentences": sentences.sentences,
    "passages": ranking.chunks,
    "passages under headings": chunks.of,
    "key sentences": lambda value: ranking.key_sentences(value, 5),
    "words": tokens.words,
    "search tokens": lambda value: tokens.prefixes([value]),
    "words of the search": lambda value: search_tokens.tokens(value, search_tokens.language_of(value)),
    "snippet": lambda value: highlights.snippet(value, _QUERY),
    "search query": lambda value: query.parsed(value[:1_000], as_you_type=True),
    "key phrases": lambda value: clustering.key_phrases([value[: len(value) // 3]] * 3, 5),
    "visible": whitespace.visible,
    "one line": whitespace.one_line,
    "trimmed": whitespace.trimmed,
    "mail address": mailboxes.key_of,
    "personal name": personal_names.parse,
    "placeholders": placeholders.find,
    "placeholders in braces": placeholders.names_in_braces,
    "blanks": lambda value: list(missing_values.find_missing_values(value)),
    "salutation": salutations.parse_salutation,
    "readiness of a message": lambda value: checks.check_message(value[:200], value, "Ann Lee"),
    "mail header": header_text,
    "addresses": addresses.find_addresses,
    "a sentence": phrasing.as_sentence,
    "orders": guard.gives_orders,
    "imperatives": guard.is_imperative,
    "addresses in a page": guard.names_an_address,
    "pains and openings": cues.section_of,
    "claims": lambda value: (claims.numbers(value), claims.names(value), claims.denies(value), claims.folded(value)),
    "an engine's answer": lambda value: answered.statements(value, ["https://a.example"], ["https://a.example"]),
    "a page's statements": lambda value: reading.read([_page(value)]),
    "kind of a document": lambda value: kinds.kind_of(_encoded(value), "text/plain", "x"),
    "type of an answer": lambda value: sniffing.content_type(_encoded(value)),
    "plain text": lambda value: text.read(_encoded(value)),
    "Markdown": lambda value: markdown.read(_encoded(value)),
    "HTML": lambda value: html.read(_encoded(value), None, None),
    "lines of a PDF": lambda value: list(pdf._paragraphs([value] * 4)),
}


def _seconds(read: Reader, value: str) -> float:
    start = time.process_time()
    with suppress(AppError, ValueError):  # refused is fine, as long as it is soon
        read(value)
    return time.process_time() - start


def _slow(read: Reader, unit: str) -> str | None:
    """How much longer twice the text takes, where that is too much."""
    double = shapes.text(unit, 2 * LENGTH)
    twice = _seconds(read, double)
    if twice < _WORTH_COMPARING:
        return None
    if twice > _PER_CHARACTER * 2 * LENGTH:
        return f"{unit!r}: {twice:.3f} s"
    once = min(_seconds(read, shapes.text(unit, LENGTH)) for _ in range(3))
    twice = min(twice, _seconds(read, double))
    if twice <= _MOST * once:
        return None
    again = min(_seconds(read, shapes.text(unit, 4 * LENGTH)) for _ in range(2))  # noise does not come twice
    return f"{unit!r}: {once:.3f} s, then {twice:.3f} s and {again:.3f} s" if again > _MOST * twice else None


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", READERS)
def test_twice_the_text_takes_about_twice_the_time(name: str) -> None:
    read = READERS[name]
    _seconds(read, "Schools look for tutors, says Ann Lee. It is hard to find one.\n" * 20)  # what is loaded once
    assert [slow for unit in shapes.UNITS if (slow := _slow(read, unit))] == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("comments", "<!---->" * 26 + "x"),
        ("comments", "<!---->" * 2_000 + "x"),
        ("dots", "." * 20_000),
        ("sentences", "a. " * 20_000),
        ("page", "<!doctype html><p style='opacity:" + "0" * 20_000 + "x'>Schools look for tutors.</p>"),
        ("front matter", "---\n" + "title: " + " " * 20_000 + "x\n" * 10),
    ],
)
def test_documents_that_froze_a_process_are_read_at_once(name: str, content: str) -> None:
    for read in ("kind of a document", "sentences", "Markdown", "HTML", "key sentences", "orders"):
        assert _seconds(READERS[read], content) < 3


def test_a_quadratic_reader_is_told_from_a_linear_one() -> None:
    def quadratic(value: str) -> int:
        return sum(len(value[start:].split()) for start in range(0, len(value), 8))

    assert ", then" in (_slow(quadratic, ". ") or "")
    assert _slow(lambda value: [value.count(".") for _ in range(12_000)], ". ") is None
