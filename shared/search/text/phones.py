"""Reads telephone numbers: however its digits are set apart, a number is found as one, abroad and at home.

"+49 30 123456", "0049 30/123456" and "+49 (0)30 123456" are 4930123456 and, as at home, 30123456; so is
"(030) 12 34 56".
"""

import re

from shared.kit.patterns import lazy_pattern

_MOST_DIGITS = 15  # of a number with its country's code (ITU-T E.164)
_LEAST_DIGITS = 5  # as it is typed
_GAP = r"(?:(?<=\))|(?=[ \u00a0\u202f()./\u2010-\u2013-]))(?>[ \u00a0\u202f]?[(./\u2010-\u2013-]?[ \u00a0\u202f)]{0,2})"
_DATE = r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?!\d)"
# Begins as numbers do: with a plus, a zero or a bracket; or is of three, three and four digits, as in North America.
# Nothing is tried twice, so that it takes time in proportion to the text.
PHONE = (
    rf"(?<![\w.,/+-])(?!{_DATE})"
    r"(?:\+\d{1,15}+(?:[ .-]\d(?=[ .-]\d{2}))?|\(\+?\d{2,6}\)|0\d{1,14}+|\d{3}(?=[ .-]\d{3}[ .-]\d{4}(?!\w)))"
    rf"(?:{_GAP}(?:\(?0\)[ ]?)?\d{{2,14}}+){{0,7}}(?![\w@]|[.,]\d)"
)
_PHONE = lazy_pattern(PHONE)
# The codes of countries: each is the beginning of no other.
_CODE = lazy_pattern(r"[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3}")


def is_phone(written: str) -> bool:
    """Whether something written may be a telephone number that has more than one writing."""
    digits = sum(character.isdecimal() for character in written)
    return _LEAST_DIGITS <= digits <= _MOST_DIGITS + 2 and _PHONE.fullmatch(written) is not None


def numbers_of(written: str) -> tuple[str, ...]:
    """The digits of a telephone number: whole, and without what is dialled before it from afar."""
    is_abroad = written.lstrip("(").startswith(("+", "00"))
    digits = re.sub(r"\D", "", re.sub(r"\(0\)", "", written) if is_abroad else written)
    if not is_abroad:
        return tuple(dict.fromkeys([digits, digits.removeprefix("0")]))
    whole = digits.removeprefix("00")
    code = _CODE.match(whole)
    home = whole[code.end() :].removeprefix("0") if code else whole
    return tuple(dict.fromkeys(number for number in (whole, home) if number))
