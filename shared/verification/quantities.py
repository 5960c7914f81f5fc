"""Figures as quantities: nine is 9, $1.4m is 1.4 million dollars, 31st is no 31."""

import re
from decimal import Decimal, InvalidOperation

from shared.kit.word_table import table

_DIGITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
_TEENS = "seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
SPELLED: dict[str, int] = {word: value for value, word in enumerate(f"{_DIGITS} {_TEENS}".split())}
TENS: dict[str, int] = {word: 10 * value for value, word in enumerate(_TENS.split(), start=2)}
ORDINALS: dict[str, int] = {word: value for value, word in enumerate(_ORDINALS.split(), start=1)}
_MAGNITUDES = """
hundred 2
thousand k tsd tausend mille mil 3
million millions m mn mio millionen millón millones 6
billion billions bn b mrd milliarde milliarden milliard milliards 9
trillion trillions tn billionen 12
"""
MAGNITUDES: dict[str, int] = {
    word: int(row.split()[-1]) for row in _MAGNITUDES.strip().splitlines() for word in row.split()[:-1]
}
ABBREVIATED = table("k m mn b bn tn mio mrd tsd mil")  # a magnitude only directly behind a figure
UNITS = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen", "%": "percent", "kg": "kilogram", "km": "kilometre"}


def value_of(figure: str) -> Decimal | None:
    """The value of a figure as it is written: 1,200 and 1.200.000 with groups of three, 1.5 and 1,5 with decimals."""
    plain = re.sub(r"[’' ]", "", figure)
    parts = re.split(r"[.,]", plain)
    if len(parts) == 1:
        return _decimal(plain)
    grouped = all(len(part) == 3 for part in parts[1:]) and (len(parts) > 2 or "," in plain)
    if grouped:
        return _decimal("".join(parts))
    *whole, last = parts
    return _decimal(f"{''.join(whole)}.{last}")


def key_of(value: Decimal) -> str:
    """A value written in one way."""
    return f"{value.normalize():f}"


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
