"""The name of a firm as people say it: `O'BRIEN & SONS, LTD..` becomes O'Brien & Sons. The stored record stays."""

import re
from functools import lru_cache

from shared.kit import placeholders
from shared.kit.patterns import lazy_pattern
from shared.kit.personal_names import is_no_value
from shared.kit.whitespace import one_line
from shared.kit.word_table import table

_PHRASES = (
    r"s\.?\s?(?:a\.?(?:p\.?i\.?)?|de\s+r\.?\s?l\.?)\s+de\s+c\.?\s?v|s\.?\s?à\s?\.?r\.?\s?l|ltd\.?\s+şti|a\.\s?ş|s/a"
    r"|sdn\.?\s+bhd|(?:proprietary|private|company|public)\s+limited|unlimited\s+company|se\s*&\s*co\.?\s*(?:kgaa|kg)"
    r"|sp\.\s?(?:k|j)|sp\.?\s?p|d\.\s?d|w\.\s?l\.\s?l|s\.\s?a\.\s?[el]|l\.\s?p|p\.\s?c|fz-?llc|fze|fzco|pllc"
    r"|ehf|nyrt|eireli|e?ood|tbk|gmbh\s*&\s*co\.?\s*(?:kgaa|kg|ohg)|ag\s*&\s*co\.?\s*(?:kgaa|kg)|ug\s*\(haftungsbeschränkt\)|sp\.?\s?z\s?o\.?\s?o"
    r"|pty\.?\s*(?:ltd|limited)|pte\.?\s*(?:ltd|limited)|co\.?,?\s*(?:ltd|limited|inc)|s\.?\s?r\.?\s?o|d\.\s?o\.\s?o"
    r"|s\.\s?a\.\s?r\.\s?l|s\.\s?r\.\s?l|s\.\s?p\.\s?a|s\.\s?a\.\s?s|s\.\s?a|s\.\s?l(?:\.\s?u)?|b\.\s?v|n\.\s?v|e\.\s?v|e\.\s?k|e\.\s?g"
    r"|s\.\s?e|a\.\s?g|a\.\s?s|a/s|l\.\s?l\.\s?c|l\.\s?l\.\s?p|p\.\s?l\.\s?c|k\.\s?k"
    r"|incorporated|inc|limited|ltd|llc|llp|plc|corporation|corp|gmbh|ggmbh|mbh|kgaa|ohg|gbr|sarl|sàrl|sasu|srl|spa|sro|doo"
    r"|eirl|eurl|ltda|lda|aps|oyj|kft|zrt|bvba|vof|pvt|p?jsc|ojsc|sdn\s+bhd|bhd|eingetragener\s+verein"
)
# Words too, so that they count in capitals alone: `Sharp As` has none.
_IN_CAPITALS = r"AG|KG|SE|UG|SA|SAS|SL|SLU|AB|AS|ASA|OY|NV|BV|AD|KK|PT|EG|AE|OÜ|UAB|SIA|DAC|CLG|LP|CC|(?-i:eV|eG|Oy|hf)"
_AT_END = lazy_pattern(
    rf"(?P<kept>.*?[^\s,])(?:\s*,\s*|\s+)(?:(?i:{_PHRASES})|(?-i:{_IN_CAPITALS}))\.?[\s.,;!]*", re.DOTALL
)
_OTHER_SCRIPTS = lazy_pattern(
    r"株式会社|有限会社|合同会社|股份有限公司|有限责任公司|有限公司|주식회사|\(주\)|（株）|㈱"  # noqa: RUF001
    r"|^(?:ООО|ОАО|ЗАО|ПАО|АО|ИП|ТОО|PT\.?)\s+"  # noqa: RUF001
)
_ASIDE = lazy_pattern(r" ?(?:\([^()]{0,100}\)|\[[^\[\]]{0,100}\])$")
_REPEATED = lazy_pattern(r"([.,;:!?*_~#=+-])\1+")
_TAGLINE = lazy_pattern(r" [|•·–—-] | ?\|")
_EDGES = ' .,;:*_~#"“”«»-'
_NO_FIRM = lazy_pattern(
    r"(?i)(?:currently\s+)?(?:self[\s-]?employed|freelanc\w*|unemployed|retired|confidential|student|self|private|various"
    r"|stealth(?:\s+(?:startup|mode|start-up))?|selbst(?:st)?ändig|freiberuflich|arbeitslos|privat|indépendante?|autónom[oa])"
)
_SMALL = table("of the and for in at on de la le les du des del di da von der die das und et y e")
_MAX = 200


@lru_cache(maxsize=2_048)
def spoken(name: str | None) -> str:
    """The name without legal form, tagline and repeated punctuation; empty for what is no firm, such as `N/A`."""
    line = one_line(name or "")[:_MAX]
    if (
        is_no_value(line)
        or _NO_FIRM.fullmatch(line)
        or [placeholder.text for placeholder in placeholders.find(line)] == [line]
    ):
        return ""
    bare = _REPEATED.sub(r"\1", _TAGLINE.split(_OTHER_SCRIPTS.sub("", line))[0]).strip(_EDGES)
    bare = _balanced(_ASIDE.sub("", bare) or bare)
    while match := _AT_END.fullmatch(bare):
        bare = match["kept"].strip(_EDGES)
        bare = _ASIDE.sub("", bare) or bare
    bare = bare.removesuffix("&").rstrip()
    return _cased(bare) if bare else line


def _balanced(text: str) -> str:
    """The text up to a bracket that is never closed."""
    return text if text.count("(") == text.count(")") else text.split("(")[0].strip()


def _cased(name: str) -> str:
    """A name that is all in capitals, capitalised; short words on their own may be acronyms, such as `IBM`."""
    words = name.split()
    if name.islower() and name.isascii() and "." not in name:
        return " ".join(word if word in _SMALL and n else word.capitalize() for n, word in enumerate(words))
    if not name.isupper() or (len(words) == 1 and len(name) < 6) or (not name.isascii() and len(name) < 4):
        return name
    return " ".join(_cased_word(word, first=n == 0) for n, word in enumerate(words))


def _cased_word(word: str, *, first: bool) -> str:
    if word.lower() in _SMALL and not first:
        return word.lower()
    letters = [letter for letter in word if letter.isalpha()]
    if len(letters) < 4 and "'" not in word:
        return word
    return re.sub(
        r"[^\W\d_]+", lambda part: part.group() if len(part.group()) == 1 else part.group().capitalize(), word
    )
