"""The first line of a message that greets its reader: whether it names anybody, and whether that is the recipient."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shared.domains.content.readiness.salutation_words import AND, ANYBODY, FRENCH, GREETINGS
from shared.kit import personal_names
from shared.kit.name_words import PARTICLES
from shared.kit.personal_names import alike, folded, is_no_value, is_title

_GREETED = re.compile(
    rf"[ \t>*_“\"]{{0,4}}({'|'.join(sorted(map(re.escape, GREETINGS), key=len, reverse=True))})(?![\w'’-])",
    re.IGNORECASE,
)
_END = re.compile(r"(?<![,!:;?…])[,!:;?…]+$|(?<=\w\w)\.$")
_STRAY = re.compile(r"\s{0,3}[,;:][,;:\s]{0,9}")
_DASH_FOR_A_NAME = re.compile(r" ?[-–—][ \t]{0,3}[,;:]")  # "Hello -,"; "Hello - a word" is a dash in a sentence
_SIGNS = re.compile(r"[\[\]{}<>%|#$\\^~=@_*]|\.\.")
_MOST = 6  # words of whom a salutation greets; more are a sentence
_LINE = 300


@dataclass(frozen=True)
class Salutation:
    """`called` are the words after the greeting; `complete`: punctuation or the end of the `line` closes them."""

    start: int
    end: int
    line: str
    greeting: str
    called: tuple[str, ...]
    complete: bool
    ending: str  # as it is written, with the blanks before it


def read(text: str) -> Salutation | None:
    """The greeting that a text begins with; None where it begins otherwise."""
    begin = len(text) - len(text.lstrip())
    line = text[begin : begin + _LINE].split("\n", 1)[0].rstrip()
    match = _GREETED.match(line)
    if match is None:
        return None
    words: list[str] = []
    end, ending = len(line), ""
    for word in re.finditer(r"\S+", line[match.end() :]):
        bare, mark = _split(word.group())
        words += [bare] if bare else []
        if mark:
            blank = "" if bare or not word.start() else " "
            end = match.end() + word.end()
            stray = _STRAY.match(line, end)
            end, ending = (stray.end(), mark + stray.group()) if stray else (end, blank + mark)
            break
        if len(words) > _MOST:
            end = match.end()
            break
    return Salutation(begin, begin + end, line, match[1].lower(), tuple(words), len(words) <= _MOST, ending)


def _split(word: str) -> tuple[str, str]:
    """A word and the punctuation that ends a salutation; the dot of `Dr.` does not."""
    if word in ("-", "–", "—"):
        return "", word
    bare = _END.sub("", word)
    mark = word[len(bare) :]
    return (word, "") if mark == "." and is_title(word) else (bare, mark)


def problem(found: Salutation, recipient: str | None, beside: Sequence[str] = ()) -> str | None:
    """What is wrong with it, as half a sentence. `beside` are words that name the recipient too: of firm and address.

    Without a recipient nobody is taken for somebody else.
    """
    if broken := _broken(found):
        return broken
    if not recipient or not found.called or not found.complete:
        return None
    if any(is_no_value(word) for word in found.called) and not set(found.called) & set(recipient.split()):
        return "greets a value that is none"
    if "," in recipient and folded(recipient) in folded(found.line):
        return f"has “{recipient}” in the order of an address book"
    return _foreign(found.called, recipient, beside)


def _broken(found: Salutation) -> str | None:
    called, ending = [word.strip('*_“”"') for word in found.called], found.ending
    if _DASH_FOR_A_NAME.match(ending):
        return "greets a value that is none"
    if not called:
        if GREETINGS[found.greeting]:
            return "greets nobody"
        hole = ending[:1] == " " and (ending[1] in ",;:." or (ending[1] in "!?" and found.greeting not in FRENCH))
        return "has no name before its comma" if hole else None
    if found.complete and all(map(is_title, called)) and not _spelled_out(called):
        return "has a title and no name"
    if any(_SIGNS.search(word) for word in called[: 3 if found.complete else 1]):
        return "has signs in the place of a name"
    if not any(map(str.isalpha, "".join(called))):
        return "has no name before its comma"
    if found.complete and all(map(is_no_value, called)):
        return "greets a value that is none"
    if re.search(r"[,;:]\s*[,;:!.]|^ [,;:]", ending):
        return "ends with stray punctuation"
    return None


def _spelled_out(called: Sequence[str]) -> bool:
    """`Dear Sir` and `Bonjour Madame` need no name, `Dear Mr.` does."""
    last = called[-1].casefold()
    return last in ANYBODY or last in ("mademoiselle", "signorina", "lord", "lady", "captain", "father", "reverend")


def _foreign(called: Sequence[str], recipient: str, beside: Sequence[str]) -> str | None:
    """Only words that look like names are compared, and only with a recipient that is a person."""
    person = personal_names.parse(recipient)
    words = [word.strip('*_“”"') for word in called]
    if person is None or any(folded(word) in _FOLDED for word in words):
        return None
    own = [*recipient.replace(",", " ").replace(".", ". ").split(), *beside]
    for part in _parts([word for word in words if not is_title(word)]):
        if not part or not all(map(_is_name, part)):
            return None
        given = person.given or ""
        if any(alike(word, name) for word in part for name in [*given.split(), *beside] if name):
            return None
        if all(any(alike(word, name) for name in own) for word in part if word[0].isupper()):
            return None
    return f"greets {' '.join(words)}, and the message goes to {recipient}"


def _parts(words: Sequence[str]) -> list[list[str]]:
    """Of `Ann and Bob` both."""
    parts: list[list[str]] = [[]]
    for word in words:
        if word.casefold() in AND:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def _is_name(word: str) -> bool:
    """Whether it is written like a name or a part of one."""
    letters = all(letter.isalpha() or letter in "-'’." for letter in word)
    return letters and (not word[0].islower() or word in PARTICLES)


_FOLDED = frozenset(map(folded, ANYBODY))
