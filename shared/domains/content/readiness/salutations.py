"""Parses the salutation of a message and judges whether it is complete and names the recipient."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shared.domains.content.readiness.salutation_words import ANYBODY, CONJUNCTIONS, FRENCH, GREETINGS
from shared.kit import personal_names
from shared.kit.name_words import PARTICLES
from shared.kit.patterns import lazy_pattern
from shared.kit.personal_names import alike, folded, is_no_value, is_title

_GREETING = lazy_pattern(
    rf"[ \t>*_“\"]{{0,4}}({'|'.join(sorted(map(re.escape, GREETINGS), key=len, reverse=True))})(?![\w'’-])",
    re.IGNORECASE,
)
_END = lazy_pattern(r"(?<![,!:;?…])[,!:;?…]+$|(?<=\w\w)\.$")
_STRAY_PUNCTUATION = lazy_pattern(r"\s{0,3}[,;:][,;:\s]{0,9}")
_DASH_FOR_A_NAME = lazy_pattern(r" ?[-–—][ \t]{0,3}[,;:]")  # "Hello -,"; "Hello - a word" is a dash in a sentence
_SIGNS = lazy_pattern(r"[\[\]{}<>%|#$\\^~=@_*]|\.\.|…")
_CHOICE = lazy_pattern(
    r"(?i)(?:mrs?|ms|miss|herrn?|frau|m|mme|sra?|sig)\.? ?/ ?(?:mrs?|ms|miss|herrn?|frau|m|mme|sra?|sig)\.?(?: .*)?"
)
_FIELD = lazy_pattern(
    r"(?i)\([\w ]{2,40}\)|(?:(?:customer|client|company|contact|recipient|prospect|first|last|full) )?name"
)
_MARKUP = '*_“”"'
_MAX_WORDS = 6  # of an addressee; more words are a sentence
_MAX_LINE = 300
_NAMELESS_TITLES = ("mademoiselle", "signorina", "lord", "lady", "captain", "father", "reverend")


@dataclass(frozen=True)
class Salutation:
    """The salutation at `start:end` of a text; `addressee` are the words after the greeting.

    `complete`: punctuation or the end of the `line` follows the addressee. `ending` is that punctuation as it is
    written, with the spaces before it.
    """

    start: int
    end: int
    line: str
    greeting: str
    addressee: tuple[str, ...]
    complete: bool
    ending: str


def parse_salutation(text: str) -> Salutation | None:
    """Parses the salutation at the beginning of a text; None where the text begins without a greeting."""
    begin = len(text) - len(text.lstrip())
    line = text[begin : begin + _MAX_LINE].split("\n", 1)[0].rstrip()
    match = _GREETING.match(line)
    if match is None:
        return None
    words: list[str] = []
    end, ending = len(line), ""
    for word in re.finditer(r"\S+", line[match.end() :]):
        bare, punctuation = _split_punctuation(word.group())
        words += [bare] if bare else []
        if punctuation:
            space = "" if bare or not word.start() else " "
            end = match.end() + word.end()
            stray = _STRAY_PUNCTUATION.match(line, end)
            end, ending = (stray.end(), punctuation + stray.group()) if stray else (end, space + punctuation)
            break
        if len(words) > _MAX_WORDS:
            end = match.end()
            break
    complete = len(words) <= _MAX_WORDS
    return Salutation(begin, begin + end, line, match[1].lower(), tuple(words), complete, ending)


def find_defect(salutation: Salutation, recipient: str | None, other_names: Sequence[str] = ()) -> str | None:
    """The salutation's defect, as half a sentence; None where it has none.

    `other_names` are further words that may greet the recipient: those of the company and of the address. Without a
    recipient, no name is taken for another person's.
    """
    if defect := _form_defect(salutation):
        return defect
    if _CHOICE.fullmatch(" ".join(salutation.addressee)) or _FIELD.fullmatch(" ".join(salutation.addressee)):
        return "leaves open who is greeted"
    addressee = salutation.addressee
    if not recipient or not addressee or not salutation.complete:
        return None
    if len(set(addressee)) < len(addressee):
        return "greets twice"
    if any(is_no_value(word) for word in addressee) and not set(addressee) & set(recipient.split()):
        return "greets a value that is none"
    if "," in recipient and folded(recipient) in folded(salutation.line):
        return f"has “{recipient}” in the order of an address book"
    return _name_defect(addressee, recipient, other_names)


def _split_punctuation(word: str) -> tuple[str, str]:
    """Splits a word from the punctuation that ends a salutation; the full stop of `Dr.` does not end it."""
    if word in ("-", "–", "—"):
        return "", word
    bare = _END.sub("", word)
    punctuation = word[len(bare) :]
    return (word, "") if punctuation == "." and is_title(word) else (bare, punctuation)


def _form_defect(salutation: Salutation) -> str | None:
    """The defect that shows without a recipient to compare with."""
    addressee, ending = [word.strip(_MARKUP) for word in salutation.addressee], salutation.ending
    if _DASH_FOR_A_NAME.match(ending):
        return "greets a value that is none"
    if not addressee:
        return _defect_without_addressee(salutation)
    if salutation.complete and all(map(is_title, addressee)) and not _needs_no_name(addressee):
        return "has a title and no name"
    if any(_SIGNS.search(word) for word in addressee[: 3 if salutation.complete else 1]):
        return "has signs in the place of a name"
    if not any(map(str.isalpha, "".join(addressee))):
        return "has no name before its comma"
    if salutation.complete and all(map(is_no_value, addressee)):
        return "greets a value that is none"
    if re.search(r"[,;:]\s*[,;:!.]|^ [,;:]", ending):
        return "ends with stray punctuation"
    return None


def _defect_without_addressee(salutation: Salutation) -> str | None:
    """A greeting that requires a name, or a space before the punctuation, where a name has been left out."""
    if GREETINGS[salutation.greeting]:
        return "greets nobody"
    ending, is_french = salutation.ending, salutation.greeting in FRENCH
    has_gap = ending[:1] == " " and (ending[1] in ",;:." or (ending[1] in "!?" and not is_french))
    return "has no name before its comma" if has_gap else None


def _needs_no_name(titles: Sequence[str]) -> bool:
    """Whether titles greet without a name: `Dear Sir` and `Bonjour Madame` do, `Dear Mr.` does not."""
    last = titles[-1].casefold()
    return last in ANYBODY or last in _NAMELESS_TITLES


def _name_defect(addressee: Sequence[str], recipient: str, other_names: Sequence[str]) -> str | None:
    """The defect of a name that is another person's. Judges only words that look like names, and only where the
    recipient is a person."""
    words = [word.strip(_MARKUP) for word in addressee]
    if set(words) <= set(recipient.split()):
        return None  # without parsing the name, as most messages need
    person = personal_names.parse(recipient)
    if person is None or any(folded(word) in _FOLDED_ANYBODY for word in words):
        return None
    own_names = [*recipient.replace(",", " ").replace(".", ". ").split(), *other_names]
    given_names = [name for name in [*(person.given or "").split(), *other_names] if name]
    for group in _split_at_conjunctions([word for word in words if not is_title(word)]):
        if not group or not all(map(_looks_like_a_name, group)):
            return None
        if any(alike(word, name) for word in group for name in given_names):
            return None
        if all(any(alike(word, name) for name in own_names) for word in group if word[0].isupper()):
            return None
    return f"greets {' '.join(words)}, and the message goes to {recipient}"


def _split_at_conjunctions(words: Sequence[str]) -> list[list[str]]:
    """The groups of words between conjunctions: `Ann and Bob` gives two."""
    groups: list[list[str]] = [[]]
    for word in words:
        if word.casefold() in CONJUNCTIONS:
            groups.append([])
        else:
            groups[-1].append(word)
    return groups


def _looks_like_a_name(word: str) -> bool:
    """Whether the word is written like a name or a part of one, such as `de`."""
    letters = all(letter.isalpha() or letter in "-'’." for letter in word)
    return letters and (not word[0].islower() or word in PARTICLES)


_FOLDED_ANYBODY = frozenset(map(folded, ANYBODY))
