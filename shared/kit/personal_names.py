"""Parses personal names as address books hold them: `Smith, John`, `MRS. JANE DOE PhD`, `Dr. O'Brien`, `Sales Team`.

A text that is no person's name, or leaves open which part is the given name, has no given name: the greeting then goes
without.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from shared.kit.name_words import FIRMS, NICKNAMED, NO_VALUES, PARTICLES, ROLES, SUFFIXES, TITLES
from shared.kit.whitespace import one_line

_SURNAME_ONLY = re.compile(r"(?:O['’]|Mc|Mac(?=[A-Z]))\w+", re.IGNORECASE)
_INITIALS = re.compile(r"[^\W\d_]?(?:\.[^\W\d_]?){0,4}")
_ASIDE = re.compile(r"\([^()]{0,200}\)|\[[^\[\]]{0,200}\]|\"[^\"]{0,200}\"|“[^”]{0,200}”")
_GLUED_TITLE = re.compile(r"(?i)\b(dr|prof|mr|mrs|ms|ing|dipl)\.(?=\w)")
_MAX = 300  # characters of a name that are looked at


@dataclass(frozen=True)
class PersonalName:
    """The parts of a personal name. `given` is empty where no part is surely the given name; `title` is as written."""

    title: str
    given: str
    family: str

    @property
    def full(self) -> str:
        return " ".join(part for part in (self.title, self.given, self.family) if part)


def is_no_value(value: str | None) -> bool:
    """Whether a field is empty, or holds a word that programs and people write for an empty value (`n/a`, `null`)."""
    written = one_line(value or "")
    return written not in ("Nan", "Na") and (not written or written.casefold() in NO_VALUES)


@lru_cache(maxsize=2_048)
def parse(name: str | None) -> PersonalName | None:
    """The parts of a person's name; None for the name of a mailbox or firm, an address, or no text."""
    if name is None or is_no_value(name) or "@" in name or "://" in name:
        return None
    cleaned = _GLUED_TITLE.sub(r"\1. ", _ASIDE.sub(" ", one_line(name)[:_MAX]))
    cleaned = re.split(r" [-–—|/] | \| |\|", cleaned)[0]
    parts = [part.split() for part in cleaned.split(",")]
    parts = [part for part in parts if part and not all(map(_is_suffix, part))] if len(parts) > 1 else parts
    if not 1 <= len(parts) <= 2:
        return None
    words = [*parts[1], *parts[0]] if len(parts) == 2 else parts[0]
    words = [word for word in (word.strip('"“”*_;:!?<>{}[]()') for word in words) if any(map(str.isalpha, word))]
    bare = [bare_word(word) for word in words]
    if not words or any(map(str.isdigit, "".join(words))) or FIRMS.intersection(bare) - SUFFIXES or _is_role(bare):
        return None
    return _named(words, family_first=len(parts) == 2, family=len(parts[0]))


def first_name(name: str | None) -> str:
    """The name to greet a person by; empty where there is none that is surely a given name."""
    parsed = parse(name)
    return parsed.given if parsed else ""


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


def _named(words: list[str], *, family_first: bool, family: int) -> PersonalName | None:
    titles: list[str] = []
    while words and is_title(words[0]) and not (len(words) == 1 and titles == []):
        titles.append(words.pop(0))
    if len(words) == 1 and is_title(words[0]):
        return None
    while len(words) > 1 and _is_suffix(words[-1]):
        words.pop()
    words = [word.strip(",") if _INITIALS.fullmatch(word.strip(",")) else word.strip(".,") for word in words]
    if not any(map(str.islower, "".join(words))) or not any(map(str.isupper, "".join(words))):
        words = [_cased(word) for word in words]
        titles = [title.capitalize() for title in titles]
    title = " ".join(titles)
    if not words:
        return None
    if len(words) == 1 or (words[0] in PARTICLES and not family_first):
        alone = " ".join(words)
        given = "" if titles or words[0] in PARTICLES or _SURNAME_ONLY.fullmatch(alone) else alone
        return (
            PersonalName(title, "", alone)
            if _INITIALS.fullmatch(given)
            else PersonalName(title, given, alone[len(given) :])
        )
    given = "" if _INITIALS.fullmatch(words[0]) else words[0]
    family_words = words[1:] if given or family_first else words
    family_words = family_words if not family_first else words[-min(family, len(words) - 1) :]
    return PersonalName(title, given, " ".join(family_words))


def _is_suffix(word: str) -> bool:
    """Whether a word is a suffix such as `PhD`, `MBA` or `Jr.`; not `Ma`, which is a name too."""
    bare = bare_word(word)
    return bare in SUFFIXES and (len(bare) > 2 or word.isupper() or "." in word or bare in ("jr", "sr"))


def _is_role(bare: list[str]) -> bool:
    return bare[0] in ROLES or all(word in ROLES for word in bare) or bare[-1] in ("team", "department", "office")


def _cased(word: str) -> str:
    """A word of a name written in one case, capitalised: `JEAN-LUC` is Jean-Luc. Initials such as JJ stay."""
    if len(word) < 3 and word.isupper() and not set(word) & set("AEIOUY"):
        return word
    return re.sub(r"[^\W\d_]+", lambda part: part.group().capitalize() if len(part.group()) > 1 else part.group(), word)


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
