"""Parses personal names as address books hold them: `Smith, John`, `MRS. JANE DOE PhD`, `Dr. O'Brien`, `Sales Team`.

A text that is no person's name, or leaves open which part is the given name, has no given name: the greeting then goes
without.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from shared.kit import placeholders
from shared.kit.name_words import (
    DEPARTMENTS,
    FAMILY_FIRST,
    FAMILY_NAMES,
    FIRMS,
    NAMES_TOO,
    NICKNAMED,
    NO_VALUES,
    PARTICLES,
    ROLES,
    ROLES_AMONG_ROLES,
    TITLES,
    VIETNAMESE,
    WITH_GIVEN_NAME,
)
from shared.kit.patterns import lazy_pattern
from shared.kit.whitespace import one_line
from shared.kit.word_table import table

if TYPE_CHECKING:
    from nameparser import Parser

_SURNAME_ONLY = lazy_pattern(r"(?:[DLO]['’]|Mc|Mac(?=[A-Z]))\w+", re.IGNORECASE)
_INITIALS = lazy_pattern(r"[^\W\d_]?(?:\.[^\W\d_]?){0,4}")
_ASIDE = lazy_pattern(r"\([^()]{0,200}\)|\[[^\[\]]{0,200}\]|\"[^\"]{0,200}\"|“[^”]{0,200}”")
_GLUED_TITLE = lazy_pattern(r"(?i)\b(dr|prof|mr|mrs|ms|ing|dipl)\.(?=\w)")
_HONORARY = lazy_pattern(r"\bh\. ?c\.")
_ACCOUNT = lazy_pattern(r"[^\W\d_]{2,}(?:[._][^\W\d_]{2,}){1,3}")  # `ann.lee`
_OTHER_SCRIPT = lazy_pattern("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CYRILLIC = lazy_pattern("[\u0400-\u04ff]")
_NO_FAMILY = table("director manager member user officer coordinator ceo cfo cto coo administrator anonymous account")
_OFFICES = table("ceo cfo cto coo cmo")
_GREETED = table("hi hello hey dear")
_MAX = 300  # characters of a name that are looked at
_EMPTY_SIGNS = lazy_pattern(r"[\W_]*|(?i:x{3,})")


@dataclass(frozen=True)
class PersonalName:
    """The parts of a personal name. `given` is empty where no part is surely the given name; `title` is as written.

    `spoken` are given and family name in the order in which they are spoken: `Nguyen Van An`, `Maria de la Cruz`.
    """

    title: str
    given: str
    family: str
    spoken: str

    @property
    def full(self) -> str:
        return f"{self.title} {self.spoken}".strip()

    @property
    def address(self) -> str:
        """The words to greet the person with; empty where only a greeting without a name is surely right."""
        if self.given:
            return f"{self.title} {self.given}" if bare_word(self.title) in ("sir", "dame") else self.given
        if self.title and self.family:
            return self.full
        first, _, rest = self.spoken.partition(" ")
        return self.spoken if rest and first not in PARTICLES and not _INITIALS.fullmatch(first) else ""


def is_no_value(value: str | None) -> bool:
    """Whether a field is empty, or holds a word that programs and people write for an empty value (`n/a`, `null`)."""
    written = one_line(value or "")
    return written not in ("Nan", "Na") and (
        bool(_EMPTY_SIGNS.fullmatch(written)) or written.casefold().strip("()[]<>.") in NO_VALUES
    )


@lru_cache(maxsize=2_048)
def parse(name: str | None) -> PersonalName | None:
    """The parts of a person's name; None for the name of a mailbox or firm, an address, or no text."""
    if name is None or is_no_value(name) or "@" in name or "://" in name or placeholders.find(name):
        return None
    cleaned = _GLUED_TITLE.sub(r"\1. ", _HONORARY.sub(" ", _ASIDE.sub(" ", one_line(name)[:_MAX])))
    cleaned = re.split(r" [-–—|/] | \| |\|", cleaned)[0].strip()
    if _ACCOUNT.fullmatch(cleaned) and not is_title(cleaned.split(".")[0]):
        cleaned = re.sub(r"[._]", " ", cleaned)
    if cleaned.startswith(("=", "+")):  # a formula of a spreadsheet
        return None
    words = [_without_signs(word) for word in cleaned.split()]
    words = [word for word in words if word == "&" or any(map(str.isalpha, word))]
    given_is_missing = bool(words) and (is_no_value(words[0].strip(",")) or words[0].endswith(","))
    words = _without_strangers(words)
    bare = [bare_word(word) for word in words]
    if not words or any(map(str.isdigit, cleaned)) or _is_firm(words) or _is_role(bare):
        return None
    if all(is_title(word) or is_no_value(word.strip(",")) for word in words):  # `Ms. Unknown`
        return None
    if len(words) == 1 and given_is_missing:  # `null Doe`, and `Doe, null`
        return PersonalName("", "", words[0].strip(","), words[0].strip(","))
    return _parsed(" ".join(words).strip(","))


def first_name(name: str | None) -> str:
    """The given name of a person; empty where there is none that is surely a given name."""
    parsed = parse(name)
    return parsed.given if parsed else ""


def address(name: str | None) -> str:
    """The words to greet a person with; empty where only a greeting without a name is surely right."""
    parsed = parse(name)
    return parsed.address if parsed else ""


def full_name(name: str) -> str:
    """The name in spoken order: `Smith, John` becomes John Smith. A text that is no person's name stays as it is."""
    parsed = parse(name)
    return parsed.full if parsed else one_line(name)


def is_title(word: str) -> bool:
    """Whether a word is a title such as `Dr.`, `Mrs` or `Herr`."""
    return bare_word(word) in TITLES


def bare_word(word: str) -> str:
    """The word in lower case, without the dots of an abbreviation."""
    return word.casefold().strip(",").replace(".", "")


def folded(text: str) -> str:
    """The text in lower case and without accents, for comparing names."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ø", "o").replace("ł", "l").replace("ß", "ss"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def alike(name: str, other: str) -> bool:
    """Whether two given names may be the same person's: spelled alike, one short for the other, or an initial."""
    first, second = sorted((_letters(name), _letters(other)), key=len)
    if not first or first.isascii() != second.isascii():
        return bool(first)  # scripts that cannot be compared
    if len(first) == 1 or second.startswith(first) or (len(first) > 2 and first in second):
        return second.startswith(first) or len(first) > 2
    if NICKNAMED.get(first, set()) & NICKNAMED.get(second, set()):
        return True
    spoken = _spoken(first), _spoken(second)
    return len(first) > 3 and spoken[0][0] == spoken[1][0] and _one_apart(*spoken)


def _without_signs(word: str) -> str:
    """The word without stars, quotes and emoji around it; the full stops of `J.R.` and a comma stay."""
    seen = [n for n, letter in enumerate(word) if letter.isalnum() or (n and unicodedata.category(letter)[0] == "M")]
    if not seen:
        return word if word == "&" else ""
    end = seen[-1] + 1
    return word[seen[0] : end] + "".join(letter for letter in word[end : end + 2] if letter in ".,").replace("..", ".")


def _without_strangers(words: list[str]) -> list[str]:
    """The words without a greeting before them, a word for no value among them and an office behind them."""
    named = [
        word for word in words if word == "&" or not (word in (word.lower(), word.upper()) and is_no_value(word))
    ] or words
    while len(named) > 1 and bare_word(named[0]) in _GREETED:
        named = named[1:]
    while len(named) > 2 and bare_word(named[-1]) in _OFFICES:
        named = named[:-1]
    return named


def _is_firm(words: Sequence[str]) -> bool:
    """Whether a word is a firm's; `Sa` and `As` are names too, unless written `SA`, `S.A.`."""
    return any(
        bare_word(word) in FIRMS and (word.isupper() or bare_word(word) not in NAMES_TOO) for word in words[1:]
    ) or (bare_word(words[0]) in FIRMS - NAMES_TOO)


def _is_role(bare: Sequence[str]) -> bool:
    return (
        bare[0] in ROLES
        or bare[-1] in _NO_FAMILY
        or all(word in ROLES_AMONG_ROLES for word in bare)
        or bare[-1] in DEPARTMENTS
    )


def _parsed(name: str) -> PersonalName | None:
    """The parts of a name that is a person's."""
    from nameparser import parse  # 0.1 s, for those who write to somebody

    if _OTHER_SCRIPT.search(name):  # the whole name is how its bearer is addressed
        suffix = parse(name).suffix
        whole = name.removesuffix(suffix).strip()
        return PersonalName("", whole, "", whole)
    parsed = _russian_parser().parse(name) if _CYRILLIC.search(name) else parse(name)
    if not (parsed.given or parsed.family):
        return None
    core = f"{parsed.given} {parsed.middle} {parsed.family}"
    is_odd = core.isupper() or (len(parsed.family) > 2 and parsed.family.isupper())
    is_odd = is_odd or (parsed.given.islower() and bare_word(parsed.given) not in PARTICLES)
    cased = parsed.capitalized(force=True) if is_odd else parsed
    title, given, family = cased.title, cased.given, " ".join(filter(None, [cased.middle, cased.family]))
    given = parsed.given if _is_acronym(parsed.given) else given
    title = re.sub(r"\b(?:MRS?|MS|DR|PROF)\b", lambda word: word.group().capitalize(), title)
    if not family:
        return _of_one_word(title, given)
    if not given or bare_word(given) in PARTICLES or _INITIALS.fullmatch(given):
        spoken = f"{given} {family}".strip()
        return PersonalName(title, "", spoken, spoken)
    return PersonalName(title, given, family, f"{given} {family}") if "," in name else _in_order(title, given, family)


@lru_cache(maxsize=1)
def _russian_parser() -> "Parser":
    """The parser that knows patronymics; building it takes 8 ms."""
    from nameparser import locales, parser_for

    return parser_for(locales.RU)


def _of_one_word(title: str, word: str) -> PersonalName:
    """The name of one word: a given name, unless a title, its form or its shortness speaks for another."""
    is_family = title and bare_word(title) not in WITH_GIVEN_NAME
    is_family = is_family or folded(word) in FAMILY_NAMES or folded(word) in FAMILY_FIRST
    if is_family or _SURNAME_ONLY.fullmatch(word) or _INITIALS.fullmatch(word):
        return PersonalName(title, "", word, word)
    return PersonalName(title, word, "", word)


def _in_order(title: str, given: str, family: str) -> PersonalName:
    """The name whose first word may be the family name, as in China, Hungary, Japan, Korea and Vietnam."""
    spoken, first, rest = f"{given} {family}", folded(given), family.split()
    if title and bare_word(title) not in WITH_GIVEN_NAME and _are_family_names(first, rest):  # `Sra. García López`
        return PersonalName(title, "", spoken, spoken)
    if _family_is_in_capitals(given, rest):
        return PersonalName(title, family, given.title(), f"{family} {given.title()}")
    if first in FAMILY_NAMES and len(rest) == 1 and folded(family) not in FAMILY_NAMES:  # `Müller Hans`
        return PersonalName(title, family, given, f"{family} {given}")
    if first in VIETNAMESE and len(rest) > 1:  # addressed by the last word
        return PersonalName(title, rest[-1], " ".join([given, *rest[:-1]]), spoken)
    if first in FAMILY_FIRST or (first in ("kim", "lee", "park") and "-" in family):
        return PersonalName(title, "", spoken, spoken)
    return PersonalName(title, given, family, spoken)


def _are_family_names(first: str, rest: Sequence[str]) -> bool:
    """Whether a name is a family's two names, as in Spain."""
    return first in FAMILY_NAMES and len(rest) == 1 and folded(rest[0]) in FAMILY_NAMES


def _family_is_in_capitals(first: str, rest: Sequence[str]) -> bool:
    """Whether the first word alone is in capitals, as in `ZHANG Wei` and `DUPONT Jean`."""
    long_enough = len(first) > 2 or folded(first) in FAMILY_FIRST
    return first.isupper() and long_enough and "." not in first and not any(word.isupper() for word in rest)


def _is_acronym(word: str) -> bool:
    return len(word) < 3 and word.isupper() and not set(word) & set("AEIOUY")


def _letters(name: str) -> str:
    return "".join(filter(str.isalpha, folded(name)))


def _spoken(name: str) -> str:
    return name.replace("ae", "a").replace("oe", "o").replace("ue", "u").replace("ph", "f").replace("y", "i")


def _one_apart(name: str, other: str) -> bool:
    """Whether two names differ by at most name letter inserted, removed or replaced."""
    if abs(len(name) - len(other)) > 1:
        return False
    same = next((n for n, (a, b) in enumerate(zip(name, other, strict=False)) if a != b), min(len(name), len(other)))
    longer, shorter = (name, other) if len(name) >= len(other) else (other, name)
    return longer[same + 1 :] in (shorter[same:], shorter[same + 1 :])
