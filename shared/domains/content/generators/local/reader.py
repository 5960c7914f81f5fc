"""What is known about the reader of a message, put so that the reader can be told: in the second person, no notes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from shared.domains.content.addresses import find_addresses
from shared.domains.content.generators.local.language import Language, detect
from shared.domains.content.phrasing import as_sentence, single_line
from shared.domains.prospects.models import Prospect
from shared.kit import firm_names, personal_names, placeholders
from shared.kit.patterns import lazy_pattern
from shared.kit.personal_names import is_no_value
from shared.kit.sentences import sentences
from shared.kit.word_table import table

_MAX_WORDS = 30
_MAX_PAIN_WORDS = 9  # more are a sentence
# Notes for the sender's own eyes, which no reader should find in a message.
_PRIVATE = lazy_pattern(
    r"(?i)\b(?:fit|score[ds]?|lead|crm|budgets?|pric\w{1,8}|discounts?|competitors?|difficult|rude|annoy\w{1,6}"
    r"|do not|don['’]t|never|voicemail|no answer|follow[ -]?ups?|spoke|told (?:me|us)|call(?:ed)? back"
    r"|prospects?|pipeline|unlikely"
    r"|salary|divorced?|sick|ill|illness|pregnan\w{1,4}|pregnant|reminders?|internal|confidential|private|gatekeeper|objections?"
    r"|negotiat\w{1,6}|cheap|upsell|churn\w{0,4}|vertraulich|intern|angebot|rabatt|schwierig)\b|\d ?%"
)
_THIRD_PERSON = lazy_pattern(r"(?i)\b(?:he|she|his|her|hers|him|himself|herself|they|their|them)\b")
_VERBS_FIRST = table(
    """
    runs leads manages heads owns oversees works builds is has wants needs plans hires teaches founded struggles sells
    uses coordinates directs supports handles organizes organises joined started launched supervises advises serves
    buys looks tries hopes led built ran managed teaches coaches trains recruits studies spoke writes
    """
)
_IRREGULAR = {"is": "are", "has": "have", "was": "were", "does": "do"}
_IRREGULAR |= {"isn't": "aren't", "hasn't": "haven't", "wasn't": "weren't", "doesn't": "don't"}
_MODALS = table("can could may might must shall should will would had did")
_STATE = lazy_pattern(r"(?:responsible for|looking for|interested in|based in|keen on|new to) ", re.IGNORECASE)
_SENTENCE = lazy_pattern(
    r"(?i)^(?:they|we|he|she|it|i|there|no one|nobody)\b|\b(?:is|are|was|were|has|have|can['’]?t|cannot|don['’]t"
    r"|doesn['’]t|needs?|wants?|struggles?|lacks?|takes?|ist|sind|hat|haben|fehlt|fehlen|est|sont|a besoin|manque"
    r"|es|son|falta|tienen)\b"
)
# First words of a phrase that are no names, by their ending or themselves: Germany and Salesforce are.
_ENDINGS = ("ing", "tion", "sion", "ment", "ness", "ages", "ity")
_COMMON_FIRST = table(
    """
    a an the too many much few no not little lack low high slow manual poor long short rising growing limited missing
    weak unclear inconsistent outdated expensive customer customers employee employees staff team teams data lead leads
    sales time cost costs new old our their your how where what more less better fewer faster inventory quality
    """
)
_POSSESSIVE = lazy_pattern(r"(?i)\b(?:his|her|their)(?= \w)")
_OBJECT = lazy_pattern(r"(?i)\b(?:him|her|them)\b")
_FURTHER = lazy_pattern(r"(\band |, )([a-z]{2,20})\b")
_SELF = lazy_pattern(r"(?i)\b(?:himself|herself|themselves)\b")


@dataclass(frozen=True)
class Background:
    """A sentence about the reader. `known` continues “I read that”, without a full stop; `noticed` follows a colon."""

    kind: Literal["known", "noticed"]
    text: str


@dataclass(frozen=True)
class Pain:
    """A pain point. A `phrase` stands in a sentence; otherwise it is a sentence of its own."""

    text: str
    phrase: bool


def find_background(prospect: Prospect, language: Language) -> Background | None:
    """The first sentence of the prospect's summary that the reader can be told, in the language of the message."""
    for sentence in sentences(prospect.summary or ""):
        if not _tellable(prospect, sentence, language):
            continue
        line = single_line(sentence)
        if language == "english" and (told := _to_the_reader(line, prospect)):
            return Background("known", told.rstrip(".!"))
        if not _THIRD_PERSON.search(line) and not _names(line, prospect):
            return Background("noticed", as_sentence(line[:1].upper() + line[1:]))
    return None


def own_pains(prospect: Prospect, language: Language) -> Iterator[Pain]:
    """The pain points that are the prospect's own, as phrases or sentences; not those that its job title suggests."""
    for point in prospect.pain_points:
        line = single_line(point)
        if line.startswith("Common in ") or not _tellable(prospect, line, language, short=True):
            continue
        if _SENTENCE.search(line) or line[-1] in ".!?" or len(line.split()) > _MAX_PAIN_WORDS:
            addressed = _to_the_reader(line, prospect) if language == "english" else None
            text = addressed or (None if _THIRD_PERSON.search(line) else line)
            if text:
                yield Pain(as_sentence(text[:1].upper() + text[1:]), phrase=False)
        else:
            yield Pain(lowered(line.rstrip(" .,;:")), phrase=True)


def lowered(phrase: str) -> str:
    """The phrase as it stands within a sentence: a first word that is surely no name in lower case."""
    first, _, rest = phrase.partition(" ")
    is_common = first.lower() in _COMMON_FIRST or (rest and first.lower().endswith(_ENDINGS))
    if not is_common or not first[1:].islower() or any(word[:1].isupper() for word in rest.split()[:1]):
        return phrase
    return phrase[:1].lower() + phrase[1:]


def _tellable(prospect: Prospect, sentence: str, language: Language, *, short: bool = False) -> bool:
    """Whether a sentence may go to the reader: no note, no address, nothing unfinished, in the message's language."""
    if (
        is_no_value(sentence)
        or not 1 <= len(sentence.split()) <= _MAX_WORDS
        or (not short and len(sentence.split()) < 3)
    ):
        return False
    if _PRIVATE.search(sentence) or find_addresses(sentence) or placeholders.find(sentence):
        return False
    written_in = detect([sentence]) or detect([prospect.summary or "", *prospect.pain_points]) or "english"
    return written_in == language


def _to_the_reader(sentence: str, prospect: Prospect) -> str | None:
    """The sentence about the person in the second person, or about the company as it is; None for any other."""
    company = firm_names.spoken(prospect.company)
    for name in filter(None, [prospect.company, company]):
        if sentence.lower().startswith(f"{name.lower()} "):
            rest = sentence[len(name) + 1 :]
            return f"{company} {rest}" if _begins_with_verb(rest) and not _of_a_person(rest) else None
    if match := re.match(r"(?i)(?:the|their) (?:company|firm|school|organi[sz]ation|team) ", sentence):
        rest = sentence[match.end() :]
        whose = f"your {sentence.split()[1].lower()}"
        return f"{whose} {rest}" if _begins_with_verb(rest) and not _of_a_person(rest) else None
    if state := _STATE.match(sentence):
        return _second_person(f"are {state.group().lower()}{sentence[state.end() :]}", plural=True)
    first, _, rest = sentence.partition(" ")
    if first.lower() in _VERBS_FIRST:
        return _second_person(f"{first.lower()} {rest}", plural=False)
    for subject in _subjects(prospect):
        if sentence.lower().startswith(f"{subject.lower()} "):
            return _second_person(sentence[len(subject) + 1 :], plural=subject == "they")
    return None


def _subjects(prospect: Prospect) -> Sequence[str]:
    person = personal_names.parse(prospect.name)
    names = [person.full, person.spoken, person.given, person.family] if person else []
    titled = [f"{person.title} {person.family}"] if person and person.title else []
    return [*filter(None, [prospect.name, *names, *titled]), "he", "she", "they"]


def _second_person(predicate: str, *, plural: bool) -> str | None:
    """`leads her team` as `you lead your team`; None where the first word is no verb, or he and she remain."""
    first, _, rest = predicate.partition(" ")
    verb = first.lower() if plural else _base(first.lower())
    if verb is None:
        return None
    addressed = _OBJECT.sub("you", _POSSESSIVE.sub("your", _SELF.sub("yourself", rest)))
    if re.search(r"(?i)\b(?:he|she|they|hers)\b", addressed):
        return None
    return f"you {verb} {addressed if plural else _FURTHER.sub(_further, addressed)}".strip()


def _further(match: re.Match[str]) -> str:
    """A further verb of the sentence, after `and`, in the form that goes with “you”."""
    verb = match[2]
    return f"{match[1]}{_base(verb)}" if verb in _VERBS_FIRST and _base(verb) else match.group()


def _base(verb: str) -> str | None:
    """The form of a verb that goes with “you”; None where the word cannot be a verb of the third person."""
    if verb in _IRREGULAR or verb in _MODALS or verb in ("ran", "led", "built"):
        return _IRREGULAR.get(verb, verb)
    if verb.endswith("ed"):
        return verb
    if verb.endswith("ies") and len(verb) > 4:
        return f"{verb[:-3]}y"
    if re.search(r"(?:sh|ch|ss|x|zz|o)es$", verb):
        return verb[:-2]
    return verb[:-1] if verb.endswith("s") and not verb.endswith("ss") else None


def _begins_with_verb(predicate: str) -> bool:
    return _base(predicate.split(" ", 1)[0].lower()) is not None


def _of_a_person(text: str) -> bool:
    return bool(re.search(r"(?i)\b(?:he|she|his|her|him)\b", text))


def _names(sentence: str, prospect: Prospect) -> bool:
    """Whether the sentence speaks of the reader by name."""
    person = personal_names.parse(prospect.name)
    names = [prospect.name, *([person.given, person.family] if person else [])]
    return any(name and name.lower() in sentence.lower() for name in names)
