"""Job titles as people write them: what to call somebody's work in a text, and how much a person decides."""

import re
from functools import lru_cache
from typing import Literal

from shared.kit import placeholders
from shared.kit.patterns import lazy_pattern
from shared.kit.personal_names import is_no_value
from shared.kit.whitespace import one_line
from shared.kit.word_table import table

Seniority = Literal["decides alone", "holds a budget", "influences the decision"]

_PARTS = lazy_pattern(r" ?[,|•·;/] ?| [-–—@] |\. (?=[A-Z])| (?:and|und|et|y) ")
_FORMER = lazy_pattern(
    r"(?i)\b(?:former(?:ly)?|ex|previous(?:ly)?|retired|past|ehemalige\w*|früher\w*|ancien(?:ne)?|anterior|aspiring"
    r"|future|incoming|interim candidate|emerit(?:us|a)|elect|designate)\b"
    r"|\ba\.\s?d\.$"
)
# What follows names the person that is worked for: "Assistant to the CEO", "Intern, Office of the CTO".
_OF_ANOTHER = lazy_pattern(
    r"(?i)^(?:the )?[\w ]{1,30}['’]s\s+"
    r"|\s(?:to|supporting|reporting to)\s+(?:the\s+)?.*|\boffice of\b.*|\bbüro de[rs]\b.*"
    r"|\s(?:de[rs]|du|de la|al|del)\s+(?:geschäftsführ|vorstand|direct|président|pdg|ceo|gerente).*"
)
_SUBORDINATE = lazy_pattern(
    r"(?i)\b(?:intern(?:ship)?|trainee|apprentice|student|working student|volunteer|ea|pa|receptionist"
    r"|(?<!general )(?<!company )secretary(?! general| of )|temp"
    r"|graduate|junior|assistante?s?|assistent\w*|assistenz\w*|sekret\w+|praktikant\w*|werkstudent\w*|auszubildende\w*|azubi"
    r"|stagiaire|becari\w|asistente|ayudante|stagista|alternante?|hilfskraft|aide)\b"
)
_DEPUTY = lazy_pattern(
    r"(?i)\b(?:assistant|deputy|associate|vice)\s+"
    r"(?=(?:vice president|vp|director|head|principal|dean|manager)\b)"
)
_NOT_AN_OWNER = lazy_pattern(
    r"(?i)\b(?:product|process|project|service|data|system|application|risk|platform)\s+owner\b"
)
_EXPERT_PRINCIPAL = lazy_pattern(
    r"(?i)\bprincipal (?=(?:\w{1,20} ){0,2}(?:consultant|engineer|scientist|architect|developer|analyst|designer"
    r"|recruiter|researcher|investigator|advisor|adviser|planner|specialist|manager|associate|technologist)\b)"
)
# Who helps those that decide does not decide: a CEO Coach, a Business Partner.
_FOR_DECIDERS = lazy_pattern(
    r"(?i)\b(?:ceos?|c[tf]os?|coos?|founders?|executives?|c-level|owners?|presidents?|directors?) "
    r"(?=(?:coach|advis[eo]r|mentor|consultant|recruiter|whisperer)\b)"
)
_NO_PARTNER = lazy_pattern(
    r"(?i)\b(?:business|channel|training|talent|learning|student) partner\b"
    r"|\bpartners?(?= (?:manager|success|development|marketing|enablement|account)\b)"
)
_DOTTED = lazy_pattern(r"\b(?:[A-Z]\.){2,4}[A-Z]?(?!\w)")
_LEVELS: tuple[tuple[re.Pattern[str], Seniority], ...] = (
    (
        lazy_pattern(
            r"(?i)\b(?:(?:co-?)?founder|(?:co-?)?owner|proprietor|c[etofmripd]o|ciso|chief\b(?:\s+\w+){1,3}\s+officer"
            r"|(?<!vice )(?<!vice-)president|managing (?:director|partner)|geschäftsführ\w+|inhaber\w*|vorstand\w*"
            r"|gründer\w*|pdg|gérante?|fondat\w+|président\w*|director general|directora general"
            r"|directeur général|directrice générale|propietari\w"
            r"|fundador\w*|gerente general|amministratore delegato|titolare)\b"
        ),
        "decides alone",
    ),
    (
        lazy_pattern(
            r"(?i)\b(?:s?vp|evp|vice[ -]president|head(?! (?:chef|nurse|waiter|cook|cashier))|director|principal"
            r"|superintendent|dean|partner|chief|leiter\w*|\w*leitung|direktor\w*|directeur|directrice|directora|direttore"
            r"|direttrice|jefe"
            r"|jefa|headmaster|headmistress|rektor\w*|schulleiter\w*)\b"
        ),
        "holds a budget",
    ),
    (
        lazy_pattern(r"(?i)\b(?:manager\w*|lead|senior|sr|supervisor|responsable|referent\w*)\b"),
        "influences the decision",
    ),
)
_HEADLINE = lazy_pattern(
    r"(?i)\b(?:looking for|open to|seeking|available|unemployed|between jobs|hiring|we help|helping|i help|passionate"
    r"|speaker|author|arbeitssuchend|en recherche)\b"
)
_NO_TITLE = lazy_pattern(
    r"(?i)(?:self[ -]?employed|retired|student|member|contact|other|staff|employee|mr|mrs|ms|dr|prof|herr|frau"
    r"|mitarbeiter(?:in)?|test)\.?"
)
_SPOKEN_PART = lazy_pattern(r" ?[|•·;] ?| [-–—@] | at ")
_LAST_ASIDE = lazy_pattern(r" ?\([^()]{0,80}\)?$")
_REPEATED = lazy_pattern(r"([.,;:!?*_~#=+-])\1+")
_MAX_SPOKEN = 60
_SMALL = frozenset(
    {"of", "the", "and", "for", "in", "to", "at", "de", "la", "der", "und", "für", "et", "y", "du", "des"}
)
_ACRONYMS = table(
    "ceo cto cfo coo cmo cro cio cpo chro ciso vp svp evp hr it pr qa ux ui pdg crm erp seo r&d us uk eu emea"
)


@lru_cache(maxsize=2_048)
def spoken(title: str | None) -> str:
    """The title as a text may call it; empty where it is none, is past, or is more of a headline than a title."""
    line = _REPEATED.sub(r"\1", _undotted(one_line(title or "")))
    if is_no_value(line) or placeholders.find(line):
        return ""
    first = _SPOKEN_PART.split(line)[0].strip(' .,;:*_~#-!?"“”')
    aside = _LAST_ASIDE.search(first)
    if aside and _FORMER.search(aside.group()):
        return ""
    first = _LAST_ASIDE.sub("", first)
    if "," in first and _FORMER.search(first):
        first = ", ".join(part for part in first.split(", ") if not _FORMER.search(part))
    if (
        not first
        or len(first) > _MAX_SPOKEN
        or _FORMER.search(first)
        or _HEADLINE.search(first)
        or _NO_TITLE.fullmatch(first)
    ):
        return ""
    return _cased(first)


@lru_cache(maxsize=2_048)
def deciding(title: str | None) -> str:
    """The parts of the title that say what the person does and decides now, in lower case.

    `Assistant to the CEO` is an assistant, `Former CEO` nothing, a `Principal Consultant` a senior consultant.
    """
    line = one_line(title or "")
    if is_no_value(line):
        return ""
    line = _NO_PARTNER.sub("specialist", _FOR_DECIDERS.sub("", _undotted(line)))
    line = _NOT_AN_OWNER.sub("manager", _EXPERT_PRINCIPAL.sub("senior ", line))
    parts = [_OF_ANOTHER.sub("", part).strip() for part in _PARTS.split(line) if not _FORMER.search(part)]
    return ", ".join(filter(None, parts)).lower()


def is_subordinate(title: str | None) -> bool:
    """Whether the person works for another who decides, as an assistant or an intern does."""
    return bool(_SUBORDINATE.search(_DEPUTY.sub("", deciding(title))))


def seniority(title: str | None) -> Seniority | None:
    """How much the person decides, by the title; None where the title does not tell, or names another who does."""
    if is_subordinate(title):
        return None
    deputy = _DEPUTY.sub("", deciding(title))
    level = next((level for pattern, level in _LEVELS if pattern.search(deputy)), None)
    return "influences the decision" if level and "chief of staff" in deputy else level


def _undotted(title: str) -> str:
    """The title with C.E.O. as CEO."""
    return _DOTTED.sub(lambda letters: letters.group().replace(".", ""), title)


def _cased(title: str) -> str:
    """A title in capitals or in lower case, as titles are written: `HEAD OF SALES` is Head of Sales."""
    if not (title.isupper() or title.islower()) or len(title) < 4:
        return title.upper() if title.lower() in _ACRONYMS else title
    return " ".join(_cased_word(word, first=n == 0) for n, word in enumerate(title.lower().split()))


def _cased_word(word: str, *, first: bool) -> str:
    if "/" in word.strip("/"):
        return "/".join(_cased_word(part, first=True) for part in word.split("/"))
    bare = word.strip(",.&-/")
    if bare in _ACRONYMS:
        return word.upper()
    return word if bare in _SMALL and not first else word[:1].upper() + word[1:]
