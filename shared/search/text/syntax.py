"""Reads the signs of a query: "quoted phrases", -exclusion, field:value, kind:, tag:, status:, and a star behind."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.errors import Invalid
from shared.kit.patterns import lazy_pattern
from shared.search.text.fields import FIELDS
from shared.search.text.phones import PHONE

MAX_LENGTH = 1_000  # characters of a query
FILTERS = ("kind", "tag", "status")
# Other names that people give the filters and fields.
_ALIASES = {"type": "kind", "kinds": "kind", "tags": "tag", "job": "role", "mail": "email", "in": "kind"}
_SCHEMES = frozenset(["http", "https", "mailto", "tel", "ftp", "urn", "file", "data", "sms"])
_NAME = lazy_pattern(r"([A-Za-z][A-Za-z_]{1,30}):(?![:/])")
_PAIRS = {'"': '"“”', "“": '”"', "„": '“”"', "«": "»", "»": "«", "”": '”"'}
_SPACE = lazy_pattern(r"\s*")
_BARE = lazy_pattern(rf"{PHONE}(?!\S)|\S+")


@dataclass(frozen=True)
class Piece:
    """A word, a phrase or a filter as it is written in a query."""

    value: str
    start: int  # of the value, in the query
    end: int
    name: str = ""  # of the filter or the field before the colon
    quoted: bool = False
    excluded: bool = False
    starred: bool = False


def refusal(place: int, sentence: str) -> Invalid:
    """The refusal of a query at a place in it, which people count from 1."""
    return Invalid.at("q", f"at character {place + 1}: {sentence}")


def pieces(text: str, *, is_unfinished: bool = False) -> Iterator[Piece]:
    """The pieces of a query in its order. An unfinished one may end within a phrase, or behind a colon.

    Raises Invalid, which names the place and the way out.
    """
    if len(text) > MAX_LENGTH:
        raise refusal(MAX_LENGTH, f"a query has at most {MAX_LENGTH} characters; shorten it")
    place = _end_of_space(text, 0)
    while place < len(text):
        piece, place = _piece(text, place, is_unfinished)
        if piece is not None:
            yield piece
        place = _end_of_space(text, place)


def _end_of_space(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    return match.end() if match else place


def _piece(text: str, place: int, is_unfinished: bool) -> tuple[Piece | None, int]:
    first = place
    excluded = text[place] == "-" and text[place + 1 : place + 2].strip() not in ("", "-")
    place += excluded
    name, place = _named(text, place, first)
    if place == len(text) or text[place].isspace():  # a name without a value
        if is_unfinished and place == len(text):
            return None, place
        if name in FILTERS:
            raise refusal(first, f"no value stands behind {name}:; write {name}:value, or put it in quotes")
        name, place = "", first + excluded  # "Company: we met" is a heading
    if text[place] in _PAIRS:
        return _quoted(text, place, name, excluded, is_unfinished)
    match = _BARE.match(text, place)
    end = match.end() if match else len(text)
    if (cut := _quote_within(text, place, end)) is not None:
        end = cut
    value = text[place:end]
    starred = len(value) > 1 and value.endswith("*")
    return Piece(value, place, end, name, excluded=excluded, starred=starred), end


def _quote_within(text: str, place: int, end: int) -> int | None:
    """Where a phrase begins behind a sign, such as a bracket; a quote behind a letter is an inch or an end."""
    for at in range(place + 1, end):
        if text[at] in _PAIRS and not text[at - 1].isalnum() and at + 1 < len(text) and text[at + 1].isalnum():
            return at
    return None


def _named(text: str, place: int, first: int) -> tuple[str, int]:
    """The name of a filter or field at the place, and where its value begins."""
    match = _NAME.match(text, place)
    if match is None:
        return "", place
    written = match[1].lower()
    name = _ALIASES.get(written, written)
    is_name = name in FILTERS or name in FIELDS
    has_value = match.end() < len(text) and not text[match.end()].isspace()
    if written in _SCHEMES or not (is_name or has_value):
        return "", place
    if not is_name:
        names = ", ".join((*FILTERS, *FIELDS))
        raise refusal(first, f"there is no field {match[1]}; use {names}, or put it in quotes to look for it")
    return name, match.end()


def _quoted(text: str, place: int, name: str, excluded: bool, is_unfinished: bool) -> tuple[Piece, int]:
    closing = _PAIRS[text[place]]
    end = next((at for at in range(place + 1, len(text)) if text[at] in closing), None)
    if end is None:
        if not is_unfinished:
            raise refusal(place, f"the quote {text[place]} is never closed; add {closing[0]} or leave it out")
        end = len(text)
    return Piece(text[place + 1 : end], place + 1, end, name, quoted=True, excluded=excluded), end + 1
